#!/bin/bash
# Memory of an idle service: publishes, starts serve with the sample's settings and an empty store, waits 60 s, prints its resident set.
#   idle.sh [PUBLISHED_FOLDER]       builds one in a temporary folder when none is named
# The last line is idleMB=N. ssh masters are processes of their own and not counted; an idle service has none.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(mktemp -d)
pid=
finish() {
  [[ -z $pid ]] || { kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; }
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

build=${1:-}
if [[ -z $build ]]; then
  build=$work/app
  dotnet publish "$repository/src/Host" -c Release -o "$build" --artifacts-path "$work/build" -v q --nologo
fi

cp "$repository"/deploy/sample/*.yaml "$repository"/deploy/sample/appsettings.json "$work"
Http__ConsoleUrls=http://127.0.0.1:0 "$build/chatopsbot" serve --settings "$work/appsettings.json" >"$work/out" 2>&1 &
pid=$!
for ((second = 0; second < 60; second++)); do
  sleep 1
  kill -0 "$pid" 2>/dev/null || { cat "$work/out" >&2; echo "idle.sh: serve ended by itself" >&2; exit 1; }
done
grep -E '^(VmHWM|VmRSS|RssAnon|RssFile|Threads)' "/proc/$pid/status"
awk '/^VmRSS/ { printf "idleMB=%d\n", $2 / 1024 + 0.5 }' "/proc/$pid/status"
