describe() { echo "br0 has no address of its own (iface br0 inet manual); the host is managed by eno1"; }
set_it() {
  on_host "$1" ip link show dev eno1 >/dev/null 2>&1 || refuse "host '$1' is managed by br0's address"
  routes_save "$1"
  file_save "$1" /etc/network/interfaces.d/br0
  on_host "$1" ip addr del "$(br0_address "$1")/16" dev br0
  on_host "$1" sed -i 's/^iface br0 inet static/iface br0 inet manual/; /address\|gateway/d' /etc/network/interfaces.d/br0
}
clear_it() {
  on_host "$1" ip addr replace "$(br0_address "$1")/16" dev br0
  routes_restore "$1"
  file_restore "$1" /etc/network/interfaces.d/br0
}
