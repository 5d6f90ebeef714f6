#!/bin/bash
# Mutation testing by dotnet-stryker: transitions, policy and planner of src/Domain, and the approvals of src/Application, are changed in one place at a time, and the tests
# of tests/Mutation have to fail. (Each mutant meets all of them: asking which test covers what makes the runner hang.) Half an hour on two cores.
# Prints a line FILE:LINE MUTATOR REPLACEMENT for each mutant that survived.
# Last line: mutants=N killed=N timeout=N survived=N score=N.N%. killed: a test failed; timeout: the tests did not end, which counts for the score as well.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v jq >/dev/null || { echo "mutation.sh: needs jq; run deploy/lab/packages.sh" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet tool install --tool-path "$work/tool" dotnet-stryker --version 5.1.0 >/dev/null
cd "$root/tests/Mutation"

mutate() { # PROJECT PATTERN...: of one project
    local project=$1 patterns=()
    shift
    for pattern; do patterns+=(--mutate "$pattern"); done
    "$work/tool/dotnet-stryker" --project "$project.csproj" "${patterns[@]}" --output "$work/$project" >"$work/$project.log" 2>&1 ||
        { tail -n 30 "$work/$project.log" >&2; exit 1; }
    jq -r --arg root "$root/" '.files | to_entries[] | .key as $file | .value.mutants[] | [.status, "\($file | ltrimstr($root)):\(.location.start.line)", .mutatorName, (.replacement // "" | gsub("\\s+"; " "))] | @tsv' \
        "$work/$project/reports/mutation-report.json" >>"$work/mutants"
}

mutate Domain 'Incidents/IncidentTransitions*.cs' 'Policies/PolicyJudge.cs' 'Policies/PolicyRule.cs' 'Policies/PolicyQuestion.cs' 'Policies/PolicyCommand.cs' 'Approvals/*.cs' \
    'Runbooks/Planner.cs' 'Runbooks/PersistPlanner.cs' 'Runbooks/PersistSteps.cs' 'Runbooks/PlanHash.cs' 'Runbooks/ParameterValues.cs' 'Runbooks/Placeholders.cs'
mutate Application 'Approvals/*.cs'
awk -F '\t' '
    $1 == "Survived" { print $2, $3, $4 }
    { n[$1]++ }
    END {
        all = n["Killed"] + n["Timeout"] + n["Survived"]
        printf "mutants=%d killed=%d timeout=%d survived=%d score=%.1f%%\n", all, n["Killed"], n["Timeout"], n["Survived"], all ? 100 * (n["Killed"] + n["Timeout"]) / all : 0
        exit !all
    }' "$work/mutants"
