describe() { echo "another machine on the LAN uses the guest's address"; }
inject() {
  local address ns
  address=$(cat "$(host_dir "$1")/guests/$2/lease" 2>/dev/null) || refuse "guest '$2' has no lease to duplicate: run 'lab lease $1 $2' first"
  ns=$(ns_name "$1-dup")
  make_namespace "$1-dup"
  ip -n "$ns" link add eth0 address 52:54:00:dd:dd:01 type veth peer name "d$1" netns "$(ns_name sw)"
  on_switch ip link set "d$1" master sw0 up
  ip -n "$ns" addr add "$address/16" dev eth0
  ip -n "$ns" link set eth0 up
}
heal() { on_switch ip link del "d$1" 2>/dev/null || true; drop_namespace "$1-dup"; }
