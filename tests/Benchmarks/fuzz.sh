#!/bin/sh
# Fuzzing for long: fifty times what every test run tries, so a million inputs each for collector frames, guard answers, chat text and what Slack and Teams send, and a hundred thousand for what tools of a host
# print (each is diagnosed) and 25,000 snapshot files. FsCheck chooses the changes to a kept corpus; an input that fails is printed in Base64. --times N for another factor.
# Prints a line fuzz=NAME inputs=N perSecond=N for each; exits 1 when a reader threw, hung for more than a second, or took more than 256 MB.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
times=50
case ${1-} in
--times) times=$2 ;;
'') ;;
*) sed -n '2,5s/^# //p' "$0" && exit 64 ;;
esac
failed=0
for project in Domain Application Slack Teams; do
    dotnet build "$root/tests/$project.Tests/$project.Tests.csproj" -c Release -v q
    COB_FUZZ=$times "$root/tests/$project.Tests/bin/Release/net10.0/ChatOpsBot.$project.Tests" -noLogo -noColor -namespace "ChatOpsBot.$project.Tests.Fuzzing" -showLiveOutput >"${TMPDIR:-/tmp}/cob-fuzz.$$" || failed=1
    grep -o 'fuzz=.*' "${TMPDIR:-/tmp}/cob-fuzz.$$" || cat "${TMPDIR:-/tmp}/cob-fuzz.$$"
    rm -f "${TMPDIR:-/tmp}/cob-fuzz.$$"
done
exit $failed
