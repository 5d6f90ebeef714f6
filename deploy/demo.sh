#!/bin/bash
# Shows the whole thing on this Debian 12 machine, as root: brings up two KVM hosts in namespaces, breaks one, starts the bot, runs
# "/bridge check host42" in the terminal, asks for approval, repairs over real SSH, proves it with a real DHCP lease, verifies the transcript.
#
#   --fault ID   break it in another way (deploy/lab/lab fault list; default bridge.uplink-missing)
#   --yes        approve by itself as a second person, end after the outcome; exit code 0 only when the incident ended "resolved"
#   --libvirt    the guest is a real QEMU under a real libvirtd
#   --down       remove everything that a demo made
#
# Without --yes the web console stays until Ctrl-C. Debian packages and NuGet's package cache are not removed by --down.
# Exit code: 0 resolved; 1 another outcome, or something failed; 64 wrong arguments; 78 no .NET 10 SDK.
set -uo pipefail

repository=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
lab=$repository/deploy/lab/lab
export COB_LAB_NAME=demo LC_ALL=C.UTF-8 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_EnableDiagnostics=0
folder=/var/lib/chatopsbot-demo
host=host42 guest=vm1 port=8042
fault=bridge.uplink-missing approve=no libvirt=no down=no
server='' began=$SECONDS

usage() { printf 'demo.sh: %s; see: demo.sh --help\n' "$*" >&2; exit 64; }
fail() { printf '\ndemo.sh: %s\n' "$*" >&2; exit 1; }
if [[ -t 1 ]]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi
step() { printf '\n%s[%3d s] %s%s\n' "$bold" "$((SECONDS - began))" "$*" "$plain"; }

while (($#)); do
  case $1 in
    -h | --help) sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
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
  echo 'the demo is gone'
  exit
fi

[[ -e $repository/deploy/lab/faults/$fault.sh ]] || usage "there is no fault '$fault' ($(cd "$repository/deploy/lab/faults" && printf '%s ' *.sh | sed 's/\.sh / /g'))"

need_sdk() {
  [[ -n $(command -v dotnet) || ! -x $HOME/.dotnet/dotnet ]] || PATH=$HOME/.dotnet:$PATH
  dotnet --list-sdks 2>/dev/null | grep -q '^10\.' && return
  echo 'demo.sh: the .NET 10 SDK is missing. Install it with the vendor'\''s script, then run this again:' >&2
  echo '  curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0' >&2
  exit 78
}

install_packages() {
  local option=()
  [[ $libvirt == no ]] || option=(--libvirt)
  "$repository/deploy/lab/packages.sh" "${option[@]}" || fail 'the Debian packages could not be installed'
  [[ -n $(command -v curl) ]] || { apt-get install -y -q --no-install-recommends curl >/dev/null 2>&1 || { apt-get update -q && apt-get install -y -q --no-install-recommends curl; } >/dev/null 2>&1 || fail 'curl could not be installed'; }
}

# Everything of ours is below one private folder, so that --down can take it away as a whole. Only we may write there before we do.
make_folder() {
  mkdir -m 0700 "$folder" 2>/dev/null
  [[ -d $folder && ! -L $folder && $(stat -c %u "$folder") == 0 ]] || fail "$folder is not a folder of root; move it away"
  chmod 0700 "$folder"
  mkdir -p "$folder"/{state,tmp,home}
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
  "$lab" host add "$host" "${option[@]}" >/dev/null || fail "$host could not be made"
  "$lab" host add host43 >/dev/null || fail 'host43 could not be made'
  eval "$("$lab" env)"
}

write_configuration() {
  local person
  cd "$folder/state" || fail "$folder/state is gone"
  umask 077
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
  "Runbooks": { "Directory": "$folder/app/runbooks" },
  "Serilog": { "WriteTo": { "Console": { "Name": "Console", "Args": { "restrictedToMinimumLevel": "Information" } } } }
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
