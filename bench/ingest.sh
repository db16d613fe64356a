#!/usr/bin/env bash
# Measures how fast word vectors are imported over HTTP with PostgreSQL below, beside the file store, in turns.
# Usage: bench/ingest.sh [COUNT [ROUNDS]]   (default all 341,479 vectors of 100 dimensions, 3 rounds)
# Needs PostgreSQL's server programs, npm, node, curl and python3.
set -euo pipefail

count=${1:-341479}
rounds=${2:-3}
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
program=$root/src/Cli/bin/Release/net10.0/vectorcluster.dll
work=$(mktemp -d)
chmod 755 "$work"
port=16334
server=
. "$root/bench/lib/glove.sh"
. "$root/bench/lib/postgres.sh"
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; stop_postgres; rm -rf "$work"' EXIT

(cd "$root" && dotnet build src/Cli -c Release --nologo -v quiet -clp:NoSummary >&2)
glove "$work/glove.fvecs" "$count"
start_postgres "$work/postgres"

# round NAME OPTION VALUE: serves a new database, imports, prints "NAME seconds seconds-until-indexed".
round() {
    dotnet "$program" serve "$2" "$3" --port $port >"$work/out" 2>&1 &
    server=$!
    until curl -sf "http://127.0.0.1:$port/readyz" >/dev/null; do sleep 0.05; done
    local began ended
    began=$(date +%s%N)
    XDG_STATE_HOME=$work/state-$RANDOM dotnet "$program" import "$work/glove.fvecs" --collection words \
        --url "http://127.0.0.1:$port" >/dev/null 2>&1
    ended=$(date +%s%N)
    until curl -s "http://127.0.0.1:$port/collections/words" | grep -q '"status":"green"'; do sleep 0.1; done
    echo "$1 $(((ended - began) / 1000000)) $((($(date +%s%N) - began) / 1000000))"
    kill -TERM "$server"
    wait "$server" || true
    server=
}

for i in $(seq "$rounds"); do
    round files --data "$work/data-$i"
    rm -rf "$work/data-$i"
    as_postgres "$postgres_programs/psql" -q -h "$work/postgres" -U postgres -c "CREATE DATABASE round_$i"
    round postgres --postgres "${POSTGRES/Database=postgres/Database=round_$i}"
    as_postgres "$postgres_programs/psql" -q -h "$work/postgres" -U postgres -c "DROP DATABASE round_$i"
done | tee "$work/times"

python3 - "$work/times" "$count" <<'PY'
import statistics, sys
rates, graphs = {}, {}
for line in open(sys.argv[1]):
    name, milliseconds, indexed = line.split()
    rates.setdefault(name, []).append(int(sys.argv[2]) / int(milliseconds) * 1000)
    graphs.setdefault(name, []).append(int(indexed) / 1000)
files, postgres = (statistics.median(rates[name]) for name in ("files", "postgres"))
print(f"imported over HTTP: {files:,.0f} vectors/s with files, {postgres:,.0f} with PostgreSQL: {postgres / files:.0%}")
print(f"until all are in the graph: {statistics.median(graphs['files']):.1f} s, {statistics.median(graphs['postgres']):.1f} s")
PY
