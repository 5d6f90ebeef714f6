describe() { echo "the guest has just been migrated here, as libvirt's log says, and the switch still sends its frames to the old place"; }
inject() {
  local address old=o$1
  address=$(cat "$(host_dir "$1")/guests/$2/lease" 2>/dev/null) || refuse "guest '$2' has no lease: run 'lab lease $1 $2' first"
  # The host has spoken with it before, so it knows the address.
  on_host "$1" ping -n -q -c 1 -W 2 "$address" >/dev/null </dev/null || refuse "guest '$2' does not answer at $address"
  on_switch ip link add "$old" type veth peer name "q$1"
  # The old place is empty; the switch itself must not answer there.
  on_switch ip link set "q$1" arp off up
  on_switch ip link set "$old" master sw0 up
  on_switch bridge fdb replace "$(mac_of "$@")" dev "$old" master static sticky
  on_host "$1" sh -c 'date "+%Y-%m-%dT%H:%M:%S%:z host libvirtd[1]: migration of domain $1 ($2) to this host finished" >>/var/log/syslog' sh "$2" "$(tap_of "$@")" </dev/null
  start_talk "$@"
}
heal() {
  stop_talk "$@"
  on_switch ip link del "o$1" 2>/dev/null || true
  on_host "$1" sed -i '/libvirtd\[1\]: migration of domain/d' /var/log/syslog </dev/null 2>/dev/null || true
  on_host "$1" sh -c '[ -s /var/log/syslog ] || rm -f /var/log/syslog' </dev/null
}
