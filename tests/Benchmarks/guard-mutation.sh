#!/bin/bash
# Mutation of the guard program: each of its lines is taken out once, and the guard's tests in namespaces have to fail. Lines of which the rest is no program any more
# do not count. Needs root. Takes hours on two cores; --every N takes each N-th line, --from N begins there, --jobs N tries so many at once, --no-build uses what is built.
# A line without which all tests pass has survived: guard-mutants.txt beside this says why for each that is known.
# Last line: mutants=N killed=N explained=N survived=N score=N.N%. survived: those that nothing explains. Exits 1 when there is one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
guard=$root/src/Domain/Guard/guard.sh
every=1 from=1 jobs=2 build=yes
while (($#)); do
    case $1 in
    --every) every=$2 && shift ;;
    --from) from=$2 && shift ;;
    --jobs) jobs=$2 && shift ;;
    --no-build) build=no ;;
    *) sed -n '2,5s/^# //p' "$0" && exit 64 ;;
    esac
    shift
done
[ $build = no ] || dotnet build "$root/tests/Adapters.Tests/Adapters.Tests.csproj" -c Release -v q
tests=$root/tests/Adapters.Tests/bin/Release/net10.0/ChatOpsBot.Adapters.Tests
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT

# What notices most comes first, and the first failure is enough.
groups=(GuardOperationTests AllowListTests GuardRevertTests
    'GuardHostTests GuardSickHostTests GuardSweepTests GuardFiresTests GuardRaceTests GuardRunnerKilledTests GuardWatchdogKilledTests')

pass() { # LINE LOG: do all tests pass without that line? Empty: with all lines
    local group class chosen
    for group in "${groups[@]}"; do
        chosen=()
        for class in $group; do chosen+=(-class "ChatOpsBot.Adapters.Tests.Guard.$class"); done
        COB_GUARD_WITHOUT_LINE=$1 timeout -k 5 900 "$tests" -noLogo -noColor -stopOnFail "${chosen[@]}" </dev/null >"$2" 2>&1 || return 1
    done
}

try() { # LINE: prints what came of it
    local line=$1 text fate=killed
    text=$(sed -n "$line{s/^ *//;p}" "$guard")
    sed "${line}s/.*//" "$guard" >"$work/$line.sh"
    sh -n "$work/$line.sh" 2>/dev/null || return 0
    if pass "$line" "$work/$line.log"; then
        fate=survived
        ! sed 's/  # .*//' "$here/guard-mutants.txt" | grep -qxF -- "$text" || fate=explained
    fi
    printf '%s\t%s\t%s\n' "$fate" "$line" "$text"
}

# Or every line would seem to be missed.
pass '' "$work/whole.log" || { cat "$work/whole.log"; echo "the tests fail with the whole program too" >&2; exit 1; }
grep -nvE '^ *(#.*)?$' "$guard" | cut -d: -f1 | awk -v from="$from" -v every="$every" '$1 >= from && n++ % every == 0' >"$work/lines"
while read -r line; do
    while (($(jobs -rp | wc -l) >= jobs)); do wait -n || true; done
    try "$line" | tee -a "$work/fates" &
done <"$work/lines"
wait
awk -F '\t' '{ n[$1]++; all++ } END {
    printf "mutants=%d killed=%d explained=%d survived=%d score=%.1f%%\n", all, n["killed"], n["explained"], n["survived"], all ? 100 * n["killed"] / all : 0
    exit n["survived"] > 0 || !all }' "$work/fates"
