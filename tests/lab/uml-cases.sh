#!/bin/bash
# Runs inside the User-Mode Linux of deploy/lab/uml.sh: gives a host one of three shapes that need 802.1Q, VLAN filtering or bonding, and puts cases into it.
#   uml-cases.sh shape trunk|bond|tagged HOST     once, after 'lab host add'
#   uml-cases.sh set|clear CASE HOST
#   uml-cases.sh list SHAPE                       lines "CASE KIND EXPECTED": KIND single or healthy, EXPECTED a fault id or "-"
set -euo pipefail
# What the VLAN's guests get, from a server of its own; the switch's usual network is untagged.
vlan=100 network=10.21

# As 'lab exec' does it, without the half second that this kernel takes to start the lab's script.
host() { nsenter -t "$(<"/run/cob-lab/hosts/$name/pid")" -m -n -p -u -i -- "$@"; }
switch() { ip netns exec cob-sw "$@"; }
file=/etc/network/interfaces.d/br0
set_port() { # PORT MORE-LINES: what the host's files say of br0, so that they agree with what runs
  host sed -i -E "s/^( *bridge_ports) .*/\1 $1/" "$file"
  [[ -z ${2:-} ]] || printf '%b' "$2" | host tee -a "$file" >/dev/null
}

vlan_network() { # the switch's leg in the VLAN, and its DHCP server; once
  ! switch ip link show "sw0.$vlan" >/dev/null 2>&1 || return 0
  switch ip link add link sw0 name "sw0.$vlan" type vlan id "$vlan"
  switch ip addr add "$network.0.1/16" dev "sw0.$vlan"
  switch ip link set "sw0.$vlan" up
  switch dnsmasq --conf-file=/dev/null --user=root --group=root --port=0 --interface="sw0.$vlan" --bind-interfaces --no-ping --dhcp-authoritative \
    --dhcp-range="$network.100.1,$network.199.254,255.255.0.0,10m" --dhcp-option="option:router,$network.0.1" --dhcp-leasefile=/run/cob-vlan.leases --pid-file=/run/cob-vlan.pid
}

# --- shapes ------------------------------------------------------------------------------------------------------------------------

trunk() { # br0 filters VLANs: the guest is in 100, the uplink a trunk, the host's own address untagged
  vlan_network
  host ip link set br0 type bridge vlan_filtering 1
  host bridge vlan add dev eno2 vid "$vlan"
  guest_vlan
  set_port eno2 '    bridge_vlan_aware yes\n    bridge_vids 100\n'
}
guest_vlan() { host sh -c "bridge vlan del dev vnet0 vid 1 2>/dev/null; bridge vlan add dev vnet0 vid $vlan pvid untagged"; }

bond() { # bond0 of eno2 and eno3 in br0, active-backup
  host ip link set eno2 nomaster
  ip -n "cob-$name" link add eno3 address 3c:ec:ef:03:00:2b type veth peer name "p$name-1" netns cob-sw
  switch ip link set "p$name-1" master sw0 up
  mode active-backup
  host tee -a "$file" >/dev/null <<'END'

auto eno3
iface eno3 inet manual

auto bond0
iface bond0 inet manual
    bond-slaves eno2 eno3
    bond-mode active-backup
    bond-miimon 100
END
  set_port bond0
}
mode() { # MODE: makes bond0 anew
  host sh -c 'ip link del bond0 2>/dev/null
    ip link add bond0 type bond mode "$1" miimon 100 && for port in eno2 eno3; do ip link set "$port" down; ip link set "$port" master bond0; done
    ip link set bond0 up
    ip link set bond0 master br0' sh "$1"
}
# The switch's side of a port channel; 'off' makes two plain ports again.
channel() { # on|off
  if [[ $1 == on ]]; then
    switch ip link add "bo$name" type bond mode 802.3ad miimon 100
    for port in "p$name" "p$name-1"; do switch ip link set "$port" nomaster; switch ip link set "$port" down; switch ip link set "$port" master "bo$name"; done
    switch ip link set "bo$name" master sw0 up
  else
    switch ip link del "bo$name" 2>/dev/null || true
    for port in "p$name" "p$name-1"; do switch ip link set "$port" master sw0 up; done
  fi
}

