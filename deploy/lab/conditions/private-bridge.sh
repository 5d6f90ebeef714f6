describe() { echo "two guests have second NICs on a bridge of their own, which has no uplink, no address and stands in no file"; }
set_it() {
  local ns tap number
  ns=$(ns_name "$1-ctr")
  make_namespace "$1-ctr"
  on_host "$1" ip link add hb0 type bridge stp_state 0 forward_delay 0
  on_host "$1" ip link set hb0 up
  for number in 1 2; do
    tap=$(next_tap "$1")
    nsenter --net="/run/netns/$(ns_name "$1")" --pid="/proc/$(<"$(host_dir "$1")/pid")/ns/pid" -- \
      perl "$COB_LAB_HOME/lib/relay.pl" "private$number" "$tap" "/run/netns/$ns"
    ip -n "$ns" link set eth0 address "52:54:00:44:44:0$number"
    ip -n "$ns" link set eth0 up
    ip -n "$ns" link set eth0 name "heart$number"
    on_host "$1" ip link set "$tap" address "fe:54:00:44:44:0$number" master hb0 up
  done
}
clear_it() { drop_namespace "$1-ctr"; on_host "$1" ip link del hb0 || true; }
