describe() { echo "a router asks for multicast members, the guest's answers get lost, and br0 keeps neighbour solicitations from it: IPv6 to the guest fails"; }
inject() {
  local ns mac address
  ns=$(guest_ns "$@") mac=$(mac_of "$@")
  address=$(ip -n "$ns" -j -6 addr show dev eth0 scope link | jq -r '.[0].addr_info[0].local // empty')
  [[ -n $address ]] || refuse "guest '$2' has no IPv6 address"
  on_host "$1" cat /sys/class/net/br0/bridge/multicast_snooping </dev/null | save snooping
  # The host has spoken with it before, so it knows the address.
  on_host "$1" ping -6 -n -q -c 1 -W 3 "$address%br0" >/dev/null </dev/null || refuse "guest '$2' does not answer at $address"
  in_ns "$1-$2" nft -f - <<'END'
table ip6 quiet {
  chain output {
    type filter hook output priority filter; policy accept;
    icmpv6 type { mld-listener-report, mld2-listener-report, mld-listener-done } drop
  }
}
END
  on_host "$1" ip link set br0 type bridge mcast_snooping 1
  # A router behind the switch asks for members.
  on_switch ip -batch - <<END
link add w$1 type bridge mcast_snooping 1
link add x$1 type veth peer name y$1
link set x$1 master w$1
link set y$1 master sw0
link set w$1 up
link set x$1 up
link set y$1 up
END
  # All interfaces of a Linux machine answer ARP for all of its addresses; this router is not the gateway.
  on_switch sysctl -qw "net.ipv4.conf.w$1.arp_ignore=1"
  wait_until 100 has_address "$1"
  on_switch ip link set "w$1" type bridge mcast_querier 1
  wait_until 200 knows_querier "$1"
  on_host "$1" bridge mdb del dev br0 port "$(tap_of "$@")" grp "ff02::1:ff${mac:9:2}:${mac:12:2}${mac:15:2}" temp 2>/dev/null </dev/null || true
  # A bridge waits for ten seconds for answers before it believes that nobody is in a group.
  wait_until 400 is_cut "$address"
}
is_cut() { on_switch ip -6 neigh flush dev sw0; ! on_switch ping -6 -n -q -c 1 -W 1 "$1%sw0" >/dev/null; }
has_address() { [[ -n $(on_switch ip -6 -o addr show dev "w$1" scope link -tentative) ]]; }
knows_querier() { on_host "$1" bridge -d mdb show dev br0 </dev/null | grep -q 'router ports on br0: eno2'; }
heal() {
  local ns address
  ns=$(guest_ns "$@")
  in_ns "$1-$2" nft delete table ip6 quiet 2>/dev/null || true
  on_switch ip link del "x$1" 2>/dev/null || true
  on_switch ip link del "w$1" 2>/dev/null || true
  on_host "$1" ip link set br0 type bridge mcast_snooping 0
  on_host "$1" ip link set br0 type bridge mcast_snooping "$(saved snooping)"
  # The bridge believes in the router for minutes yet, so the guest has to say again which group it is in: it does when it gets its address.
  address=$(ip -n "$ns" -j -6 addr show dev eth0 scope link | jq -r '.[0].addr_info[0].local // empty')
  [[ -z $address ]] || { ip -n "$ns" addr del "$address/64" dev eth0 && ip -n "$ns" addr add "$address/64" dev eth0 nodad; }
}
