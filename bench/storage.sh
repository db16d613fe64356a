#!/usr/bin/env bash
# Measures the PostgreSQL store beside PostgreSQL's own COPY, on a server of its own with default settings.
# Usage: bench/storage.sh [append | checkpoint | cold [NAMESPACES]]   (default: append and checkpoint)
#   append      appends of 1, 100 and 1,000 records, beside COPY of the same bytes
#   checkpoint  writing and loading a checkpoint, beside COPY BINARY of the same pages
#   cold        queries of namespaces that are not in memory among NAMESPACES others (default 100,000: takes minutes)
# Needs PostgreSQL's server programs.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
chmod 755 "$work"
. "$root/bench/lib/postgres.sh"
trap 'stop_postgres; rm -rf "$work"' EXIT

(cd "$root" && dotnet build bench/storage -c Release --nologo -v quiet >/dev/null)
start_postgres "$work/postgres"
dotnet "$root/bench/storage/bin/Release/net10.0/VectorCluster.Storage.Bench.dll" "$POSTGRES" "$@"
