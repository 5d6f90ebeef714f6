describe() { echo "a clone of the guest runs beside it with the same hardware address: one lease for both"; }
inject() {
  local host=$1 mac ns tap
  ns=$(ns_name "$host-dup") mac=$(mac_of "$@")
  make_namespace "$host-dup"
  tap=$(next_tap "$host")
  nsenter --net="/run/netns/$(ns_name "$host")" --pid="/proc/$(<"$(host_dir "$host")/pid")/ns/pid" -- \
    perl "$COB_LAB_HOME/lib/relay.pl" dup "$tap" "/run/netns/$ns"
  ip -n "$ns" link set eth0 address "$mac"
  ip -n "$ns" link set eth0 up
  on_host "$host" ip link set "$tap" address "fe:${mac#52:}" master br0 up
  nsenter --net="/run/netns/$ns" --pid="/proc/$(<"$(host_dir "$host")/pid")/ns/pid" -- \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LEASE_FILE="$SAVED/lease" \
    setsid --fork udhcpc -f -i eth0 -t 3 -T 1 -A 2 -s "$COB_LAB_HOME/lib/udhcpc-event.sh" </dev/null >"$SAVED/udhcpc.log" 2>&1
}
heal() { drop_namespace "$1-dup"; }
