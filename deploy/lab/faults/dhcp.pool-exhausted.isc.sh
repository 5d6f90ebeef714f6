SCOPE=host
describe() { echo "the only address of ISC dhcpd on the host is leased to another machine; the switch passes no DHCP of this host on"; }
inject() { isc_start "$1" "$SUBNET_LAN.0.0" 255.255.0.0 "$OWN_RANGE_FIRST" "$OWN_RANGE_FIRST" "$OWN_RANGE_FIRST"; }
heal() { own_server_undo "$1"; }
