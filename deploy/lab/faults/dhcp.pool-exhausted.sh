SCOPE=host
describe() { echo "the DHCP server's only address is leased to another machine (for every host of the lab)"; }
inject() {
  stop_dhcp_server
  save leases <"$STATE/dnsmasq.leases"
  echo "$(($(date +%s) + 86400)) 52:54:00:ff:ff:fe $SUBNET_LAN.100.1 * *" >"$STATE/dnsmasq.leases"
  COB_RANGE=$SUBNET_LAN.100.1,$SUBNET_LAN.100.1 start_dhcp_server
}
heal() {
  stop_dhcp_server
  saved leases >"$STATE/dnsmasq.leases"
  start_dhcp_server
}
