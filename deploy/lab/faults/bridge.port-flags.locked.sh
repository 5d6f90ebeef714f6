describe() { echo "the guest's tap is a locked port and its MAC is not in the forwarding table"; }
inject() {
  local tap
  tap=$(tap_of "$@")
  port_save "$1" "$tap"
  on_host "$1" bridge link set dev "$tap" locked on
  # A MAC learned before would get through until it ages.
  on_host "$1" bridge fdb flush dev "$tap" 2>/dev/null || on_host "$1" bridge fdb del "$(mac_of "$@")" dev "$tap" master 2>/dev/null || true
}
heal() { port_restore "$1" "$(tap_of "$@")"; }
