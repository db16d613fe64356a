#!/usr/bin/env bash
# Measures the engine's index beside hnswlib: recall@10 against queries a second, build time, memory.
# Usage: bench/ann.sh [--data glove|clustered] [--n N] [--json] [--only NAMES] [--rounds N] [--threads N] [--reuse]
#   --data    glove: word vectors of 100 dimensions (default); clustered: made-up ones of 768
#   --n       vectors in the index (default 340000); 1,000 more are the queries
#   --json    the last line is one JSON object with the ratios
#   --only    of ours, by commas, f32, 1-bit, 2-bit, 4-bit and 8-bit (the graph alone), shard, shard-4-bit and
#             shard-4-bit-disk (end to end, the last with its vectors in mapped files)
#   --threads of searching (default 1, and where something is built also 2)
#   --reuse   searches the graphs that an earlier run built and stores nothing
# Results go to bench/results, plots to docs/plots. Needs g++ and hnswlib's headers (Debian: libhnswlib-dev); glove also
# npm and node. Vectors and graphs are kept in ~/.cache/vectorcluster.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vectorcluster/ann
. "$root/bench/lib/glove.sh"

data=glove
arguments=("$@")
while [ $# -gt 0 ]; do
    case $1 in
        --data) data=$2; shift ;;
        --n | --only | --rounds | --threads) shift ;;
        --json | --reuse) ;;
        *) sed -n 's/^# \(Usage.*\)/\1/p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    esac
    shift
done

mkdir -p "$cache"
peer=$cache/hnswlib-peer
[ -x "$peer" ] && [ "$peer" -nt "$root/bench/ann/hnswlib/peer.cpp" ] ||
    g++ -std=c++17 -O3 -march=native -pthread -o "$peer" "$root/bench/ann/hnswlib/peer.cpp"
source=$cache/glove.fvecs
[ "$data" != glove ] || [ -f "$source" ] || glove "$source"
(cd "$root" && dotnet build bench/ann -c Release --nologo -v quiet -clp:NoSummary >&2)
dotnet "$root/bench/ann/bin/Release/net10.0/VectorCluster.Ann.Bench.dll" \
    "${arguments[@]}" --peer "$peer" --source "$source" --cache "$cache" --root "$root"
