#!/bin/sh
# The guard's matrix: its processes killed, and the watchdog fired, at every program they call; racing plans and commits;
# full file systems; foreign changes; re-used taps; failing undos; clock jumps; reboots; damaged plans. Needs root: links, nftables and
# namespaces are real. Last line: cases=N between=0 twice=0 conflictsNamed=N. Exits 1 when a test failed or a value was neither before nor after.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$root/tests/Adapters.Tests/bin/Debug/net10.0
[ "${1-}" = --no-build ] || dotnet build "$root/tests/Adapters.Tests/Adapters.Tests.csproj" -v q
rm -f "$out/guard-matrix.txt"
failed=0
"$out/ChatOpsBot.Adapters.Tests" -namespace ChatOpsBot.Adapters.Tests.Guard -maxThreads 6 -noColor || failed=1
[ -s "$out/guard-matrix.txt" ] || { echo "no case was run"; exit 1; }
cut -f1 "$out/guard-matrix.txt" | sed 's/-[0-9].*//' | sort | uniq -c
awk -F '\t' -v failed="$failed" '
    { cases++; for (i = 2; i <= NF; i++) { split($i, pair, "="); sum[pair[1]] += pair[2] } }
    END {
        printf "cases=%d between=%d twice=%d conflictsNamed=%d\n", cases, sum["between"], sum["twice"], sum["conflictsNamed"]
        exit failed || cases < 80 || sum["between"] || sum["twice"]
    }' "$out/guard-matrix.txt"
