SCOPE=host
describe() { echo "ISC dhcpd on the host has no subnet for br0 and gives up; the switch passes no DHCP of this host on"; }
inject() { isc_start "$1" 192.0.2.0 255.255.255.0 192.0.2.10 192.0.2.99; }
heal() { own_server_undo "$1"; }
