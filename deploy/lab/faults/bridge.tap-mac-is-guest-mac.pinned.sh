describe() { echo "the guest's MAC is a permanent entry on the uplink, so the bridge keeps the guest's frames for the host"; }
inject() {
  # Learned first, so that whoever looks knows whose address it is.
  on_host "$1" bridge fdb replace "$(mac_of "$@")" dev "$UPLINK" master permanent
}
heal() { on_host "$1" bridge fdb del "$(mac_of "$@")" dev "$UPLINK" master 2>/dev/null || true; }
