#!/usr/bin/env bash
# Measures the PostgreSQL store beside PostgreSQL's own COPY, on a server of its own with default settings.
# Usage: bench/storage.sh [append | checkpoint | cold [NAMESPACES] | layout]   (default: append and checkpoint)
#   append      appends of 1, 100 and 1,000 records, beside COPY of the same bytes
#   checkpoint  writing and loading a checkpoint, beside COPY BINARY of the same pages
#   layout      ways to lay rows out, in SQL alone
#   cold        queries of namespaces that are not in memory among NAMESPACES others (default 100,000: takes minutes)
# Needs PostgreSQL's server programs.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
chmod 755 "$work"
. "$root/bench/lib/postgres.sh"
trap 'stop_postgres; rm -rf "$work"' EXIT

if [ "${1:-}" = layout ]; then
    start_postgres "$work/postgres"
    as_postgres "$postgres_programs/psql" -h "$work/postgres" -U postgres <"$root/bench/storage/layout.sql" 2>&1 |
        sed 's/^NOTICE:  //'
    exit
fi

(cd "$root" && dotnet build bench/storage -c Release --nologo -v quiet -clp:NoSummary >&2)
start_postgres "$work/postgres"
dotnet "$root/bench/storage/bin/Release/net10.0/VectorCluster.Storage.Bench.dll" "$POSTGRES" "$@"
