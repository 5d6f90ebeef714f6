#!/bin/bash
# Two services on one PostgreSQL and a host of the lab. The service that performs an effect is killed (SIGKILL) in the middle of it, and the other has to take over, ask the host's
# guard and go on; or it is frozen (SIGSTOP) inside an effect until the other has taken over, and continued: what it then wants to do must be refused. Counted on the host: each step
# of a plan is started once and taken back at most once; and in the transcript: each command and each end of the guard once, and the chain of events is whole.
#   failover.sh [--no-build] [--small | --only="freeze commit-repair.v1"]      --small: only the kill while the steps are applied; --only: one case
# Needs root. Last line: failoverSeconds=N.N duplicated=0. failoverSeconds is the longest time from the signal until the other service has taken the effect that the first one had;
# beside it stands in each line when it had settled it, which includes the work itself: a verification waits up to 75 s for the guest's address by design.
set -u -o pipefail
root=$(cd "$(dirname "$0")/../.." && pwd -P)
small=no build=yes only=
for argument in "$@"; do
  case $argument in
  --only=*) only=${argument#--only=} ;;
  --small) small=yes ;;
  --no-build) build=no ;;
  *) echo "failover.sh: unknown argument '$argument'; use --small, --no-build" >&2; exit 64 ;;
  esac
done
[ "$(id -u)" = 0 ] || { echo 'failover.sh: needs root' >&2; exit 1; }
bot=${COB_BOT:-$root/src/Host/bin/Debug/net10.0/chatopsbot}
[ "$build" = no ] || dotnet build "$root/src/Host/Host.csproj" -v q || exit 1
export COB_LAB_NAME=${COB_LAB_NAME:-failover}
lab=$root/deploy/lab/lab host=host42
work=$(mktemp -d /tmp/cob-failover-XXXXXX)
chmod 711 "$work" # the server runs as another account
duplicated=0 worst=0.0 bad=0
declare -A pid_of

