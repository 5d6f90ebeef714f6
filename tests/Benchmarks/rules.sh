#!/usr/bin/env bash
# All rules and the ranking on one snapshot of a lab host with 60 bridge ports (tests/Fixtures/scale), by BenchmarkDotNet; further arguments go to it.
# Last line: diagnoseMs=N.NN
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
dotnet build "$here/Rules/Rules.csproj" -c Release -v q -clp:NoSummary
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/Rules/bin/Release/net10.0/ChatOpsBot.Benchmarks.Rules" "$root/tests/Fixtures/scale/host60.json.gz" --artifacts "$work" --exporters json "$@" >&2
jq -r '.Benchmarks[0].Statistics.Mean / 1e6 | "diagnoseMs=\(. * 100 | round / 100)"' "$work"/results/*-report-full-compressed.json
