# The greedy machine is heard on this host only: the switch drops its ARP.
GREEDY=52:54:00:ad:ad:01
describe() { echo "a machine behind a tap answers ARP for every address of the DHCP range, so that a careful client declines each"; }
inject() {
  local host=$1 guest=$2 ns tap range
  on_switch nft -f - <<END
table netdev greedy-$host {
  chain ingress {
    type filter hook ingress device "$(port_of "$host")" priority filter; policy accept;
    ether saddr $GREEDY counter drop
  }
}
END
  make_namespace "$host-greedy"
  ns=$(guest_ns "$host" greedy)
  tap=$(next_tap "$host")
  nsenter --net="/run/netns/$(ns_name "$host")" --pid="/proc/$(<"$(host_dir "$host")/pid")/ns/pid" -- \
    perl "$COB_LAB_HOME/lib/relay.pl" greedy "$tap" "/run/netns/$ns"
  ip -n "$ns" link set eth0 address $GREEDY
  ip -n "$ns" link set lo up
  ip -n "$ns" link set eth0 up
  for range in 100.0/22 104.0/21 112.0/20 128.0/18 192.0/21; do ip -n "$ns" route add local "$SUBNET_LAN.$range" dev lo; done
  on_host "$host" ip link set "$tap" address "fe:${GREEDY#52:}" master br0 up
  : >"$(host_dir "$host")/guests/$guest/careful"
  stop_client "$host" "$guest"
  start_client "$host" "$guest"
}
heal() {
  drop_namespace "$1-greedy"
  on_switch nft delete table netdev "greedy-$1" 2>/dev/null || true
  rm -f "$(host_dir "$1")/guests/$2/careful"
  stop_client "$@"
  start_client "$@"
}
