SCOPE=host
describe() { echo "the host's address sits on the uplink instead of br0: the host's own network is dead, guests go on"; }
inject() {
  local address
  address=$(br0_address "$1")/16
  routes_save "$1"
  on_host "$1" ip addr del "$address" dev br0
  on_host "$1" ip addr add "$address" dev "$UPLINK"
  on_host "$1" ip route replace default via "$SUBNET_LAN.0.1" dev "$UPLINK"
}
heal() {
  local address
  address=$(br0_address "$1")/16
  on_host "$1" ip addr del "$address" dev "$UPLINK" 2>/dev/null || true
  on_host "$1" ip addr replace "$address" dev br0
  routes_restore "$1"
}
