#!/bin/bash
# The service under steady use: one "check" and four cheap commands a second from Slack, Teams and the HTTP API, on hosts of a lab into which
# faults are put at random, while 3 % of what the service sends to the chat peers fails. A person approves what waits.
#   soak.sh [--minutes M] [--hosts N] [PUBLISHED_FOLDER]     defaults: 45 minutes, 20 hosts; needs root
# The last line is minutes= commands= incidents= rssMBperHour= handlesPerHour= dbKBperIncident= lost=: slopes over the last four fifths of
# the time, and commands without an answer. Exit code: 0 nothing lost; 1 otherwise; 64 wrong arguments.
set -uo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
lab=$repository/deploy/lab/lab
minutes=45 hosts=20 build=''
while (($#)); do
  case $1 in
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --minutes | --hosts) (($# > 1)) && [[ $2 =~ ^[0-9]+$ ]] || { echo "soak.sh: $1 needs a number" >&2; exit 64; }; printf -v "${1#--}" %s "$2"; shift ;;
    -*) echo "soak.sh: unknown argument '$1'; see --help" >&2; exit 64 ;;
    *) build=$1 ;;
  esac
  shift
done
((EUID == 0)) || { echo 'soak.sh: needs root (network namespaces)' >&2; exit 1; }

export COB_LAB_NAME=soak
work=$(mktemp -d)
breaker=''
trap '[[ -z $breaker ]] || { kill "$breaker"; wait "$breaker"; } 2>/dev/null; "$lab" down >/dev/null 2>&1; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

if [[ -z $build ]]; then
  build=$work/app
  dotnet publish "$repository/src/Host" -c Release -o "$build" --artifacts-path "$work/build" -v q --nologo || exit 1
fi
dotnet publish "$repository/tests/Benchmarks/Soak" -c Release -o "$work/soak" --artifacts-path "$work/soak-build" -v q --nologo || exit 1
"$lab" up --hosts "$hosts" || exit 1
eval "$("$lab" env)"

# Faults that a listed repair answers, one after another on hosts taken at random; each is taken out again, whoever repaired it before.
break_hosts() {
  local faults=(bridge.uplink-missing bridge.vnet-detached nic.uplink-admin-down bridge.port-flags nf.bridge-family-drop bridge.port-blocked) fault host names
  mapfile -t names < <(sed -n 's/.*name: \([a-z0-9]*\),.*/\1/p' "$COB_LAB_INVENTORY")
  while :; do
    fault=${faults[RANDOM % ${#faults[@]}]} host=${names[RANDOM % ${#names[@]}]}
    "$lab" fault inject "$fault" "$host" >/dev/null 2>&1 && { sleep 30; "$lab" fault heal "$fault" "$host" >/dev/null 2>&1; }
    sleep 1
  done
}
break_hosts &
breaker=$!

"$lab" ctl -- env DOTNET_gcServer=0 "$work/soak/ChatOpsBot.Benchmarks.Soak" "$build/chatopsbot" "$repository/runbooks" "$COB_LAB_DIR" "$minutes"
