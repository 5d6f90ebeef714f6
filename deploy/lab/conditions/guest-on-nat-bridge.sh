describe() { echo "a further guest is meant for the host's own NAT network: its tap is on virbr1, which has an address and no uplink"; }
set_it() {
  local tap ns
  need_free "$1" virbr1
  ns=$(ns_name "$1-ctr")
  make_namespace "$1-ctr"
  on_host "$1" ip -batch - <<'END'
link add virbr1 address 52:54:00:7b:7b:01 type bridge stp_state 0 forward_delay 0
addr add 192.168.150.1/24 brd 192.168.150.255 dev virbr1
link set virbr1 up
END
  tap=$(next_tap "$1")
  nsenter --net="/run/netns/$(ns_name "$1")" --pid="/proc/$(<"$(host_dir "$1")/pid")/ns/pid" -- \
    perl "$COB_LAB_HOME/lib/relay.pl" nat "$tap" "/run/netns/$ns"
  ip -n "$ns" link set eth0 address 52:54:00:33:33:03
  ip -n "$ns" link set eth0 up
  on_host "$1" ip link set "$tap" address fe:54:00:33:33:03 master virbr1 up
}
clear_it() { drop_namespace "$1-ctr"; on_host "$1" ip link del virbr1 || true; }
