#!/bin/sh
# The guard's matrix. On hosts of the lab, over real SSH: each border of the steps x {SIGKILL of the bot, management link down, /run full, second plan,
# foreign change}. In namespaces: its processes killed, and the watchdog fired, at every program they call; racing plans and commits; re-used taps; failing
# undos; clock jumps; reboots; damaged plans; hosts out of processes. Needs root. Takes some minutes.
# Last line: cases=N between=0 twice=0 conflictsNamed=N. between: values that are neither before nor after nor named; twice: commands that ran twice, by the log
# that each leaves on the host; conflictsNamed: foreign changes that the guard named. Exits 1 when a test failed or one of these is not as it should be.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$root/tests/Adapters.Tests/bin/Debug/net10.0
[ "${1-}" = --no-build ] || dotnet build "$root/tests/Adapters.Tests/Adapters.Tests.csproj" -v q
rm -f "$out/guard-matrix.txt"
failed=0
# With every border of what the ordinary test run only samples.
"$out/ChatOpsBot.Adapters.Tests" -namespace ChatOpsBot.Adapters.Tests.Guard -explicit on -method- '*AtABorder*' -method- '*DoomedGuardBot*' -maxThreads 3 -noColor || failed=1
[ -s "$out/guard-matrix.txt" ] || { echo "no case was run"; exit 1; }
cut -f1 "$out/guard-matrix.txt" | sed 's/-[0-9].*//' | sort | uniq -c
awk -F '\t' -v failed="$failed" '
    { cases++; for (i = 2; i <= NF; i++) { split($i, pair, "="); sum[pair[1]] += pair[2] } }
    END {
        printf "cases=%d between=%d twice=%d conflictsNamed=%d\n", cases, sum["between"], sum["twice"], sum["conflictsNamed"]
        exit failed || cases < 80 || sum["between"] || sum["twice"] || sum["conflictsNamed"] != sum["provoked"]
    }' "$out/guard-matrix.txt"
