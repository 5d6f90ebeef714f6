#!/bin/bash
# Shows the whole thing on this Debian 12 machine, as root: brings up two KVM hosts in namespaces, breaks one, starts the bot, runs
# "/bridge check host42 because ..." in the terminal, asks for approval, repairs over real SSH, proves it with a real DHCP lease, verifies the transcript.
#
#   --fault ID   break it in another way (deploy/lab/lab fault list; default bridge.uplink-missing); some need --libvirt or an Open
#                vSwitch host, which they then get
#   --yes        approve by itself as a second person, end after the outcome; exit code 0 only when the incident ended "resolved"
#   --libvirt    the guest is a real QEMU under a real libvirtd
#   --down       remove everything that a demo made
#
# Without --yes the web console stays until Ctrl-C. Debian packages and NuGet's package cache are not removed by --down.
# Exit code: 0 resolved; 1 another outcome (a question to a human, where no repair of ours answers the fault), or something failed; 64 wrong arguments; 78 no .NET 10 SDK.
set -uo pipefail

repository=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
lab=$repository/deploy/lab/lab
export COB_LAB_NAME=demo LC_ALL=C.UTF-8 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_EnableDiagnostics=0
folder=/var/lib/chatopsbot-demo
host=host42 guest=vm1 port=8042
fault=bridge.uplink-missing approve=no libvirt=no ovs=no down=no
server='' watcher='' began=$SECONDS

usage() { printf 'demo.sh: %s; see: demo.sh --help\n' "$*" >&2; exit 64; }
fail() { printf '\ndemo.sh: %s\n' "$*" >&2; exit 1; }
if [[ -t 1 ]]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi
step() { printf '\n%s[%3d s] %s%s\n' "$bold" "$((SECONDS - began))" "$*" "$plain"; }

arguments=("$@")
while (($#)); do
  case $1 in
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --fault) (($# > 1)) || usage '--fault needs an id'; fault=$2; shift ;;
    --fault=*) fault=${1#*=} ;;
    --yes) approve=yes ;;
    --libvirt) libvirt=yes ;;
    --down) down=yes ;;
    *) usage "unknown argument '$1'" ;;
  esac
  shift
done
((EUID == 0)) || fail 'needs root (network namespaces, taps): run it with sudo'

stop_server() {
  [[ -z $watcher ]] || kill "$watcher" 2>/dev/null
  [[ -n $server ]] || return 0
  kill "$server" 2>/dev/null
  wait "$server" 2>/dev/null
  server=''
}

# A server that an earlier demo left: by the pid it wrote down, and only if that still is our program.
stop_left_server() {
  local pid
  pid=$(cat "$folder/serve.pid" 2>/dev/null) || return 0
  [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == "$folder/app/"* ]] || return 0
  kill "$pid"
  for _ in {1..300}; do [[ -e /proc/$pid ]] || return 0; sleep 0.1; done
  kill -9 "$pid"
}

take_down() {
  stop_left_server
  "$lab" down 2>/dev/null
  rm -rf --one-file-system "$folder/state"
}

if [[ $down == yes ]]; then
  take_down
  rm -rf --one-file-system "$folder"
  # Where root's bots keep their connections; an installed service has one of its own user.
  [[ $(stat -c %u /run/chatopsbot 2>/dev/null) != 0 ]] || rmdir /run/chatopsbot 2>/dev/null
  echo 'the demo is gone'
  exit
fi

[[ -e $repository/deploy/lab/faults/$fault.sh ]] || usage "there is no fault '$fault' ($(cd "$repository/deploy/lab/faults" && printf '%s ' *.sh | sed 's/\.sh / /g'))"

case $(sed -n 's/^NEEDS=//p' "$repository/deploy/lab/faults/$fault.sh") in
  libvirt) libvirt=yes ;;
  ovs) ovs=yes ;;
esac
[[ $libvirt$ovs != yesyes ]] || usage "'$fault' needs an Open vSwitch host, which has no libvirt here"

