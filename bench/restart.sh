#!/usr/bin/env bash
# Measures how long a killed server takes from process start to its first answers, how much memory loading takes, and
# with PostgreSQL how much a checkpoint writes after 1 % more points.
# Usage: bench/restart.sh [POINTS [files|postgres [SHARDS]]]   (default 100,000 points of 100 dimensions, files, 1 shard)
# Needs node, curl and python3; with PostgreSQL its server programs.
set -euo pipefail

points=${1:-100000}
store=${2:-files}
shards=${3:-1}
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
program=$root/src/Cli/bin/Release/net10.0/vectorcluster.dll
work=$(mktemp -d)
chmod 755 "$work"
port=16333
server=
. "$root/bench/lib/points.sh"
. "$root/bench/lib/postgres.sh"
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; stop_postgres; rm -rf "$work"' EXIT

(cd "$root" && dotnet build src/Cli -c Release --nologo -v quiet -clp:NoSummary >&2)
points "$work/points.fvecs" "$points"
case $store in
    files) where=(--data "$work/data") ;;
    postgres) start_postgres "$work/postgres"; where=(--postgres "$POSTGRES") ;;
    *) echo "bench/restart.sh: the store is 'files' or 'postgres'." >&2; exit 2 ;;
esac

start() {
    dotnet "$program" serve "${where[@]}" --port $port >"$work/out" 2>&1 &
    server=$!
}
get() { curl -sf "http://127.0.0.1:$port$1"; }
search() {
    curl -sf "http://127.0.0.1:$port/collections/points/points/query" -H 'content-type: application/json' \
        -d '{"query": 4711, "limit": 10}'
}
field() { python3 -c "import json, sys; print(json.load(sys.stdin)['result']['$1'])"; }
import() { # until all is in the graph
    XDG_STATE_HOME=$work/state dotnet "$program" import "$1" --collection points --url "http://127.0.0.1:$port" \
        >/dev/null 2>&1
    until [ "$(get /collections/points | field status)" = green ]; do sleep 0.2; done
}
sql() { as_postgres "$postgres_programs/psql" -At -h "$work/postgres" -U postgres -c "$1"; }
milliseconds() { echo $((($(date +%s%N) - began) / 1000000)); }
memory() { sed -n "s/^$1:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$server/status"; }

start
until get /readyz >/dev/null; do sleep 0.05; done
curl -sf -X PUT "http://127.0.0.1:$port/collections/points" -H 'content-type: application/json' \
    -d "{\"vectors\": {\"size\": 100, \"distance\": \"Cosine\"}, \"shard_number\": $shards}" >/dev/null
began=$(date +%s%N)
import "$work/points.fvecs"
echo "$points points: imported and in the graph after $(($(milliseconds) / 1000)) s"
before=$(get /collections/points | field indexed_vectors_count)
if [ "$store" = postgres ]; then
    until [ "$(sql 'SELECT count(*) FROM vectorcluster.wal')" = 0 ]; do sleep 0.2; done # the last checkpoint
fi
kill -9 "$server"
wait "$server" 2>/dev/null || true

began=$(date +%s%N)
start
until get /collections/points/points/4711 >"$work/answer" 2>/dev/null; do sleep 0.005; done
first=$(milliseconds)
until search >"$work/answer" 2>/dev/null; do sleep 0.005; done
warm=$(milliseconds)
after=$(get /collections/points | field indexed_vectors_count)
grep -q '"id"' "$work/answer"
echo "killed and started again: first point read $first ms after process start, first search over all $shards shards" \
    "$warm ms; in the graph: $after of $before"
echo "memory: peak $(($(memory VmHWM) / 1024)) MiB, now $(($(memory VmRSS) / 1024)) MiB:" \
    "$(python3 -c "print(f'{$(memory VmHWM) / $(memory VmRSS):.2f}')") times"

if [ "$store" = postgres ]; then
    more=$((points / 100))
    points "$work/more.jsonl" "$more" 2 "$points"
    import "$work/more.jsonl"
    until [ "$(sql 'SELECT count(*) FROM vectorcluster.wal')" = 0 ]; do sleep 0.2; done
    sql "SELECT format('after %s more points a checkpoint wrote %s MB of %s MB: %s %%', $more,
            round(sum(length(bytes)) FILTER (WHERE p.version = c.version) / 1e6), round(sum(length(bytes)) / 1e6),
            round(100 * sum(length(bytes)) FILTER (WHERE p.version = c.version) / sum(length(bytes)), 1))
        FROM vectorcluster.page p JOIN vectorcluster.checkpoint c USING (partition, shard_key)"
fi
