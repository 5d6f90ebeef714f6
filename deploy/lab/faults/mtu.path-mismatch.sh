SCOPE=host
describe() { echo "the uplink's MTU is 1400: leases work, full-size frames vanish"; }
inject() { port_save "$1" "$UPLINK"; on_host "$1" ip link set "$UPLINK" mtu 1400; }
heal() { port_restore "$1" "$UPLINK"; }