need_sdk() {
  [[ -n $(command -v dotnet) || ! -x $HOME/.dotnet/dotnet ]] || PATH=$HOME/.dotnet:$PATH
  dotnet --list-sdks 2>/dev/null | grep -q '^10\.' && return
  echo 'demo.sh: the .NET 10 SDK is missing. Install it with the vendor'\''s script, then run this again:' >&2
  echo '  curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0' >&2
  exit 78
}

# Everything of ours is below one private folder, so that --down can take it away as a whole. Only we may write there before we do.
make_folder() {
  mkdir -m 0700 "$folder" 2>/dev/null
  [[ -d $folder && ! -L $folder && $(stat -c %u "$folder") == 0 ]] || fail "$folder is not a folder of root; move it away"
  chmod 0700 "$folder"
  mkdir -p "$folder"/{state,tmp,home}
}

# One demo at a time: the next one begins by taking down what it finds. Nothing that we start inherits the lock.
if [[ -z ${COB_DEMO_LOCKED:-} ]]; then
  need_sdk
  make_folder
  COB_DEMO_LOCKED=1 flock -n -o -E 75 "$folder" bash "${BASH_SOURCE[0]}" "${arguments[@]}"
  code=$?
  ((code != 75)) || fail 'a demo is running already; end it with Ctrl-C, or take it down: deploy/demo.sh --down'
  exit $code
fi

install_packages() {
  local option=()
  [[ $libvirt == no ]] || option=(--libvirt)
  [[ $ovs == no ]] || option=(--ovs)
  "$repository/deploy/lab/packages.sh" "${option[@]}" || fail 'the Debian packages could not be installed'
  [[ -n $(command -v curl) ]] || { apt-get install -y -q --no-install-recommends curl >/dev/null 2>&1 || { apt-get update -q && apt-get install -y -q --no-install-recommends curl; } >/dev/null 2>&1 || fail 'curl could not be installed'; }
}

build() {
  # Build output and the SDK's own traces stay out of the repository and the home.
  TMPDIR=$folder/tmp DOTNET_CLI_HOME=$folder/home NUGET_PACKAGES=${NUGET_PACKAGES:-$HOME/.nuget/packages} MSBUILDDISABLENODEREUSE=1 \
    dotnet publish "$repository/src/Host" -c Release -o "$folder/app" --artifacts-path "$folder/build" -nodeReuse:false -p:UseSharedCompilation=false -v q --nologo >"$folder/build.log" 2>&1 ||
    { tail -n 20 "$folder/build.log" >&2; fail "the build failed; all of it is in $folder/build.log"; }
}

bring_up_hosts() {
  "$lab" up --controller root >/dev/null || fail 'the hosts could not be brought up'
  local option=()
  [[ $libvirt == no ]] || option=(--libvirt)
  [[ $ovs == no ]] || option=(--ovs)
  "$lab" host add "$host" "${option[@]}" >/dev/null || fail "$host could not be made"
  "$lab" host add host43 >/dev/null || fail 'host43 could not be made'
  eval "$("$lab" env)"
}

write_configuration() {
  local person
  umask 077
  cd "$folder/state" || fail "$folder/state is gone"
  cp "$COB_LAB_INVENTORY" inventory.yaml
  for person in ann bo; do head -c 32 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | head -c 40 >"$person.token"; done
  cat >policy.yaml <<'END'
people:
  - { id: ann, name: Ann Example, groups: [network], console: { tokenFile: ann.token } }
  - { id: bo, name: Bo Example, groups: [network, leads], console: { tokenFile: bo.token } }
groups: { network: {}, leads: {} }
rules:
  - { who: ["group:network"], may: [check, recheck, trace, explain, status, incidents, transcript, run, runbooks, cancel, note, hosts], hosts: ["*"] }
approvals:
  - { risk: [D0, D1, D2, D3], from: ["group:network"], quorum: 1, requesterMay: false, expires: 30m }
breakGlass: { who: ["group:leads"], reviewWithin: 24h, reviewers: ["group:leads"] }
probes: { p.trace: allow, p.arp: allow, p.df: allow, p.lldp: allow, p.dhcp: approve, p.nudge: approve }
END
  cat >appsettings.json <<END
{
  "Inventory": { "File": "inventory.yaml" },
  "Policy": { "File": "policy.yaml" },
  "Ssh": { "IdentityFile": "$COB_LAB_KEY", "KnownHostsFile": "$COB_LAB_KNOWN_HOSTS", "ConfigFile": "$COB_LAB_SSH_CONFIG" },
  "Http": { "ConsoleUrls": "http://127.0.0.1:$port" },
  "Storage": { "ConnectionString": "Data Source=chatopsbot.db" },
  "Console": { "KeyFile": "console-key" },
  "Transcript": { "SigningKeyFile": "signing-key.pem" },
  "Runbooks": { "Directory": "$folder/app/runbooks" }
}
END
}

