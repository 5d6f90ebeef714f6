SCOPE=host
describe() { echo "br0 was deleted: uplink and taps hang in the air, the host's own address is gone"; }
inject() {
  local port
  routes_save "$1"
  on_host "$1" ip -j -d link show br0 | jq '.[0]' | save bridge
  # In the order of their numbers, which they get again.
  on_host "$1" ip -j -d link show master br0 | jq -r 'sort_by(.linkinfo.info_slave_data.no | ltrimstr("0x"))[].ifname' | save ports
  for port in $(saved ports); do port_save "$1" "$port"; done
  on_host "$1" ip link del br0
}
heal() {
  local port
  if ! on_host "$1" ip link show dev br0 >/dev/null 2>&1; then
    on_host "$1" ip link add br0 index "$(saved bridge | jq .ifindex)" type bridge stp_state 0 forward_delay 0
    on_host "$1" ip link set br0 up
  fi
  for port in $(saved ports); do port_restore "$1" "$port"; done
  on_host "$1" ip addr replace "$(br0_address "$1")/16" dev br0
  routes_restore "$1"
}
