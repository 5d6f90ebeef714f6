describe() { echo "the guest has an address of another subnet, set by hand, and asks for a gateway that nobody here is"; }
inject() {
  stop_client "$@"
  : >"$(host_dir "$1")/guests/$2/static"
  in_ns "$1-$2" ip addr add 192.168.5.5/24 dev eth0
  in_ns "$1-$2" ip route replace default via 192.168.5.1
  nsenter --net="/run/netns/$(guest_ns "$@")" --pid="/proc/$(<"$(host_dir "$1")/pid")/ns/pid" -- \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin setsid --fork ping -n -q -i 1 192.168.5.1 </dev/null >/dev/null 2>&1
}
heal() {
  local pid
  for pid in $(ip netns pids "$(guest_ns "$@")"); do
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) != ping ]] || kill -9 "$pid" 2>/dev/null || true
  done
  rm -f "$(host_dir "$1")/guests/$2/static"
  in_ns "$1-$2" ip route del default 2>/dev/null || true
  stop_client "$@"
  start_client "$@"
}
