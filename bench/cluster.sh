#!/usr/bin/env bash
# Measures a cluster of real silos on one PostgreSQL, all on this machine.
# Usage: bench/cluster.sh [overhead | tenants [COUNT]]   (default overhead)
#   overhead  what a query costs above the engine's own time: 1 shard on the silo that is asked, 8 shards on 2 silos
#   tenants   COUNT namespaces of 10 points (default 100,000) on 1 silo: made, idle, asked again
# Needs PostgreSQL's server programs, curl, and Orleans' packages.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
chmod 755 "$work"
. "$root/bench/lib/postgres.sh"
. "$root/bench/lib/silos.sh"
trap 'kill_silos; stop_postgres; rm -rf "$work"' EXIT

build_silos
start_postgres "$work/postgres"

case ${1:-overhead} in
    overhead)
        start_silo 0
        bench overhead 1 "$gateway_port" "$http_port"
        start_silo 1
        bench overhead 8 "$gateway_port" "$http_port"
        ;;
    tenants)
        start_silo 0 IdleAfter=00:00:20
        bench tenants "${2:-100000}" "$gateway_port" "$http_port" "${silos[0]}"
        ;;
    *) sed -n 's/^# \(Usage.*\)/\1/p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
