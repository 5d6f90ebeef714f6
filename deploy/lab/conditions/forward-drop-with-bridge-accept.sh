describe() { echo "bridged frames pass iptables, FORWARD policy is DROP, and a rule accepts what stays on br0 (the usual fix beside Docker)"; }
set_it() {
  sysctl_save "$1" net.bridge.bridge-nf-call-iptables
  tables_save "$1"
  on_host "$1" iptables -A FORWARD -i br0 -o br0 -j ACCEPT
  on_host "$1" iptables -P FORWARD DROP
  on_host "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=1
}
clear_it() {
  sysctl_restore "$1" net.bridge.bridge-nf-call-iptables
  on_host "$1" iptables -P FORWARD ACCEPT
  on_host "$1" iptables -F FORWARD
  tables_restore "$1"
}
