describe() { echo "a clone of the guest, with another MAC but the same DHCP client id, runs beside it; both ask again every few seconds"; }
inject() {
  local host=$1 guest=$2 ns tap
  make_namespace "$host-clone"
  ns=$(guest_ns "$host" clone)
  tap=$(next_tap "$host")
  nsenter --net="/run/netns/$(ns_name "$host")" --pid="/proc/$(<"$(host_dir "$host")/pid")/ns/pid" -- \
    perl "$COB_LAB_HOME/lib/relay.pl" clone "$tap" "/run/netns/$ns"
  ip -n "$ns" link set eth0 address 52:54:00:cc:cc:01
  ip -n "$ns" link set eth0 up
  on_host "$host" ip link set "$tap" address fe:54:00:cc:cc:01 master br0 up
  stop_client "$host" "$guest"
  ask_again "$host" "$guest"
  ask_again "$host" clone
}
# A client that asks with the id that both machines have, again and again.
ask_again() { # HOST GUEST
  nsenter --net="/run/netns/$(guest_ns "$1" "$2")" --pid="/proc/$(<"$(host_dir "$1")/pid")/ns/pid" -- \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LEASE_FILE="$SAVED/lease-$2" setsid --fork sh -c '
      while :; do udhcpc -f -q -n -i eth0 -t 2 -T 1 -x 0x3d:ff0102030405060708 -s "$0"; sleep 2; done' \
    "$COB_LAB_HOME/lib/udhcpc-event.sh" </dev/null >/dev/null 2>&1
}
heal() {
  local pid
  drop_namespace "$1-clone"
  for pid in $(ip netns pids "$(guest_ns "$@")"); do
    [[ $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) != *"-x 0x3d:ff0102030405060708"* ]] || kill -9 "$pid" 2>/dev/null || true
  done
  stop_client "$@"
  start_client "$@"
}
