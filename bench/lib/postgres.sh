# A PostgreSQL of one's own, default settings, reached through a Unix socket. To be sourced.

# start_postgres DIR: makes and starts a server in DIR; sets POSTGRES to its connection string.
start_postgres() {
    local dir=$1 programs
    programs=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sort -V | tail -n 1)")
    if [ "$programs" = . ]; then programs=$(pg_config --bindir); fi
    postgres_programs=$programs postgres_data=$dir/data
    mkdir -p "$dir"
    if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
    as_postgres "$programs/initdb" -D "$dir/data" -U postgres --auth=trust --no-locale --encoding=UTF8 >/dev/null
    as_postgres "$programs/pg_ctl" -D "$dir/data" -l "$dir/log" -w start \
        -o "-c listen_addresses= -c unix_socket_directories='$dir' ${POSTGRES_OPTIONS:-}" >/dev/null
    POSTGRES="Host=$dir;Username=postgres;Database=postgres"
}

stop_postgres() {
    if [ -n "${postgres_data:-}" ]; then
        as_postgres "$postgres_programs/pg_ctl" -D "$postgres_data" -m immediate stop >/dev/null || true
    fi
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@"); else "$@"; fi
}
