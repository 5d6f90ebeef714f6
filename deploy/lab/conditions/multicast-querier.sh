describe() { echo "br0 asks for multicast members itself (mcast_querier 1), snooping is on"; }
set_it() { on_host "$1" ip link set br0 type bridge mcast_snooping 1 mcast_querier 1; }
clear_it() { on_host "$1" ip link set br0 type bridge mcast_querier 0; }
