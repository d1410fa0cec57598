#!/bin/bash
# Run a command with a throwaway PostgreSQL: with_postgres.sh COMMAND [ARGUMENT...]
#
# The cluster lives in a temporary folder, listens on a socket in it and nowhere else, never runs
# as root, and is stopped and erased whatever happens. The command finds its address in
# DATABASE_URL and TEST_DATABASE_URL. POSTGRES_BIN names another installation. With DURABLE=1 it writes
# through to the disk, as in production: for measures.
set -euo pipefail

bin=${POSTGRES_BIN:-}
if [ -z "$bin" ]; then
    newest=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 || true)
    newest=${newest:-$(command -v initdb || true)}
    if [ -z "$newest" ]; then
        echo "PostgreSQL's server is missing: apt-get install postgresql" >&2
        exit 1
    fi
    bin=$(dirname "$newest")
fi

# /tmp and not TMPDIR: a socket's address is short.
folder=$(mktemp -d /tmp/clea-pg-XXXXXX)
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
    owner=nobody
    if id postgres >/dev/null 2>&1; then
        owner=postgres
    fi
    chown "$owner" "$folder"
    as_owner=(runuser -u "$owner" --)
fi

# shellcheck disable=SC2317 # called by the trap
stop() {
    trap - EXIT INT TERM HUP
    (cd / && "${as_owner[@]}" "$bin/pg_ctl" --pgdata "$folder/data" --mode immediate --silent stop) >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

quiet() {
    if ! (cd / && "$@") >"$folder/out" 2>&1 </dev/null; then
        cat "$folder/out" >&2
        [ ! -e "$folder/log" ] || tail -n 20 "$folder/log" >&2
        rm -f "$folder/out"
        echo "PostgreSQL did not start." >&2
        exit 1
    fi
    rm -f "$folder/out"
}

quiet "${as_owner[@]}" "$bin/initdb" --pgdata "$folder/data" --username clea --auth trust --encoding UTF8 \
    --locale C.UTF-8 --no-sync
# Nothing here outlives the run: no need to wait for the disk.
haste="-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=128MB"
[ "${DURABLE:-}" != 1 ] || haste="-c shared_buffers=256MB"
quiet "${as_owner[@]}" "$bin/pg_ctl" --pgdata "$folder/data" --log "$folder/log" --wait --timeout 60 --options \
    "-c listen_addresses='' -c unix_socket_directories='$folder' -c max_connections=200 $haste" start
quiet "$bin/createdb" --host "$folder" --username clea clea

export DATABASE_URL="postgres:///clea?host=$folder&user=clea"
export TEST_DATABASE_URL=$DATABASE_URL
# In the background and waited for, so that a signal reaches the trap at once.
"$@" &
command=$!
trap 'kill -TERM "$command" 2>/dev/null; wait "$command" 2>/dev/null; exit 130' INT
trap 'kill -TERM "$command" 2>/dev/null; wait "$command" 2>/dev/null; exit 143' TERM HUP
status=0
wait "$command" || status=$?
exit "$status"
