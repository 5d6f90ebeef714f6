#!/usr/bin/env bash
# Puts every fault that the lab can make, pairs of them, and every healthy but odd condition into real hosts of several shapes, asks the bot as root, as a
# user with sudo and as one without, and prints per fault how often it was right.
#   --keep         keep all snapshots in tests/Fixtures/diagnosis, from which the tests ask the same questions without a lab; with --only those of these cases,
#                  beside what is there
#   --only REGEX   only cases whose name matches, such as '^nf\.' or '@plain$'
# Last line: cases=N top1=NN.N% falseAlarms=N falseCertain=N doubles=NN.N% medianMs=N
#   top1: of single faults, asked with root; doubles: both causes among the findings; falseCertain: also without root; medianMs: command to finding, warm
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
options=()
while (($#)); do
    case $1 in
    --keep) options+=(--keep "$root/tests/Fixtures/diagnosis") ;;
    --only) options+=(--only "${2:?--only needs a pattern}"); shift ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "diagnosis.sh: unknown argument '$1'; see --help" >&2; exit 64 ;;
    esac
    shift
done
[ "$(id -u)" = 0 ] || { echo "diagnosis.sh: needs root for the lab" >&2; exit 2; }
export COB_LAB_NAME=diagnose
lab="$root/deploy/lab/lab"
"$root/deploy/lab/packages.sh" --libvirt
"$root/deploy/lab/packages.sh" --ovs
"$root/deploy/lab/packages.sh" --dhcp
dotnet build "$here/Accuracy/Accuracy.csproj" -c Release -v q -clp:NoSummary
trap '"$lab" down >/dev/null 2>&1 || true' EXIT
"$lab" up >/dev/null
eval "$("$lab" env)"
"$lab" ctl -- "$here/Accuracy/bin/Release/net10.0/ChatOpsBot.Benchmarks.Accuracy" "$COB_LAB_DIR" "${options[@]}"
