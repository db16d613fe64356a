#!/usr/bin/env bash
# Measures how long a killed server takes from process start to its first answered query. Prints milliseconds.
# Usage: bench/restart.sh [POINTS]   (default 100,000 points of 100 dimensions; needs curl and python3)
set -euo pipefail

points=${1:-100000}
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
program=$root/src/Cli/bin/Release/net10.0/vectorcluster.dll
work=$(mktemp -d)
port=16333
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

(cd "$root" && dotnet build src/Cli -c Release --nologo -v quiet)

python3 - "$work/points.fvecs" "$points" <<'PY'
import random, struct, sys
path, count, dimension = sys.argv[1], int(sys.argv[2]), 100
random.seed(1)
centres = [[random.gauss(0, 1) for _ in range(dimension)] for _ in range(200)]
row = struct.Struct(f"<i{dimension}f")
with open(path, "wb") as file:
    for _ in range(count):
        centre = random.choice(centres)
        file.write(row.pack(dimension, *(x + random.gauss(0, 0.5) for x in centre)))
PY

start() { # in the background, until the first search of a stored point is answered
    dotnet "$program" serve --data "$work/data" --port $port >"$work/out" 2>&1 &
    server=$!
}
get() { curl -sf "http://127.0.0.1:$port$1"; }
search() {
    curl -sf "http://127.0.0.1:$port/collections/points/points/query" -H 'content-type: application/json' \
        -d '{"query": 4711, "limit": 10}'
}
field() { python3 -c "import json, sys; print(json.load(sys.stdin)['result']['$1'])"; }

start
until get /readyz >/dev/null; do sleep 0.05; done
XDG_STATE_HOME=$work/state dotnet "$program" import "$work/points.fvecs" --collection points \
    --url "http://127.0.0.1:$port" 2>/dev/null
until [ "$(get /collections/points | field status)" = green ]; do sleep 0.2; done
before=$(get /collections/points | field indexed_vectors_count)
kill -9 "$server"
wait "$server" 2>/dev/null || true

began=$(date +%s%N)
start
until search >"$work/answer" 2>/dev/null; do sleep 0.005; done
ended=$(date +%s%N)
after=$(get /collections/points | field indexed_vectors_count)
grep -q '"id"' "$work/answer"
echo "$points points: first query answered $(((ended - began) / 1000000)) ms after process start;" \
    "in the graph: $after of $before"