tagged() { # br0 reaches VLAN 100 through eno2.100; the host's address is in it
  vlan_network
  host ip link set eno2 nomaster
  subif 802.1Q "$vlan"
  host sh -c "ip addr flush dev br0; ip addr add $network.0.44/16 dev br0; ip route replace default via $network.0.1 dev br0"
  host sed -i -E "s/10\.20\./$network./" "$file"
  set_port "eno2.$vlan" "\nauto eno2.$vlan\niface eno2.$vlan inet manual\n"
}
subif() { # PROTOCOL ID
  host sh -c 'ip link del "eno2.100" 2>/dev/null
    ip link add link eno2 name eno2.100 type vlan protocol "$1" id "$2" && ip link set eno2.100 master br0 up' sh "$1" "$2"
}

# --- cases -------------------------------------------------------------------------------------------------------------------------

cases() { # SHAPE
  case $1 in
    trunk) cat <<'END' ;;
trunk healthy -
trunk-host-vlan-on-bridge healthy -
trunk-host-vlan-on-uplink healthy -
trunk-guest-tags healthy -
vlan.filtering-pvid.uplink single vlan.filtering-pvid
vlan.filtering-pvid.none single vlan.filtering-pvid
vlan.filtering-pvid.other single vlan.filtering-pvid
vlan.subif-steals-from-bridge single vlan.subif-steals-from-bridge
vlan.not-on-trunk single vlan.not-on-trunk
loss.netem single nf.netdev-or-tc-drop
END
    bond) cat <<'END' ;;
bond healthy -
bond-one-port-dead healthy -
bond-xor healthy -
bond-lacp healthy -
nic.bond-mode-unsupported.rr single nic.bond-mode-unsupported
nic.bond-mode-unsupported.tlb single nic.bond-mode-unsupported
nic.bond-mode-unsupported.alb single nic.bond-mode-unsupported
nic.bond-lacp-broken single nic.bond-lacp-broken
nic.bond-lacp-broken.aggregators single nic.bond-lacp-broken
nic.uplink-no-carrier.bond single nic.uplink-no-carrier
END
    tagged) cat <<'END' ;;
tagged healthy -
vlan.subif-missing-or-wrong-id.missing single vlan.subif-missing-or-wrong-id
vlan.subif-missing-or-wrong-id.id single vlan.subif-missing-or-wrong-id
vlan.subif-missing-or-wrong-id.protocol single vlan.subif-missing-or-wrong-id
vlan.subif-missing-or-wrong-id.down single vlan.subif-missing-or-wrong-id
nic.uplink-admin-down.tagged single nic.uplink-admin-down
END
  esac
}

