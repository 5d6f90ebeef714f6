describe() { echo "a guest has a second NIC on br0, with an address of its own"; }
set_it() {
  local tap ns
  ns=$(ns_name "$1-ctr")
  make_namespace "$1-ctr"
  tap=$(next_tap "$1")
  nsenter --net="/run/netns/$(ns_name "$1")" --pid="/proc/$(<"$(host_dir "$1")/pid")/ns/pid" -- \
    perl "$COB_LAB_HOME/lib/relay.pl" second "$tap" "/run/netns/$ns"
  ip -n "$ns" link set eth0 address 52:54:00:22:22:02
  ip -n "$ns" link set eth0 up
  on_host "$1" ip link set "$tap" address fe:54:00:22:22:02 master br0 up
}
clear_it() { drop_namespace "$1-ctr"; }
