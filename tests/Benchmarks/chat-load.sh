#!/bin/bash
# Load of a chat: 200 signed "status" commands a second for 30 s from 200 people in 200 channels, 5 % delivered again, against the fake Slack.
#   chat-load.sh [PUBLISHED_FOLDER]       builds one in a temporary folder when none is named
# The last line is sent=N p99ms=N lost=N twice=N rssDeltaMB=N: p99 of the acknowledgement, commands without answer and with more than one, growth of the service.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build=${1:-}
if [[ -z $build ]]; then
  build=$work/app
  dotnet publish "$repository/src/Host" -c Release -o "$build" --artifacts-path "$work/build" -v q --nologo
fi

dotnet publish "$repository/tests/Benchmarks/ChatLoad" -c Release -o "$work/load" --artifacts-path "$work/load-build" -v q --nologo
DOTNET_gcServer=0 "$work/load/ChatOpsBot.Benchmarks.ChatLoad" "$build/chatopsbot"
