SCOPE=host
NEEDS=ovs
describe() { echo "on an --ovs host: fail mode secure, a controller that does not answer, and no flow"; }
inject() {
  need_ovs "$1"
  on_host "$1" ovs-vsctl --timeout=10 set-fail-mode br0 secure -- set-controller br0 tcp:192.0.2.1:6653
  on_host "$1" ovs-ofctl --timeout=10 del-flows br0
}
heal() {
  on_host "$1" ovs-vsctl --timeout=10 del-controller br0 -- del-fail-mode br0
  # Without a controller it goes back to learning by itself, with the one flow that does so.
  wait_until 100 on_host "$1" sh -c 'ovs-ofctl --timeout=5 dump-flows br0 | grep -q NORMAL' || on_host "$1" ovs-ofctl --timeout=10 add-flow br0 priority=0,actions=NORMAL
}
