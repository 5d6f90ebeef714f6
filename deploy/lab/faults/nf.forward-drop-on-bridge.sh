SCOPE=host
describe() { echo "bridged frames pass iptables (bridge-nf-call-iptables=1) and its FORWARD policy is DROP"; }
inject() {
  sysctl_save "$1" net.bridge.bridge-nf-call-iptables
  tables_save "$1"
  on_host "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=1
  on_host "$1" iptables -P FORWARD DROP
}
heal() {
  on_host "$1" iptables -P FORWARD ACCEPT
  tables_restore "$1"
  sysctl_restore "$1" net.bridge.bridge-nf-call-iptables
}
