SCOPE=host
# The real server answers a second late meanwhile, so that both offers are on the wire and the rogue's wins for certain.
describe() { echo "a machine behind a tap of br0 runs a DHCP server of its own and hands out 192.0.2.x"; }
inject() {
  local host=$1 ns tap
  ns=$(guest_ns "$host" rogue)
  make_namespace "$host-rogue"
  tap=$(next_tap "$host")
  nsenter --net="/run/netns/$(ns_name "$host")" --pid="/proc/$(<"$(host_dir "$host")/pid")/ns/pid" -- \
    perl "$COB_LAB_HOME/lib/relay.pl" rogue "$tap" "/run/netns/$ns"
  ip -n "$ns" link set eth0 address 52:54:00:ee:ee:01
  ip -n "$ns" addr add 192.0.2.1/24 dev eth0
  ip -n "$ns" link set eth0 up
  on_host "$host" ip link set "$tap" address fe:54:00:ee:ee:01 master br0 up
  in_ns "$host-rogue" env -i PATH=/usr/sbin:/usr/bin dnsmasq --conf-file=/dev/null --user=root --group=root --port=0 \
    --interface=eth0 --bind-interfaces --no-ping --dhcp-authoritative --dhcp-range=192.0.2.100,192.0.2.200,1m \
    --dhcp-leasefile="$SAVED/rogue.leases" --log-facility="$SAVED/rogue.log" --pid-file="$SAVED/rogue.pid"
  stop_dhcp_server
  start_dhcp_server --dhcp-reply-delay=1
}
heal() {
  drop_namespace "$1-rogue"
  stop_dhcp_server
  start_dhcp_server
}
