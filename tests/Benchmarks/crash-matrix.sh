#!/bin/sh
# The crash matrix: nine lives of an incident (diagnosis only, an approved repair of each risk class, a repair that cuts the link to the host, a repair that is taken
# back, an approval race, a double fault) on hosts of the lab over real SSH, told in a Slack that its own clients have approved. The service is ended by SIGKILL at each
# point that it passes (before and after every write to its store, every effect, every message, every call to a host, and in the midst of these) and started again.
# A repair is also lived with other mishaps at each point: a full disk, one that fails under the running service, one that is read-only at the restart, pages torn by a loss of power, a clock that jumps an hour
# ahead or back, a network that swallows all to the host for longer than its guard waits.
# The points are found by living the life once undisturbed, so a new step of the code is covered by itself. Needs root. All points take hours on two cores;
# --every N takes each N-th of them, --only TEXT the classes of FullCrashMatrix.cs whose name begins with TEXT: Of for the kills, With for the other mishaps.
# Last line: points=N scenarios=N lost=N duplicated=N orphaned=N chatTwice=N. points: different ones at which it happened; lost: events, messages and answers that
# are missing or wrong at the end; duplicated: decisions, and commands by the list that the host itself keeps; orphaned: guards that nobody settled; chatTwice: messages said twice.
# Exits 1 when a test failed or one of the first three is not 0.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
every=1 only= build=yes
while [ $# -gt 0 ]; do
    case $1 in
    --every) every=$2 && shift ;;
    --only) only=$2 && shift ;;
    --no-build) build=no ;;
    *) sed -n '2,13s/^# //p' "$0" && exit 64 ;;
    esac
    shift
done
[ $build = no ] || dotnet build "$root/tests/Acceptance.Tests/Acceptance.Tests.csproj" -c Release -v q
out=$root/tests/Acceptance.Tests/bin/Release/net10.0
rm -f "$out/crash-matrix.txt"
failed=0
COB_CRASH_EVERY=$every "$out/ChatOpsBot.Acceptance.Tests" -noLogo -noColor -class "*FullCrashMatrix+$only*" -explicit only -maxThreads 3 || failed=1
[ -s "$out/crash-matrix.txt" ] || { echo "no life was lived"; exit 1; }
grep -v '^#' "$out/crash-matrix.txt" | awk -F '\t' -v failed="$failed" '
    { runs[$1 " " $2]++; if ($4 == "reached") { reached[$1 " " $2]++; points[$3] = 1 } for (i = 5; i <= NF; i++) { split($i, pair, "="); sum[pair[1]] += pair[2] } }
    END {
        for (name in runs) { printf "%-30s runs=%d reached=%d\n", name, runs[name], reached[name]; scenarios++ }
        for (point in points) number++
        printf "points=%d scenarios=%d lost=%d duplicated=%d orphaned=%d chatTwice=%d\n", number, scenarios, sum["lost"], sum["duplicated"], sum["orphaned"], sum["chatTwice"]
        exit failed || sum["lost"] || sum["duplicated"] || sum["orphaned"]
    }'
