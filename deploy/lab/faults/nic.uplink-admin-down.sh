SCOPE=host
describe() { echo "the uplink is administratively down"; }
inject() { port_save "$1" "$UPLINK"; on_host "$1" ip link set "$UPLINK" down; }
heal() { port_restore "$1" "$UPLINK"; }
