describe() { echo "bridged frames pass a strict reverse-path filter, and the host's own route leads over br0"; }
set_it() {
  sysctl_save "$1" net.bridge.bridge-nf-call-iptables
  tables_save "$1"
  on_host "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=1
  on_host "$1" nft 'table inet guard { chain prerouting { type filter hook prerouting priority raw; policy accept; meta nfproto ipv4 fib saddr . iif oif missing counter drop; }; }'
}
clear_it() {
  tables_restore "$1"
  sysctl_restore "$1" net.bridge.bridge-nf-call-iptables
}