set_case() {
  case $1 in
    trunk | bond | tagged) ;;
    trunk-host-vlan-on-bridge) host sh -c 'bridge vlan add dev br0 vid 200 self; bridge vlan add dev eno2 vid 200; ip link add link br0 name br0.200 type vlan id 200; ip link set br0.200 up' ;;
    trunk-host-vlan-on-uplink) host sh -c 'ip link add link eno2 name eno2.300 type vlan id 300; ip link set eno2.300 up' ;;
    trunk-guest-tags) host bridge vlan add dev vnet0 vid 101-110; host bridge vlan add dev eno2 vid 101-110 ;;
    vlan.filtering-pvid.uplink) host bridge vlan del dev eno2 vid "$vlan" ;;
    vlan.filtering-pvid.none) host bridge vlan del dev vnet0 vid "$vlan" ;;
    vlan.filtering-pvid.other) host bridge vlan add dev vnet0 vid 700 pvid untagged; host bridge vlan del dev vnet0 vid "$vlan" ;;
    vlan.subif-steals-from-bridge) host sh -c "ip link add link eno2 name eno2.$vlan type vlan id $vlan; ip link set eno2.$vlan up" ;;
    loss.netem) host tc qdisc add dev eno2 root netem loss 100% ;;
    # The switch port filters, and its own words (LLDP) list what it carries: 200 and 300 without 100.
    vlan.not-on-trunk)
      echo "only the switch's own words by LLDP tell from one read, and no lldpd runs here" >&2
      exit 3 ;;
    bond-one-port-dead) switch ip link set "p$name-1" down ;;
    bond-xor) channel_static; mode balance-xor ;;
    bond-lacp) channel on; mode 802.3ad ;;
    nic.bond-mode-unsupported.rr) mode balance-rr ;;
    nic.bond-mode-unsupported.tlb) mode balance-tlb ;;
    nic.bond-mode-unsupported.alb) mode balance-alb ;;
    nic.bond-lacp-broken) mode 802.3ad ;;
    nic.bond-lacp-broken.aggregators)
      # One port is in the channel, the other on its own.
      channel on
      switch ip link set "p$name-1" nomaster
      switch ip link add "bx$name" type bond mode 802.3ad miimon 100
      switch ip link set "p$name-1" down
      switch ip link set "p$name-1" master "bx$name"
      switch ip link set "bx$name" up
      mode 802.3ad ;;
    nic.uplink-no-carrier.bond) switch ip link set "p$name" down; switch ip link set "p$name-1" down ;;
    vlan.subif-missing-or-wrong-id.missing) host ip link del "eno2.$vlan" ;;
    vlan.subif-missing-or-wrong-id.id) subif 802.1Q 101 ;;
    vlan.subif-missing-or-wrong-id.protocol) subif 802.1ad "$vlan" ;;
    vlan.subif-missing-or-wrong-id.down) host ip link set "eno2.$vlan" down ;;
    nic.uplink-admin-down.tagged) host ip link set eno2 down ;;
    *) echo "uml-cases.sh: no case $1" >&2; exit 64 ;;
  esac
}
channel_static() {
  switch ip link add "bo$name" type bond mode balance-xor miimon 100
  for port in "p$name" "p$name-1"; do switch ip link set "$port" nomaster; switch ip link set "$port" down; switch ip link set "$port" master "bo$name"; done
  switch ip link set "bo$name" master sw0 up
}

clear_case() {
  case $1 in
    trunk-host-vlan-on-bridge) host sh -c 'ip link del br0.200; bridge vlan del dev eno2 vid 200; bridge vlan del dev br0 vid 200 self' ;;
    trunk-host-vlan-on-uplink) host ip link del eno2.300 ;;
    trunk-guest-tags) host bridge vlan del dev vnet0 vid 101-110; host bridge vlan del dev eno2 vid 101-110 ;;
    vlan.filtering-pvid.uplink) host bridge vlan add dev eno2 vid "$vlan" ;;
    vlan.filtering-pvid.none) guest_vlan ;;
    vlan.filtering-pvid.other) host bridge vlan del dev vnet0 vid 700; guest_vlan ;;
    vlan.subif-steals-from-bridge) host ip link del "eno2.$vlan" ;;
    loss.netem) host tc qdisc del dev eno2 root ;;
    bond-one-port-dead) switch ip link set "p$name-1" up ;;
    nic.uplink-no-carrier.bond) switch ip link set "p$name" up; switch ip link set "p$name-1" up ;;
    bond-xor | bond-lacp | nic.bond-*)
      switch ip link del "bx$name" 2>/dev/null || true
      channel off
      mode active-backup ;;
    vlan.subif-missing-or-wrong-id.down) host ip link set "eno2.$vlan" up ;;
    vlan.subif-*) subif 802.1Q "$vlan" ;;
    nic.uplink-admin-down.tagged) host ip link set eno2 up ;;
    *) ;;
  esac
}

case ${1:-} in
  list) cases "$2" ;;
  shape) name=$3; "$2" ;;
  set) name=$3; set_case "$2" ;;
  clear) name=$3; clear_case "$2" ;;
  *) sed -n '3,5s/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 64 ;;
esac
