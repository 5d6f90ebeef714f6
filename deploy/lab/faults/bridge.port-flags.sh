describe() { echo "tap and uplink are both isolated ports, so they cannot talk to each other"; }
inject() {
  local dev
  for dev in "$(tap_of "$@")" "$UPLINK"; do
    port_save "$1" "$dev"
    on_host "$1" bridge link set dev "$dev" isolated on
  done
}
heal() { port_restore "$1" "$(tap_of "$@")"; port_restore "$1" "$UPLINK"; }
