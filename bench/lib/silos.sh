# Silos on one PostgreSQL, all on this machine. To be sourced, with $root, an empty directory $work, and, before a silo
# is started, $POSTGRES; needs curl, and Orleans' packages.

silos=() # process ids, by number
offset=${PORT_OFFSET:-0} # for several of these at the same time
silo_port=$((21111 + offset)) gateway_port=$((23000 + offset)) http_port=$((26333 + offset))

build_silos() {
    (cd "$root" && dotnet build src/Silo -c Release --nologo -v quiet -clp:NoSummary >&2 &&
        dotnet build bench/cluster -c Release --nologo -v quiet -clp:NoSummary >&2)
}

# start_silo NUMBER [KEY=VALUE]...: on $silo_port, $gateway_port and $http_port, and NUMBER more each; waits until it
# serves.
start_silo() {
    local number=$1
    shift
    env VectorCluster__Postgres="$POSTGRES" VectorCluster__AdvertisedIP=127.0.0.1 \
        VectorCluster__SiloPort=$((silo_port + number)) VectorCluster__GatewayPort=$((gateway_port + number)) \
        VectorCluster__HttpPort=$((http_port + number)) "${@/#/VectorCluster__}" \
        dotnet "$root/src/Silo/bin/Release/net10.0/vectorcluster-silo.dll" >"$work/silo-$number" 2>&1 &
    silos[number]=$!
    # What it says comes first: the port could be somebody else's.
    until grep -sq '^VectorCluster serves' "$work/silo-$number" &&
        curl -sf "http://127.0.0.1:$((http_port + number))/readyz" >/dev/null; do
        kill -0 "${silos[number]}" 2>/dev/null || { cat "$work/silo-$number" >&2; exit 1; }
        sleep 0.2
    done
}

kill_silos() {
    local silo
    for silo in "${silos[@]}"; do kill -9 "$silo" 2>/dev/null || true; done
    wait "${silos[@]}" 2>/dev/null || true
}

bench() { dotnet "$root/bench/cluster/bin/Release/net10.0/VectorCluster.Cluster.Bench.dll" "$@"; }
