describe() { echo "a container's veth is a port of br0 beside the guests' taps"; }
set_it() {
  make_namespace "$1-ctr"
  ip -n "$(ns_name "$1")" link add veth3f1c2ab type veth peer name eth0 netns "$(ns_name "$1-ctr")"
  ip -n "$(ns_name "$1-ctr")" link set eth0 up
  on_host "$1" ip link set veth3f1c2ab master br0 up
}
clear_it() { on_host "$1" ip link del veth3f1c2ab || true; drop_namespace "$1-ctr"; }
