SCOPE=host
describe() { echo "the uplink neither learns nor floods: broadcast leaves, so leases work, but nothing that is meant for one machine beyond it"; }
inject() {
  port_save "$1" "$UPLINK"
  on_host "$1" bridge link set dev "$UPLINK" learning off flood off
  on_host "$1" sh -c 'echo 1 >/sys/class/net/$1/brport/flush' sh "$UPLINK" </dev/null
}
heal() { port_restore "$1" "$UPLINK"; }
