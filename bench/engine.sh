#!/usr/bin/env bash
# Measures a shard of word vectors, end to end, with the engine as it is in one process.
# Usage: bench/engine.sh repair|concurrency|filters|zvec [--n COUNT] [--rounds COUNT] [--only 4-bit] [--reuse]
#   repair       a fifth of the points replaced, ten times, beside a shard built anew of what is left: recall, memory,
#                and how long searches take meanwhile; --only 4-bit: with codes
#   concurrency  searches a second of one client, of two, and of one beside an insertion
#   filters      labels of 50 % to 0.01 % of the points, beside a scan of the matches and filtering afterwards
#   zvec         those labels beside zvec (npm), in process, by turns
#   --n          points (default 100000)
#   --rounds     measurements of which the median counts (default 5)
#   --reuse      filters, zvec: searches the database that the last run built
# Needs npm and node for the vectors, which are kept in ~/.cache/vectorcluster.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vectorcluster/ann
. "$root/bench/lib/glove.sh"

case ${1:-} in
    repair | concurrency | filters | zvec) ;;
    *) sed -n 's/^# \(Usage.*\)/\1/p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
mkdir -p "$cache/zvec"
if [ "$1" = zvec ] && [ ! -d "$cache/zvec/node_modules/@zvec/zvec" ]; then
    (cd "$cache/zvec" && npm install --silent --no-audit --no-fund @zvec/zvec@0.7.0)
fi
source=$cache/glove.fvecs
[ -f "$source" ] || glove "$source"
(cd "$root" && dotnet build bench/ann -c Release --nologo -v quiet -clp:NoSummary >&2)
dotnet "$root/bench/ann/bin/Release/net10.0/VectorCluster.Ann.Bench.dll" \
    "$1" --n 100000 "${@:2}" --source "$source" --cache "$cache" --peer "$cache/zvec"
