SCOPE=host
# State 4 (blocking) would not last: without STP the kernel turns it into forwarding at once.
describe() { echo "the uplink is a disabled port of br0 (state 0), although it has carrier"; }
inject() { port_save "$1" "$UPLINK"; on_host "$1" bridge link set dev "$UPLINK" state 0; }
heal() { port_restore "$1" "$UPLINK"; }
