SCOPE=host
describe() { echo "Kea on the host listens on an interface that is not there; the switch passes no DHCP of this host on"; }
inject() { kea_start "$1" br7 "$OWN_RANGE_FIRST" "$SUBNET_LAN.0.220"; }
heal() { own_server_undo "$1"; }
