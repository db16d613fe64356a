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
silos=()
. "$root/bench/lib/postgres.sh"
trap 'for silo in "${silos[@]}"; do kill -9 "$silo" 2>/dev/null || true; done; stop_postgres; rm -rf "$work"' EXIT

(cd "$root" && dotnet build src/Silo -c Release --nologo -v quiet >/dev/null &&
    dotnet build bench/cluster -c Release --nologo -v quiet >/dev/null)
start_postgres "$work/postgres"

# start_silo NUMBER [KEY=VALUE]...: on ports 21111, 23000 and 26333, and NUMBER more each; waits until it serves.
start_silo() {
    local number=$1
    shift
    env VectorCluster__Postgres="$POSTGRES" VectorCluster__AdvertisedIP=127.0.0.1 \
        VectorCluster__SiloPort=$((21111 + number)) VectorCluster__GatewayPort=$((23000 + number)) \
        VectorCluster__HttpPort=$((26333 + number)) "${@/#/VectorCluster__}" \
        dotnet "$root/src/Silo/bin/Release/net10.0/vectorcluster-silo.dll" >"$work/silo-$number" 2>&1 &
    silos+=($!)
    until curl -sf "http://127.0.0.1:$((26333 + number))/readyz" >/dev/null; do
        kill -0 "${silos[-1]}" 2>/dev/null || { cat "$work/silo-$number" >&2; exit 1; }
        sleep 0.2
    done
}
bench() { dotnet "$root/bench/cluster/bin/Release/net10.0/VectorCluster.Cluster.Bench.dll" "$@"; }

case ${1:-overhead} in
    overhead)
        start_silo 0
        bench overhead 1 23000 26333
        start_silo 1
        bench overhead 8 23000 26333
        ;;
    tenants)
        start_silo 0 IdleAfter=00:00:20
        bench tenants "${2:-100000}" 23000 26333 "${silos[0]}"
        ;;
    *) sed -n 's/^# \(Usage.*\)/\1/p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