bot() { "$folder/app/chatopsbot" "$@" --settings "$folder/state/appsettings.json"; }
url() { echo "http://127.0.0.1:$port"; }
api() { # PERSON METHOD PATH [BODY]
  # The token goes in on stdin: an argument could be read by everybody on the machine.
  printf 'header = "Authorization: Bearer %s"\n' "$(<"$folder/state/$1.token")" |
    curl -sS --config - -m 30 -X "$2" ${4:+-H 'Content-Type: application/json' --data "$4"} "$(url)$3"
}

start_server() {
  (exec "$folder/app/chatopsbot" serve --settings "$folder/state/appsettings.json") >"$folder/state/serve.log" 2>&1 &
  server=$!
  echo "$server" >"$folder/serve.pid"
  for _ in {1..300}; do
    curl -sf -m 2 -o /dev/null "$(url)/readyz" && return
    kill -0 "$server" 2>/dev/null || { cat "$folder/state/serve.log" >&2; fail 'the bot did not start'; }
    sleep 0.1
  done
  curl -s -m 5 "$(url)/readyz" >&2
  fail 'the bot is not ready after 30 s'
}

# What the incident says now: of the newest one, field by field.
incident() { # FIELD
  api bo GET /api/v1/incidents 2>/dev/null | jq -r --arg field "$1" '.incidents[0][$field] // empty' 2>/dev/null
}
plan_waiting() { # ID: the hash of the plan that bo may decide on now
  api bo GET "/api/v1/incidents/$1" 2>/dev/null | jq -r 'select(.state == "awaiting-approval" and .decide != null) | .plan.hash' 2>/dev/null
}

# Runs one command in the terminal client and follows the card until it ends or waits for a person.
decided=''
follow() { # PERSON LINE
  local pipe=$folder/state/typed before tries=0
  before="$(incident id) $(incident events)"
  rm -f "$pipe"
  mkfifo -m 0600 "$pipe" || fail 'no pipe could be made'
  (
    exec 3>"$pipe"
    echo "$2" >&3
    while sleep 0.3; do
      # What stood there before the command is no answer to it.
      [[ "$(incident id) $(incident events)" != "$before" ]] || ((tries++ > 50)) || continue
      # An end closes the pipe, and the client leaves after showing it; a plan that waits for a person makes it leave now.
      [[ -z $(incident endedAt) && $(incident state) != escalated ]] || break
      hash=$(plan_waiting "$(incident id)")
      [[ -z $hash || $decided == *"$hash"* ]] || { echo quit >&3; break; }
    done
  ) &
  watcher=$!
  # Libvirt's guest is only a boot ROM, which asks for an address after a reset and then is idle: somebody has to press the button.
  [[ $libvirt == no || $1 == ann ]] || press_reset "$watcher" &
  printf '%s$ chatopsbot chat    # %s types: %s%s\n' "$bold" "$1" "$2" "$plain"
  bot chat --server "$(url)" --token-file "$folder/state/$1.token" <"$pipe"
  kill "$watcher" 2>/dev/null
  wait "$watcher" 2>/dev/null
  watcher=''
  rm -f "$pipe"
}

