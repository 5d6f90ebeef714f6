#!/bin/bash
# Installs what the lab needs and is missing (Debian 12). Does nothing, quickly, when all is there.
#   packages.sh [--libvirt | --ovs | --dhcp | --uml | --browser | --schemas | --managers | --database | --clock]
set -euo pipefail

packages=(openssh-server openssh-client dnsmasq-base udhcpc nftables iptables ebtables ethtool tcpdump bridge-utils iputils-arping
  iputils-ping sudo ifupdown isc-dhcp-client csh iproute2 procps perl-base jq util-linux)
case ${1:-} in
  '') ;;
  --libvirt) packages+=(libvirt-daemon libvirt-daemon-driver-qemu libvirt-daemon-system libvirt-clients qemu-system-x86 ipxe-qemu seabios) ;;
  # DHCP servers besides dnsmasq, for hosts that run one of their own.
  --dhcp) packages=(isc-dhcp-server kea-dhcp4-server) ;;
  # The service is not started: hosts run daemons of their own.
  --ovs) packages+=(openvswitch-switch openvswitch-common) ;;
  # The kernel of uml.sh, which is a program.
  --uml) packages=(user-mode-linux kmod openssh-client tar) ;;
  # What the tests of the web console need; the lab itself does not.
  --browser) packages=(chromium fonts-dejavu-core) ;;
  # An independent judge of the JSON schemas, for tests only.
  --schemas) packages=(python3-jsonschema python3-yaml) ;;
  # What checks the files of other managers than ifupdown; their daemons never run.
  --managers) packages=(netplan.io network-manager) ;;
  # The tests start a server of their own below a folder of their own; the machine's is left alone.
  --database) packages=(postgresql) ;;
  # Gives one process another time of day, for tests of the guard; the machine's clock is left alone.
  --clock) packages=(faketime) ;;
  *) echo "Usage: packages.sh [--libvirt | --ovs | --dhcp | --uml | --browser | --schemas | --managers | --database | --clock]" >&2; exit 64 ;;
esac

mapfile -t missing < <(
  dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null | sed -n 's/^installed //p' |
    sort -u - | comm -13 - <(printf '%s\n' "${packages[@]}" | sort -u))
((${#missing[@]})) || exit 0

((EUID == 0)) || { echo "packages.sh: needs root to install: ${missing[*]}" >&2; exit 1; }
echo "packages.sh: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
# Nothing we install may start on the machine itself or touch its network: we run our own daemons in namespaces.
# An interfaces file that is missing would be made by ifupdown's postinst; ours names nothing, so nothing is brought up.
undo=
if [[ ! -e /usr/sbin/policy-rc.d ]]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  undo='rm -f /usr/sbin/policy-rc.d'
fi
trap '$undo' EXIT
log=$(mktemp)
install() { apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}" >"$log" 2>&1; }
# The package lists of a fresh image are empty or old: refresh them only if the first try fails.
install || { apt-get update -q >>"$log" 2>&1 && install; } || {
  tail -n 30 "$log" >&2
  echo "packages.sh: apt could not install: ${missing[*]}" >&2
  exit 1
}
rm -f "$log"
