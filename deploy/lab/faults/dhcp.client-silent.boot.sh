describe() { echo "the guest came up with its NIC under another name than its configuration says: it has not sent one frame"; }
inject() {
  local ns tap mac dir
  dir=$(host_dir "$1")/guests/$2
  ns=$(guest_ns "$@") tap=$(<"$dir/tap") mac=$(<"$dir/mac")
  stop_guest "$@"
  wait_until 20 tap_gone "$1" "$tap"
  nsenter --net="/run/netns/$(ns_name "$1")" --pid="/proc/$(<"$(host_dir "$1")/pid")/ns/pid" -- \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin perl "$COB_LAB_HOME/lib/relay.pl" "$2" "$tap" "/run/netns/$ns"
  ip -n "$ns" -batch - <<END
link set lo up
link set eth0 address $mac name ens3
END
  ip -n "$(ns_name "$1")" -batch - <<END
link set $tap address fe:${mac#52:}
link set $tap master $(<"$dir/bridge")
link set $tap up
END
  tc -n "$(ns_name "$1")" qdisc replace dev "$tap" root noqueue
}
heal() {
  local tap
  tap=$(tap_of "$@")
  stop_guest "$@"
  wait_until 20 tap_gone "$1" "$tap"
  start_guest "$1" "$2" "$tap"
}
tap_gone() { ! ip -n "$(ns_name "$1")" link show dev "$2" >/dev/null 2>&1; }
