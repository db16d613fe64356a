#!/usr/bin/env bash
# Builds the server and runs it: an Orleans silo with the HTTP API. Needs only the .NET SDK, and a package feed that has
# Orleans. Where it has not, and for the demo, the same API runs over the same data without Orleans, in one process.
set -euo pipefail

usage() {
    cat <<'HELP'
Usage: ./run.sh [--demo] [--port N] [--data DIR | --postgres CONNECTION]

  --demo      load 10,000 English word vectors and show what the database can do (in one process, without Orleans)
  --port N    port to listen on (default 6333)
  --data DIR  data directory (default ./data)
  --postgres CONNECTION
              PostgreSQL database instead, such as "Host=db;Database=vectors;Username=me"
  --help      this text

Builds the server, then serves until Ctrl-C. Example:  ./run.sh --demo
HELP
}

# Checks that an option came with its value: "--port" alone is a slip, not a wish for the default.
value_of() {
    if [ $# -lt 2 ] || [ -z "$2" ]; then
        echo "run.sh: $1 needs a value. See ./run.sh --help." >&2
        exit 2
    fi
    printf '%s' "$2"
}

command=serve
port=6333
store=(--data ./data)
while [ $# -gt 0 ]; do
    case $1 in
        --demo) command=demo; shift ;;
        --port) port=$(value_of "$@"); shift 2 ;;
        --data | --postgres)
            value=$(value_of "$@")
            store=("$1" "$value")
            shift 2
            ;;
        --help | -h) usage; exit 0 ;;
        *) echo "run.sh: unknown option '$1'. See ./run.sh --help." >&2; exit 2 ;;
    esac
done

if ! command -v dotnet >/dev/null; then
    echo "run.sh: the .NET SDK 10 is needed, and there is no 'dotnet' on the PATH. See https://dot.net/download" >&2
    exit 1
fi

# The SDK is asked in the repository, so that global.json counts; the data directory stays relative to the caller's.
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

# Builds a project; what it says is shown only if it fails.
build() {
    local output
    if ! output=$(cd "$root" && dotnet build "$1" -c Release --nologo -v quiet 2>&1); then
        printf '%s\n' "$output" >&2
        echo "run.sh: the build failed; its output is above." >&2
        exit 1
    fi
}

# Says what keeps the silo's packages from being restored; nothing where they are all there.
find_obstacle() {
    local output
    output=$(cd "$root" && dotnet restore src/Silo --nologo -v quiet 2>&1) && return
    grep -om 1 'Unable to find package Microsoft\.Orleans[A-Za-z.]*[A-Za-z]' <<<"$output" \
        || grep -om 1 'error .*' <<<"$output" || echo "The packages can't be restored"
}

echo "Building …"
if [ "$command" = serve ]; then
    obstacle=$(find_obstacle)
    if [ -z "$obstacle" ]; then
        build src/Silo
        export VectorCluster__HttpPort=$port
        case ${store[0]} in
            --data) export VectorCluster__DataDirectory=${store[1]} ;;
            --postgres) export VectorCluster__Postgres=${store[1]} ;;
        esac
        # exec: Ctrl-C and kill reach the server itself.
        exec dotnet "$root/src/Silo/bin/Release/net10.0/vectorcluster-silo.dll"
    fi
    echo "No Orleans silo here ($obstacle): the same API on the same data, in one process."
fi

build src/Cli
exec dotnet "$root/src/Cli/bin/Release/net10.0/vectorcluster.dll" "$command" --port "$port" "${store[@]}"
