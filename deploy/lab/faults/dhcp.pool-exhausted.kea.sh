SCOPE=host
describe() { echo "the only address of Kea on the host is leased to another machine; the switch passes no DHCP of this host on"; }
inject() { kea_start "$1" br0 "$OWN_RANGE_FIRST" "$OWN_RANGE_FIRST" "$OWN_RANGE_FIRST"; }
heal() { own_server_undo "$1"; }