finish() {
  local node
  for node in "${!pid_of[@]}"; do kill -CONT "${pid_of[$node]}" 2>/dev/null; kill -KILL "${pid_of[$node]}" 2>/dev/null; done
  "$lab" down >/dev/null 2>&1
  exec 7>&- 2>/dev/null # the database ends with its input
  wait 2>/dev/null
  [ "$bad" != 0 ] || rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
fail() { echo "FAIL $*" >&2; bad=1; tail -n 15 "$work"/*.log >&2; exit 1; }
say() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }

sql() { psql -X -q -A -t -h "$work/pg" -U postgres -d bot -c "$1"; }

start_database() {
  mkfifo "$work/pg.in"
  bash "$root/tests/Support/private-postgres.sh" "$work/pg" <"$work/pg.in" >"$work/pg.out" 2>"$work/pg.log" &
  exec 7>"$work/pg.in"
  local tries=600
  until grep -qx ready "$work/pg.out" 2>/dev/null; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] && kill -0 $! 2>/dev/null || fail "the database did not start"
    sleep 0.1
  done
  psql -X -q -h "$work/pg" -U postgres -d postgres -c 'CREATE DATABASE bot OWNER bot' || fail 'no database'
}

start_lab() {
  "$lab" down >/dev/null 2>&1
  { "$lab" up && "$lab" host add "$host"; } >"$work/lab.log" 2>&1 7>&- || fail 'the lab did not come up'
  eval "$("$lab" env)"
}

write_settings() {
  local person node
  umask 077
  cp "$COB_LAB_INVENTORY" "$work/inventory.yaml"
  for person in ann bo; do head -c 32 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | head -c 40 >"$work/$person.token"; done
  cat >"$work/policy.yaml" <<'END'
people:
  - { id: ann, name: Ann Example, groups: [network], console: { tokenFile: ann.token } }
  - { id: bo, name: Bo Example, groups: [network], console: { tokenFile: bo.token } }
groups: { network: {} }
rules: [{ who: ["group:network"], may: [check, recheck, status, incidents, transcript, run, cancel], hosts: ["*"] }]
approvals: [{ risk: [D0, D1, D2, D3], from: ["group:network"], quorum: 1, requesterMay: false }]
probes: { p.trace: allow, p.arp: allow, p.df: allow, p.lldp: allow, p.dhcp: approve, p.nudge: approve }
END
  for node in 1 2; do
    cat >"$work/node$node.json" <<END
{
  "Inventory": { "File": "inventory.yaml" },
  "Policy": { "File": "policy.yaml" },
  "Ssh": { "IdentityFile": "$COB_LAB_KEY", "KnownHostsFile": "$COB_LAB_KNOWN_HOSTS", "ConfigFile": "$COB_LAB_SSH_CONFIG" },
  "Http": { "ConsoleUrls": "http://127.0.0.1:1808$node" },
  "Storage": { "Provider": "Postgres", "ConnectionString": "Host=$work/pg;Database=bot;Username=bot;Passfile=$work/pgpass" },
  "Console": { "KeyFile": "console-key" },
  "Transcript": { "SigningKeyFile": "signing-key.pem" },
  "Runbooks": { "Directory": "$root/runbooks" }
}
END
  done
  echo '*:*:*:bot:bot-pw' >"$work/pgpass"
}

start_node() { # N
  "$lab" ctl -- "$bot" serve --settings "$work/node$1.json" >>"$work/node$1.log" 2>&1 7>&- &
  local tries=600
  until "$lab" ctl -- curl -sf -m 2 -o /dev/null "http://127.0.0.1:1808$1/readyz"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "service $1 is not ready"
    sleep 0.1
  done
  # The process that listens there, by the settings it was given.
  pid_of[$1]=$(pgrep -n -f -- "chatopsbot serve --settings $work/node$1.json")
  [ -n "${pid_of[$1]}" ] || fail "service $1 has no process"
}

node_of() { # PID
  local node
  for node in "${!pid_of[@]}"; do [ "${pid_of[$node]}" != "$1" ] || echo "$node"; done
}

api() { # NODE PERSON METHOD PATH [BODY]
  printf 'header = "Authorization: Bearer %s"\n' "$(<"$work/$2.token")" |
    "$lab" ctl -- curl -sS --config - -m 20 -X "$3" ${5:+-H 'Content-Type: application/json' --data "$5"} "http://127.0.0.1:1808$1$4" 2>/dev/null
}
field() { api "$1" bo GET "/api/v1/incidents/$2" | jq -r "$3 // empty" 2>/dev/null; }
state_of() { sql "SELECT state FROM incidents WHERE id = ${1#I-}"; }

await_state() { # INCIDENT PATTERN [between]: of the store, since services may be frozen
  local tries=180 state
  while :; do
    state=$(state_of "$1")
    [[ $state =~ ^($2)$ ]] && return
    case $state in healthy | resolved | declined | expired | cancelled | reverted | revert-failed | unreachable) fail "$1 ended $state instead of $2" ;; esac
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "$1 stays $state"
    if [ "${3:-}" = lease ]; then "$lab" lease "$host" vm1 --timeout 4 >/dev/null 2>&1 7>&-; else sleep 0.3; fi
  done
}

# Waits in the server, so that it is there within milliseconds: who performs this effect of an incident after that one.
watch_effect() { # EFFECT AFTER
  psql -X -q -h "$work/pg" -U postgres -d bot -c "DO \$\$ DECLARE hit RECORD; BEGIN FOR i IN 1..60000 LOOP
    SELECT id, claim, holder INTO hit FROM outbox WHERE name = '$1' AND incident > $2 AND open = 1 AND claimed_until <> 0 LIMIT 1;
    IF FOUND THEN RAISE NOTICE 'held % % %', hit.id, hit.claim, hit.holder; RETURN; END IF; PERFORM pg_sleep(0.002); END LOOP; END \$\$" 2>&1 |
    sed -n 's/.*held \([0-9]*\) \([0-9]*\) .*:\([0-9]*\)$/\1 \2 \3/p'
}

seconds_since() { awk -v from="$1" -v to="$(date +%s.%N)" 'BEGIN { printf "%.1f", to - from }'; }

scenario() { # kill|freeze EFFECT [cancel]
  local how=$1 effect=$2 way=${3:-} last row claim victim pid other id begin took token requests wanted=resolved
  "$lab" fault heal bridge.uplink-missing "$host" >/dev/null 2>&1 7>&-
  "$lab" fault inject bridge.uplink-missing "$host" >>"$work/lab.log" 2>&1 7>&- || fail 'no fault'
  last=$(sql 'SELECT coalesce(max(id), 0) FROM incidents')
  : >"$work/held"
  {
    read -r row claim pid < <(watch_effect "$effect" "$last")
    [ -z "$pid" ] || { [ "$how" = kill ] && kill -KILL "$pid" || kill -STOP "$pid"; }
    echo "$row $claim $pid $(date +%s.%N)" >"$work/held"
  } &
  local watcher=$!
  id=$(api 1 ann POST /api/v1/commands "{ \"text\": \"check $host\" }" | jq -r '.incident // empty')
  [ -n "$id" ] || id=I-$(sql "SELECT max(id) FROM incidents WHERE id > $last") # whoever was asked is the one that was hit
  case $effect in
  observe.v1 | propose-plan.v1) wait "$watcher"; other=$(other_of) ;;
  *) other=2 ;;
  esac
  if [ "$effect" = observe.v1 ] || [ "$effect" = propose-plan.v1 ]; then measure; fi
  await_state "$id" awaiting-approval
  token=''
  requests=60
  until [ -n "$token" ]; do
    token=$(field "$other" "$id" .decide)
    requests=$((requests - 1))
    [ "$requests" -gt 0 ] || fail "$id cannot be decided on"
    [ -n "$token" ] || sleep 0.3
  done
  api "$other" bo POST "/api/v1/approvals/$token" '{ "decision": "approve" }' >"$work/approved" || true
  if [ "$way" = cancel ]; then
    await_state "$id" 'verifying|watching'
    api "$other" ann POST /api/v1/commands "{ \"text\": \"cancel $id\" }" >/dev/null
    wanted=reverted
  fi
  if [ "$effect" != observe.v1 ] && [ "$effect" != propose-plan.v1 ]; then wait "$watcher"; other=$(other_of); measure; fi
  if [ "$small" = yes ]; then
    await_state "$id" 'watching|resolved'
  elif [ "$wanted" = resolved ]; then
    await_state "$id" resolved lease
  else
    await_state "$id" "$wanted"
  fi
  if [ "$how" = freeze ]; then
    kill -CONT "$pid" || fail "the frozen service is gone"
    await_refused
  else
    unset "pid_of[$victim]"
    [ "$small" = yes ] || start_node "$victim"
  fi
  count
}

other_of() { # fills row, claim, pid, victim and begin of the caller too
  read -r row claim pid begin <"$work/held"
  [ -n "${pid:-}" ] && [ -n "${begin:-}" ] || { echo 0; return; }
  [ "$(node_of "$pid")" = 1 ] && echo 2 || echo 1
}

measure() { # until somebody else has taken the effect, and has settled it
  read -r row claim pid begin <"$work/held"
  [ -n "${begin:-}" ] || fail "$effect was never seen under way"
  victim=$(node_of "$pid")
  local tries=1200
  until [ "$(sql "SELECT 1 FROM outbox WHERE id = $row AND claim > $claim")" = 1 ]; do
    if [ "$(sql "SELECT 1 FROM outbox WHERE id = $row AND open = 0 AND claim = $claim")" = 1 ]; then
      say "$how in $effect: it had settled the effect before the signal came"
      return
    fi
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "nobody took $effect over"
    sleep 0.1
  done
  took=$(seconds_since "$begin")
  tries=1200
  until [ "$(sql "SELECT 1 FROM outbox WHERE id = $row AND open = 0")" = 1 ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "nobody settles $effect"
    sleep 0.1
  done
  worst=$(awk -v a="$worst" -v b="$took" 'BEGIN { print (b > a ? b : a) }')
  say "$how in $effect: the other service took it after $took s and had settled it after $(seconds_since "$begin") s"
}

# The service that was frozen goes on with what it had; it is done with that when it is ready again and has nothing claimed.
await_refused() {
  local tries=300
  until "$lab" ctl -- curl -sf -m 2 -o /dev/null "http://127.0.0.1:1808$victim/readyz" &&
    [ -z "$(sql "SELECT 1 FROM outbox WHERE open = 1 AND claimed_until <> 0 AND lane = 'host' AND holder LIKE '%:$pid'")" ] &&
    [ "$tries" -lt 285 ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail 'the service that was frozen does not come back'
    sleep 0.2
  done
}

count() {
  local found
  # The host's own journal of the plan: "record UPTIME KIND STEP ...".
  "$lab" exec "$host" -- sh -c 'cat /run/chatops/*/journal' >"$work/journal" 2>/dev/null || fail 'the host has no journal'
  found=$(awk '/^record / && ($3 == "started" || $3 == "undone" || $3 == "armed" || $3 == "committed") { n[$3 " " $4]++ } END { for (k in n) if (n[k] > 1) sum += n[k] - 1; print sum + 0 }' "$work/journal")
  # The transcript: every command once, every end once, and whole.
  "$lab" ctl -- "$bot" transcript export "$id" --format json -o "$work/$id.json" --settings "$work/node1.json" >/dev/null 2>"$work/transcript.log" || fail "no transcript of $id"
  "$lab" ctl -- "$bot" transcript verify "$work/$id.json" --settings "$work/node1.json" >>"$work/transcript.log" 2>&1 || fail "the transcript of $id is not whole"
  local twice
  twice=$(sql "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM incident_events
    WHERE incident = ${id#I-} AND (type LIKE 'step-reported%' OR type LIKE 'guard-reported%' OR type LIKE 'approved%' OR type LIKE 'plan-proposed%')
    GROUP BY type, (convert_from(body, 'UTF8')::json - 'at')::text) AS same WHERE n > 1" 2>/dev/null ||
    sql "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM incident_events
    WHERE incident = ${id#I-} AND (type LIKE 'step-reported%' OR type LIKE 'guard-reported%' OR type LIKE 'approved%' OR type LIKE 'plan-proposed%')
    GROUP BY type, (convert_from(body, 'UTF8')::jsonb - 'at')::text) AS same WHERE n > 1")
  duplicated=$((duplicated + found + twice))
  say "$how in $effect: $id $(state_of "$id"), started on the host: $(grep -c '^record [0-9]* started' "$work/journal"), twice on the host: $found, twice in the transcript: $twice"
  [ "$(grep -c '^record [0-9]* started' "$work/journal")" -ge 1 ] || fail 'no step was counted on the host'
}

say 'database, lab and two services'
start_database
start_lab
write_settings
start_node 1
start_node 2
# shellcheck disable=SC2086 # two or three words
[ -z "$only" ] || scenario $only
[ -n "$only" ] || scenario kill apply-repair.v1
if [ "$small" = no ] && [ -z "$only" ]; then
  scenario kill begin-repair.v1
  scenario kill verify-repair.v1
  scenario kill revert-repair.v1 cancel
  for effect in observe.v1 propose-plan.v1 begin-repair.v1 apply-repair.v1 verify-repair.v1 commit-repair.v1; do scenario freeze "$effect"; done
  scenario freeze revert-repair.v1 cancel
fi
echo "failoverSeconds=$worst duplicated=$duplicated"
[ "$duplicated" = 0 ]