press_reset() { # WHILE_PID
  while kill -0 "$1" 2>/dev/null; do
    case $(incident state) in verifying | watching) "$lab" lease "$host" "$guest" --timeout 15 >/dev/null 2>&1 ;; esac
    sleep 1
  done
}

ask() { # ID; as bo, the second person
  local answer=y
  if [[ $approve == no ]]; then
    printf '\n%sbo, the second person, is asked: approve this plan? [y/N] %s' "$bold" "$plain"
    read -r answer || answer=n
  fi
  decided+=" $(plan_waiting "$1")"
  case $answer in
    y | Y | yes) follow bo "approve $1" ;;
    *) follow bo "deny $1 not now" ;;
  esac
}

ask_while_waiting() {
  while [[ -n $(plan_waiting "$id") ]]; do
    step 'it waits for approval'
    ask "$id"
  done
}

# The command that the card of such an end names.
network_not_asked() { # ID
  api bo GET "/api/v1/incidents/$1" | jq -er '.next // empty'
}

show_transcript() { # ID
  local file=$folder/state/$1
  bot doctor 2>/dev/null | sed -n 's/^ *\(-----BEGIN PUBLIC KEY-----\)/\1/; /-----BEGIN PUBLIC KEY-----/,/-----END PUBLIC KEY-----/ { s/^ *//; p }' >"$folder/state/public-key.pem"
  bot transcript export "$1" --format html -o "$file.html" >/dev/null && bot transcript export "$1" --format json -o "$file.json" >/dev/null || fail 'the transcript could not be exported'
  bot transcript show "$1" | head -n 10
  printf '\nThe transcript: %s.html, and %s.json with its signature\n' "$file" "$file"
  bot transcript verify "$file.json" --key "$folder/state/public-key.pem" || fail 'the transcript does not verify'
}

trap 'stop_server' EXIT
cd / || exit 1
trap 'echo; exit 130' INT
trap 'exit 143' TERM HUP
step 'Debian packages'
install_packages
take_down
make_folder
step 'building the bot'
build
step 'bringing up the hosts: namespaces with their own sshd, bridge, uplink and a guest behind a tap'
bring_up_hosts
(write_configuration) || fail 'the settings could not be written'
step "breaking $host: $fault"
"$lab" fault inject "$fault" "$host" "$guest" || fail "the fault could not be put in"
# The guest asks again, as after a reboot; its client then goes on asking every few seconds.
if address=$("$lab" lease "$host" "$guest" --timeout 4); then
  echo "$guest still gets an address ($address): this fault shows in something else"
  because="$guest has no network at ${address%%[/ ]*}"
else
  echo "$guest asks for an address and gets none"
  because="$guest gets no IP address"
fi
step 'starting the bot'
start_server
step "an engineer asks"
follow ann "/bridge check $host because \"$because\""
id=$(incident id)
[[ -n $id ]] || fail 'no incident was opened'
ask_while_waiting
if asks_on=$(network_not_asked "$id"); then
  step 'nothing certain was found in what the host says: the engineer has the network asked as well'
  follow ann "/bridge $asks_on"
  id=$(incident id)
  ask_while_waiting
fi
step 'the guest asks for its address once more, to be sure'
if address=$("$lab" lease "$host" "$guest" --timeout 20); then
  echo "$guest has a lease: $address"
else
  echo "$guest has no lease"
fi
step 'the transcript'
show_transcript "$id"
state=$(incident state)
# Nothing was planned: what is left is not the bot's to do, and is said in full.
why=$(api bo GET "/api/v1/incidents/$id" | jq -r '.why // empty')
[[ $state != escalated || -n $decided || -z $why ]] || printf '\nNo repair of ours answers this. The question to a human:\n%s\n' "$why"
step "$id ended: $state"
if [[ $approve == yes ]]; then
  [[ $state == resolved && -n $address ]]
  exit
fi
printf '\nThe web console: %s  (sign in with the token in %s/state/ann.token). Ctrl-C ends it; deploy/demo.sh --down removes everything.\n' "$(url)" "$folder"
wait "$server"
