#!/usr/bin/env bash
# Checks a cluster that grows and shrinks under load: real silos on one PostgreSQL, all on this machine, with the GloVe
# words in 12 shards. Three silos answer as the embedded engine does; a fourth joins; one is told to end.
# Usage: bench/rebalance.sh [COUNT]   (words, default all 341,479)
# Exits with 1 if something is not as it has to be. With KEEP_LOGS=DIR what the silos say is copied there.
# Needs PostgreSQL's server programs, curl, npm, node, and Orleans' packages.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
chmod 755 "$work"
. "$root/bench/lib/postgres.sh"
. "$root/bench/lib/glove.sh"
. "$root/bench/lib/silos.sh"
finish() {
    kill_silos
    stop_postgres
    if [ -n "${KEEP_LOGS:-}" ]; then mkdir -p "$KEEP_LOGS" && cp "$work"/silo-* "$KEEP_LOGS"; fi
    rm -rf "$work"
}
trap finish EXIT

build_silos
glove "$work/words.fvecs" "${1:-341479}"
start_postgres "$work/postgres"
for number in 0 1 2; do start_silo "$number"; done

# The program says what it finds, and asks for silos in lines that begin with @.
coproc { bench rebalance "$work/words.fvecs" "$silo_port" "$gateway_port" "$http_port"; }
program=$COPROC_PID
exec {said}<&"${COPROC[0]}" {answer}>&"${COPROC[1]}"
while IFS= read -r line <&"$said"; do
    case $line in
        "@start "*)
            start_silo "${line#@start }"
            echo ready >&"$answer"
            ;;
        "@stop "*)
            number=${line#@stop } code=0
            kill -TERM "${silos[number]}"
            wait "${silos[number]}" || code=$?
            echo "$code $(grep -oE 'Handed .*|[0-9]+ shards could not .*' "$work/silo-$number" | tail -n 1)" >&"$answer"
            ;;
        @opened) grep -h 'Opened shard' "$work"/silo-* | wc -l >&"$answer" ;;
        *) echo "$line" ;;
    esac
done
wait "$program"
