#!/bin/bash
# What needs 802.1Q, VLAN filtering, bonding or netem, on hosts whose kernel has them: boots deploy/lab/uml.sh, makes three hosts (br0 as a filtering
# trunk, br0 over a bond, br0 over a VLAN device), puts each case of uml-cases.sh in, reads the host over SSH with the real program, heals. By hand; needs root.
#   uml.sh [--keep DIR] [--bot PROGRAM] [--only REGEX]
#     --keep DIR      keep what was read there (NAME@uml.root.json.gz and cases.json), as tests/Fixtures/diagnosis-uml has it
#     --bot PROGRAM   this chatopsbot instead of building one
# One line per check, last line "N passed, N failed, N skipped"; exit 1 if anything failed.
set -uo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(cd "$here/../.." && pwd)
uml=$root/deploy/lab/uml.sh
# shellcheck source=/dev/null
source "$here/checks.sh"
bot='' keep='' only='.'
while (($#)); do
  case $1 in
    --keep) keep=$(realpath -m "${2:?--keep needs a directory}") ;;
    --bot) bot=${2:?--bot needs a program} ;;
    --only) only=${2:?--only needs a pattern} ;;
    *) sed -n '4,6s/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 64 ;;
  esac
  shift 2
done
((EUID == 0)) || { echo "0 passed, 0 failed, 1 skipped (needs root)"; exit 0; }

finish() {
  trap - EXIT INT TERM
  "$uml" down
  local failed
  failed=$(grep -c ^FAIL "$WORK/results")
  echo "$(grep -c ^ok "$WORK/results") passed, $failed failed, $(grep -c ^skip "$WORK/results") skipped"
  rm -rf "$WORK"
  exit $((failed > 0))
}

if [[ -z $bot ]]; then
  dotnet build "$root/src/Host/Host.csproj" -c Release -v q -clp:NoSummary >/dev/null || exit 1
  bot=$root/src/Host/bin/Release/net10.0/chatopsbot
fi
"$uml" up || { fail "the kernel boots"; finish; }
trap finish EXIT
trap 'fail "interrupted"; exit 1' INT TERM

inside() { "$uml" in "$@" </dev/null; }
cases() { inside tests/lab/uml-cases.sh "$@"; }
books() {
  eval "$("$uml" env)"
  sed "s/user: ops/user: root/" "$COB_LAB_INVENTORY" >"$WORK/inventory.yaml"
}
program() { # ARGUMENTS
  Inventory__File=$WORK/inventory.yaml Ssh__IdentityFile=$COB_LAB_KEY Ssh__KnownHostsFile=$COB_LAB_KNOWN_HOSTS Ssh__ConnectTimeout=60s Ssh__CommandTimeout=120s \
    "$uml" ctl -- "$bot" "$@" </dev/null
}
words() { jq -r '"\(.verdict): \([.findings[]? | "\(.id) \(.subject) \(.certainty)"] | join(", "))\([.undecided[]? | " [\(.ruleId // .rule): \(.section) \(.why)]"] | join(""))"' 2>/dev/null; }

# The answer to a case has to be right at once, or a moment later: bonds negotiate and links come up by themselves.
try_case() { # HOST CASE KIND EXPECTED
  local host=$1 name=$2 kind=$3 expected=$4 message answer n status=0
  message=$(cases set "$name" "$host" 2>&1) || status=$?
  if ((status == 3)); then skip "$name" "$message"; return; fi
  if ((status)); then fail "$name: set" "$message"; cases clear "$name" "$host" >/dev/null 2>&1; return; fi
  for ((n = 0; n < 5; n++)); do
    rm -f "$WORK/snapshot"
    program snapshot "$host" -o "$WORK/snapshot" >"$WORK/err" 2>&1
    answer=$(program check --from "$WORK/snapshot" --format json 2>>"$WORK/err")
    ! right "$kind" "$expected" || break
    # Who speaks LACP speaks every 30 s, and links come up by themselves.
    [[ $name == *lacp* ]] || ((n < 1)) || break
    sleep 5
  done
  if right "$kind" "$expected"; then ok "$name: $(words <<<"$answer" | cut -c1-160)"; else fail "$name" "$(words <<<"$answer" | cut -c1-600) $(tail -n 2 "$WORK/err")"; fi
  [[ -z $keep ]] || keep_case "$name" "$kind" "$expected"
  message=$(cases clear "$name" "$host" 2>&1) || fail "$name: clear" "$message"
}
right() { # KIND EXPECTED
  if [[ $1 == healthy ]]; then [[ $(jq -r .verdict <<<"$answer" 2>/dev/null) == healthy ]]; else [[ $(jq -r '"\(.verdict) \(.findings[0].id)"' <<<"$answer" 2>/dev/null) == "fault $2" ]]; fi
}

keep_case() { # CASE KIND EXPECTED
  [[ -s $WORK/snapshot ]] || { fail "$1: keep"; return; }
  gzip -9 -n <"$WORK/snapshot" >"$keep/$1@uml.root.json.gz"
  jq -n --arg case "$1@uml.root" --arg kind "$2" --arg expected "$3" --argjson answer "$answer" '{case: $case, kind: $kind, root: true, bridges: ["br0"], uplinks: {},
    expected: (if $expected == "-" then [] else [$expected] end), verdict: $answer.verdict,
    findings: [$answer.findings[]? | .consequenceOf as $of | "\(.id) \(.subject) \(.certainty)\(if $of then " of \($of) \([$answer.findings[] | select(.id == $of)][0].subject)" else "" end)"]}' >"$WORK/$1.case"
}

[[ -z $keep ]] || mkdir -p "$keep"
add_host() { inside deploy/lab/lab host add "$1" && cases shape "$2" "$1"; }
lease() { inside deploy/lab/lab lease "$1" vm1 --timeout 30; }
for pair in trunk:host42 bond:host43 tagged:host44; do
  shape=${pair%:*} host=${pair#*:}
  mapfile -t lines < <(cases list "$shape" | grep -E "$only")
  ((${#lines[@]})) || continue
  check "$shape: $host" add_host "$host" "$shape"
  books
  check "$shape: lease" lease "$host"
  for line in "${lines[@]}"; do
    # shellcheck disable=SC2086
    try_case "$host" $line
  done
  check "$shape: lease afterwards" lease "$host"
done
[[ -z $keep ]] || cat "$WORK"/*.case | jq -s 'sort_by(.case)' >"$keep/cases.json"
