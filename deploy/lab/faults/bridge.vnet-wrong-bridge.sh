describe() { echo "the guest's tap is a port of an isolated bridge, virbr9, instead of br0"; }
inject() {
  local tap
  tap=$(tap_of "$@")
  port_save "$1" "$tap"
  on_host "$1" ip link add virbr9 type bridge stp_state 0 forward_delay 0
  on_host "$1" ip link set virbr9 up
  on_host "$1" ip link set "$tap" master virbr9
}
heal() { port_restore "$1" "$(tap_of "$@")"; on_host "$1" ip link del virbr9 || true; }
