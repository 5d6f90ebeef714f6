describe() { echo "the guest's tap neither learns nor floods and has no static entry: unicast answers never reach the guest"; }
inject() {
  local tap
  tap=$(tap_of "$@")
  port_save "$1" "$tap"
  on_host "$1" bridge link set dev "$tap" learning off flood off
  on_host "$1" bridge fdb del "$(mac_of "$@")" dev "$tap" master 2>/dev/null || true
}
heal() { port_restore "$1" "$(tap_of "$@")"; }
