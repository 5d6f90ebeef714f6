SCOPE=host
describe() { echo "an ebtables rule drops DHCP requests between the ports of br0"; }
inject() {
  tables_save "$1"
  on_host "$1" ebtables -A FORWARD -p IPv4 --ip-proto udp --ip-dport 67 -j DROP
}
heal() {
  on_host "$1" ebtables -D FORWARD -p IPv4 --ip-proto udp --ip-dport 67 -j DROP 2>/dev/null || true
  tables_restore "$1"
}
