describe() { echo "Kea on the host serves br0"; }
set_it() { kea_start "$1" br0 "$OWN_RANGE_FIRST" "$SUBNET_LAN.0.220"; }
clear_it() { own_server_undo "$1"; }
