#!/bin/sh
# Runs a command with a PostgreSQL server of its own, which is removed afterwards; its place is in
# SPROVE_TEST_DATABASE, and what ends and starts it in SPROVE_TEST_PG_RESTART. Exit code 77 where there is no PostgreSQL.
# It syncs nothing, unless SPROVE_TEST_PG_FSYNC is "on".
set -eu
bin=
for place in "$(command -v initdb 2>/dev/null | xargs -r dirname)" /usr/lib/postgresql/*/bin; do
  [ -x "$place/initdb" ] && bin=$place
done
[ -n "$bin" ] || { echo "skipped: no PostgreSQL (package postgresql)"; exit 77; }
as=
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
  id postgres >/dev/null 2>&1 || { echo "skipped: no user postgres"; exit 77; }
  as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
dir=$(mktemp -d "${TMPDIR:-/tmp}/sprove-pg.XXXXXX")
[ -z "$as" ] || chown postgres "$dir"
stop() {
  (cd / && $as "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1) || true
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM
(cd / && $as "$bin/initdb" -D "$dir/data" -U relayer -A trust -E UTF8 --locale=C --no-sync >"$dir/log" 2>&1) ||
  { cat "$dir/log"; exit 1; }
(cd / && $as "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/server.log" \
  -o "-c listen_addresses='' -c unix_socket_directories='$dir' -c fsync=${SPROVE_TEST_PG_FSYNC:-off} -c timezone=UTC" start >/dev/null) ||
  { cat "$dir/server.log"; exit 1; }
SPROVE_TEST_DATABASE="postgresql://relayer@/postgres?host=$dir" \
  SPROVE_TEST_PG_RESTART="cd / && $as $bin/pg_ctl -D $dir/data -m immediate -w -l $dir/server.log restart" "$@"
