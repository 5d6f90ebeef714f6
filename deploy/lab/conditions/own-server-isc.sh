describe() { echo "ISC dhcpd on the host serves br0; guests get their addresses from it"; }
set_it() {
  isc_start "$1" "$SUBNET_LAN.0.0" 255.255.0.0 "$OWN_RANGE_FIRST" "$SUBNET_LAN.0.220"
}
clear_it() { own_server_undo "$1"; }
