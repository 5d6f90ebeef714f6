#!/bin/bash
# Hosts with the tools of Debian 11, 12 and 13, made with mmdebstrap and read by the bot for real; and one whose ip, BusyBox's, prints no JSON.
#   old-debian.sh [--only REGEX] [DIR]      DIR keeps the systems (default /var/tmp/cob-debian); only faults that match REGEX
# Each release: the healthy host as root, with sudo and without; then every fault that one read decides, injected with the tools of that release.
# Without JSON the answer must say that, and must be neither a fault nor healthy. Outside CI: it downloads some 400 MB at the first run.
# One line per check, last line "N passed, N failed, N skipped"; exit 1 if anything failed.
set -uo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(cd "$here/../.." && pwd)
only=. systems=/var/tmp/cob-debian
while (($#)); do
  case $1 in
    --only) only=${2:?--only needs a pattern}; shift ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) echo "old-debian.sh: unknown option '$1'; see --help" >&2; exit 64 ;;
    *) systems=$1 ;;
  esac
  shift
done
((EUID == 0)) || { echo "0 passed, 0 failed, 1 skipped (needs root)"; exit 0; }
export COB_LAB_NAME=debian$(($$ % 10000))
# shellcheck source=/dev/null
source "$here/checks.sh"
bot=$root/src/Host/bin/Release/net10.0/chatopsbot

finish() {
  trap - EXIT INT TERM
  "$LAB" down >/dev/null 2>&1
  local failed
  failed=$(grep -c ^FAIL "$WORK/results")
  echo "$(grep -c ^ok "$WORK/results") passed, $failed failed, $(grep -c ^skip "$WORK/results") skipped"
  rm -rf "$WORK"
  exit $((failed > 0))
}
trap finish EXIT
trap 'fail "interrupted"; exit 1' INT TERM

tools=openssh-server,sudo,iproute2,ethtool,nftables,iptables,ebtables,bridge-utils,procps,perl-base,util-linux,mount,dnsmasq-base,iputils-ping,iputils-arping,tcpdump,ifupdown,jq,libvirt-clients,busybox,udhcpc,csh
make_system() { # RELEASE
  [[ ! -e $systems/$1/usr/sbin/sshd ]] || return 0
  command -v mmdebstrap >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null || return 1
  rm -rf "${systems:?}/$1.new"
  mmdebstrap --mode=root --variant=apt --include="$tools" --aptopt='Acquire::Retries "3"' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    "$1" "$systems/$1.new" "deb http://deb.debian.org/debian $1 main" >"$WORK/mmdebstrap.log" 2>&1 && mv "$systems/$1.new" "$systems/$1"
}

ask() { # HOST USER: the answer as JSON on stdout
  local COB_LAB_INVENTORY=$STATE/inventory.yaml
  sed "s/user: ops/user: $2/" "$COB_LAB_INVENTORY" >"$WORK/inventory.$2.yaml"
  Inventory__File=$WORK/inventory.$2.yaml Ssh__IdentityFile=$STATE/key Ssh__KnownHostsFile=$STATE/known_hosts "$LAB" ctl -- "$bot" check "$1" --probe none --format json 2>&1
}
line() { jq -r '"\(.verdict) \([.findings[]?.id] | join(" ")) \([.undecided[]? | "\(.section): \(.why)"] | unique | join("; ")) \([.notRead[]? | "\(.section): \(.reason // .why)"] | join("; "))"' 2>/dev/null; }

# The host is healthy, so nobody may be told of a fault; who may read everything must hear that it is healthy.
try_healthy() { # RELEASE HOST
  local user answer verdict
  for user in root ops viewer; do
    answer=$(ask "$2" "$user")
    verdict=$(jq -r .verdict <<<"$answer" 2>/dev/null)
    if [[ $verdict == healthy || ($user == viewer && $verdict == inconclusive) ]]; then ok "$1: healthy as $user: $(line <<<"$answer" | cut -c1-200)"; else fail "$1: healthy as $user" "${answer:0:600}"; fi
  done
}

try_fault_on() { # RELEASE HOST FAULT
  local message answer
  if ! message=$("$LAB" fault inject "$3" "$2" vm1 2>&1); then skip "$1: $3" "${message##*$'\n'}"; return; fi
  answer=$(ask "$2" root)
  "$LAB" fault heal "$3" "$2" vm1 >/dev/null 2>&1 || fail "$1: $3: heal"
  if [[ $(jq -r '.findings[0].id' <<<"$answer" 2>/dev/null) == "$(cut -d. -f1,2 <<<"$3")" ]]; then ok "$1: $3"; else fail "$1: $3" "$(line <<<"$answer" | cut -c1-400)"; fi
}

"$root/deploy/lab/packages.sh"
dotnet build "$root/src/Host/Host.csproj" -c Release -v q -clp:NoSummary >/dev/null || exit 1
mkdir -p "$systems"
"$LAB" up >/dev/null || exit 1
STATE=/run/cob-$COB_LAB_NAME
# What one read decides: the rest takes probes, another server or a libvirt that these systems do not run.
mapfile -t faults < <(cd "$root/deploy/lab/faults" && grep -L '^NEEDS=' -- *.sh | sed 's/\.sh$//' | grep -v '^dhcp\.\|^switch\.\|^addr\.duplicate-ip\|^addr\.wrong-subnet\|^addr\.stale-arp\|^offload\.\|^nic\.link-errors\|^bridge\.loop-storm\|^bridge\.multicast-snooping' | grep -E "$only")
number=60
for release in bullseye bookworm trixie; do
  number=$((number + 1))
  if ! make_system "$release"; then skip "$release" "its system could not be made: $(tail -n 1 "$WORK/mmdebstrap.log" 2>/dev/null)"; continue; fi
  check "$release: host add" "$LAB" host add "host$number" --system "$systems/$release"
  check "$release: lease" lan_lease "host$number" vm1
  "$LAB" exec "host$number" -- sh -c 'ip -V; nft --version; ethtool --version' | paste -sd' ' - | sed "s/^/$release: /"
  try_healthy "$release" "host$number"
  for fault in "${faults[@]}"; do try_fault_on "$release" "host$number" "$fault"; done
done

say_so() { # NAME HOST WORDS: nobody is told nonsense where ip prints no JSON
  local user answer
  for user in root viewer; do
    answer=$(ask "$2" "$user")
    if [[ $(jq -r .verdict <<<"$answer" 2>/dev/null) == inconclusive && $(jq -r '.notRead[] | select(.section == "e.link") | .why' <<<"$answer") == *"$3"* ]]; then
      ok "$1: as $user: $(jq -r '.notRead[] | select(.section == "e.link") | .why' <<<"$answer")"
    else
      fail "$1: as $user" "${answer:0:600}"
    fi
  done
}
if [[ -e $systems/bullseye ]] && "$LAB" host add host70 --system "$systems/bullseye" &&
  "$LAB" exec host70 -- sh -c 'mkdir -p /usr/local/sbin && ln -s /bin/busybox /usr/local/sbin/ip'; then
  say_so busybox host70 "BusyBox's"
fi
