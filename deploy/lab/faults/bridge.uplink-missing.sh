SCOPE=host
describe() { echo "the uplink is not a port of br0"; }
inject() { port_save "$1" "$UPLINK"; on_host "$1" ip link set "$UPLINK" nomaster; }
heal() { port_restore "$1" "$UPLINK"; }
