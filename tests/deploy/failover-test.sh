#!/bin/bash
# One service of two is killed while it applies a repair, and the other brings it to its end: the short form of tests/Benchmarks/failover.sh, with the program that was built last.
# Prints "ok NAME", "FAIL NAME" or "skip NAME: REASON".
set -u
root=$(cd "$(dirname "$0")/../.." && pwd -P)
name='one of two services killed while a repair is applied'
bot=$root/src/Host/bin/Release/net10.0/chatopsbot
[ -x "$bot" ] || bot=$root/src/Host/bin/Debug/net10.0/chatopsbot
[ "$(id -u)" = 0 ] || { echo "skip $name: needs root"; exit 0; }
[ -x "$bot" ] || { echo "skip $name: the program was not built"; exit 0; }
ls -d /usr/lib/postgresql/*/bin >/dev/null 2>&1 || { echo "skip $name: no PostgreSQL; deploy/lab/packages.sh --database"; exit 0; }
if COB_BOT=$bot COB_LAB_NAME=failsmall bash "$root/tests/Benchmarks/failover.sh" --no-build --small; then
  echo "ok $name"
else
  echo "FAIL $name"
fi
