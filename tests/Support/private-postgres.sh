#!/bin/bash
# A PostgreSQL of one's own below a folder, on a socket in it and on no network; ends and is removed when standard input ends, whatever ended it.
#   private-postgres.sh FOLDER [PORT]      prints "ready" on its own line; users: postgres and quick (trusted), bot (password "bot-pw")
# With PORT it also listens on 127.0.0.1. As root it runs as the account postgres. Exit code 77: there is no PostgreSQL.
set -u
folder=$1 port=${2:-}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "${bin:-/nowhere}/initdb" ] || { echo 'no PostgreSQL below /usr/lib/postgresql: apt-get install postgresql' >&2; exit 77; }
mkdir -p "$folder" && chmod 755 "$folder" || exit 1
as=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder" || exit 1
  as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
cd / || exit 1
server=
finish() {
  [ -z "$server" ] || { kill -QUIT "$server" 2>/dev/null; wait "$server" 2>/dev/null; }
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
"${as[@]}" "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --no-locale --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
printf '%s\n' 'local all postgres trust' 'local all quick trust' 'local all all scram-sha-256' 'host all all 127.0.0.1/32 scram-sha-256' >"$folder/data/pg_hba.conf"
listen=()
[ -z "$port" ] || listen=(-c listen_addresses=127.0.0.1 -p "$port")
[ -n "$port" ] || listen=(-c listen_addresses= -p 5432)
# Nothing here has to survive a loss of power.
"${as[@]}" "$bin/postgres" -D "$folder/data" -k "$folder" "${listen[@]}" -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c autovacuum=off -c max_connections=60 -c shared_buffers=16MB >"$folder/server.log" 2>&1 </dev/null &
server=$!
tries=300
until "${as[@]}" "$bin/pg_isready" -q -h "$folder" ${port:+-p "$port"} 2>/dev/null; do
  tries=$((tries - 1))
  kill -0 "$server" 2>/dev/null && [ "$tries" -gt 0 ] || { cat "$folder/server.log" >&2; exit 1; }
  sleep 0.1
done
"${as[@]}" "$bin/psql" -q -h "$folder" ${port:+-p "$port"} -U postgres -d postgres -c "CREATE ROLE bot LOGIN PASSWORD 'bot-pw'" -c 'CREATE ROLE quick LOGIN' -c 'CREATE DATABASE quick OWNER quick' || exit 1
echo ready
cat >/dev/null
