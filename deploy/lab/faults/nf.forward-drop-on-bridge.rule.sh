SCOPE=host
describe() { echo "bridged frames pass iptables (bridge-nf-call-iptables=1) and a FORWARD rule drops DHCP requests"; }
inject() {
  sysctl_save "$1" net.bridge.bridge-nf-call-iptables
  tables_save "$1"
  on_host "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=1
  on_host "$1" iptables -I FORWARD -p udp --dport 67 -j DROP
}
heal() {
  on_host "$1" iptables -D FORWARD -p udp --dport 67 -j DROP 2>/dev/null || true
  tables_restore "$1"
  sysctl_restore "$1" net.bridge.bridge-nf-call-iptables
}
