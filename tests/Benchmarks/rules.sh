#!/usr/bin/env bash
# All rules and the ranking on one snapshot of a lab host with 60 bridge ports (tests/Fixtures/scale), by BenchmarkDotNet; further arguments go to it.
# Last line: rulesMs=N.NN diagnoseMs=N.NN; the first without, the second with parsing what the host said.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
dotnet build "$here/Rules/Rules.csproj" -c Release -v q -clp:NoSummary
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/Rules/bin/Release/net10.0/ChatOpsBot.Benchmarks.Rules" "$root/tests/Fixtures/scale/host60.json.gz" --artifacts "$work" --exporters json "$@" >&2
jq -r '[.Benchmarks[] | {(.Method): (.Statistics.Mean / 1e4 | round / 100)}] | add | "rulesMs=\(.RulesAndRanking) diagnoseMs=\(.Diagnose)"' "$work"/results/*-report-full-compressed.json
