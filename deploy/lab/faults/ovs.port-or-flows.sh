describe() { echo "on an --ovs host: the guest's tap is a port of no bridge of Open vSwitch"; }
NEEDS=ovs
inject() {
  need_ovs "$1"
  on_host "$1" ovs-vsctl --timeout=10 del-port br0 "$(tap_of "$@")"
}
heal() { on_host "$1" ovs-vsctl --timeout=10 -- --may-exist add-port br0 "$(tap_of "$@")"; }
