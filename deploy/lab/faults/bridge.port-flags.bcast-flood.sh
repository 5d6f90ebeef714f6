SCOPE=host
describe() { echo "the uplink gets no broadcasts (bcast_flood off): DISCOVER never leaves"; }
inject() { port_save "$1" "$UPLINK"; on_host "$1" bridge link set dev "$UPLINK" bcast_flood off; }
heal() { port_restore "$1" "$UPLINK"; }
