SCOPE=host
describe() { echo "the switch's port speaks spanning tree, is no edge port and has just come up: half a minute without traffic"; }
inject() {
  on_switch ip -batch - <<END
link add e$1 type bridge stp_state 1 forward_delay 1500 hello_time 200
link add f$1 type veth peer name g$1
link set f$1 master e$1
link set g$1 master sw0
link set e$1 up
link set f$1 up
link set g$1 up
link set $(port_of "$1") down
link set $(port_of "$1") master e$1
link set $(port_of "$1") up
END
  # All interfaces of a Linux machine answer ARP for all of its addresses; a switch is one machine with one.
  on_switch sysctl -qw "net.ipv4.conf.e$1.arp_ignore=1"
}
heal() {
  on_switch ip link set "$(port_of "$1")" master sw0
  on_switch ip link del "f$1" 2>/dev/null || true
  on_switch ip link del "e$1" 2>/dev/null || true
}
