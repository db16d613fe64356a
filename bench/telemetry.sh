#!/usr/bin/env bash
# Measures what telemetry costs: the rate of searches over HTTP with metrics that are scraped, traces at the default
# sampling and logs, all sent by OTLP, over the rate with none of that. Four silos of each kind, each a cluster of its own
# over a copy of the same files; they are asked in turns of a quarter of a second in one run; the median of the rounds'
# ratios counts, and how far silos of one kind differ is told beside it.
# Usage: bench/telemetry.sh [ROUNDS [POINTS [KEY=VALUE]...]]   (default 20 rounds of 3 s, 100,000 points of 100
# dimensions; KEY=VALUE are variables of the silos that tell, to find out what costs how much)
# SILENT=1: those that tell are as silent as the others, to see what the method finds where there is nothing.
# Where there are cores enough the silos have one and the load another, so that the silos are what is measured.
# Fails if telemetry costs more than 3 %. Needs node, curl and Orleans' packages.
set -euo pipefail

rounds=${1:-20}
points=${2:-100000}
settings=("${@:3}")
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
silo=$root/src/Silo/bin/Release/net10.0/vectorcluster-silo
program=$root/src/Cli/bin/Release/net10.0/vectorcluster.dll
work=$(mktemp -d)
processes=()
. "$root/bench/lib/points.sh"
stop() {
    [ ${#processes[@]} = 0 ] || kill -9 "${processes[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT

for project in Silo Cli; do
    (cd "$root" && dotnet build "src/$project" -c Release --nologo -v quiet -clp:NoSummary >&2)
done

on_core_0=() on_core_1=() # arrays, not functions: $! has to be the silo's
if [ "$(nproc)" -gt 1 ]; then on_core_0=(taskset -c 0) on_core_1=(taskset -c 1); fi
wait_for() { until curl -sf "$1" >/dev/null; do sleep 0.2; done; }

# Without instruments: .NET's own switch, in a copy of the silo's runtime configuration.
node - "$silo.runtimeconfig.json" "$work/silent.json" <<'JS'
const fs = require("fs");
const configuration = JSON.parse(fs.readFileSync(process.argv[2]));
configuration.runtimeOptions.configProperties["System.Diagnostics.Metrics.Meter.IsSupported"] = false;
fs.writeFileSync(process.argv[3], JSON.stringify(configuration));
JS

# start NUMBER RUNTIMECONFIG [KEY=VALUE]...
start() {
    local number=$1 configuration=$2
    shift 2
    "${on_core_0[@]}" env VectorCluster__DataDirectory="$work/data-$number" \
        VectorCluster__SiloPort=$((21151 + number)) VectorCluster__GatewayPort=$((23051 + number)) \
        VectorCluster__HttpPort=$((26351 + number)) "$@" \
        dotnet exec --runtimeconfig "$configuration" "$silo.dll" >"$work/log-$number" 2>&1 &
    processes+=($!)
    wait_for "http://127.0.0.1:$((26351 + number))/readyz"
}
silently=("$work/silent.json" Logging__LogLevel__Default=None VectorCluster__Telemetry__SlowSearch=00:00:00)
# A quarter of a second is asked at a time, in which a second's worth of traces may begin: 4 and what comes to them are
# the 20 a second, while they are asked, that silos record by default.
loudly=("$silo.runtimeconfig.json" VectorCluster__Telemetry__MaxTracesPerSecond=4
    OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:26350
    OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_METRIC_EXPORT_INTERVAL=10000 "${settings[@]}")
if [ -n "${SILENT:-}" ]; then loudly=("${silently[@]}"); fi

points "$work/points.fvecs" "$points"
start 1 "${silently[@]}"
url=http://127.0.0.1:26352
curl -sf -X PUT "$url/collections/points" -H 'content-type: application/json' \
    -d '{"vectors": {"size": 100, "distance": "Cosine"}}' >/dev/null
XDG_STATE_HOME=$work/state dotnet "$program" import "$work/points.fvecs" --collection points --url "$url" >/dev/null 2>&1
until curl -sf "$url/collections/points" | grep -q '"green"'; do sleep 0.2; done
kill "${processes[0]}"
wait "${processes[0]}"
processes=()
mv "$work/data-1" "$work/data"

"${on_core_1[@]}" node "$root/bench/telemetry/collector.mjs" 26350 >"$work/collector" &
processes+=($!)
wait_for http://127.0.0.1:26350/
silos=()
for number in 1 2 3 4 5 6 7 8; do
    cp -r "$work/data" "$work/data-$number"
    if [ $((number % 2)) = 1 ]; then kind=loud; start "$number" "${loudly[@]}"
    else kind=silent; start "$number" "${silently[@]}"; fi
    silos+=("$kind=http://127.0.0.1:$((26351 + number))=${processes[-1]}")
done

"${on_core_1[@]}" node "$root/bench/telemetry/rounds.mjs" "$rounds" http://127.0.0.1:26350/ "${silos[@]}"
