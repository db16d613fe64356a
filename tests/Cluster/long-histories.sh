#!/bin/sh
# Histories of silos that are killed, stopped and cut off, ten rounds of each: about half an hour.
# Usage: tests/Cluster/long-histories.sh [seed]
set -eu
cd "$(dirname "$0")/../.."
export VECTORCLUSTER_HISTORY_ROUNDS="${VECTORCLUSTER_HISTORY_ROUNDS:-10}"
export VECTORCLUSTER_HISTORY_SEED="${1:-$(date +%j%H%M)}"
export VECTORCLUSTER_STOP_SECONDS="${VECTORCLUSTER_STOP_SECONDS:-60}"
echo "Seed $VECTORCLUSTER_HISTORY_SEED, $VECTORCLUSTER_HISTORY_ROUNDS rounds"
exec dotnet test tests/Cluster/Cluster.Tests.csproj -c Release \
    --filter "FullyQualifiedName~SiloHistoryTests" --logger "console;verbosity=detailed"
