describe() { echo "the host has only an IPv6 address on br0, and its configuration says so"; }
set_it() {
  on_host "$1" ip link show dev eno1 >/dev/null 2>&1 || refuse "host '$1' is managed by br0's address"
  routes_save "$1"
  file_save "$1" /etc/network/interfaces.d/br0
  on_host "$1" ip addr del "$(br0_address "$1")/16" dev br0
  on_host "$1" ip -6 addr add fd00:c0b::42/64 dev br0 nodad
  on_host "$1" sed -i 's/^iface br0 inet static/iface br0 inet6 static/; s|address .*|address fd00:c0b::42/64|; /gateway/d' /etc/network/interfaces.d/br0
}
clear_it() {
  on_host "$1" ip -6 addr del fd00:c0b::42/64 dev br0 2>/dev/null || true
  on_host "$1" ip addr replace "$(br0_address "$1")/16" dev br0
  routes_restore "$1"
  file_restore "$1" /etc/network/interfaces.d/br0
}
