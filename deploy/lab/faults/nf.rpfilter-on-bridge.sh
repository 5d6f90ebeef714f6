SCOPE=host
describe() { echo "bridged frames pass a reverse-path filter, and br0 has no address, so the host has no route back over it"; }
inject() {
  sysctl_save "$1" net.bridge.bridge-nf-call-iptables
  tables_save "$1"
  on_host "$1" ip -j -4 addr show dev br0 | jq -r '.[0].addr_info[] | "\(.local)/\(.prefixlen)"' | save address
  routes_save "$1"
  file_save "$1" /etc/network/interfaces.d/br0
  on_host "$1" ip -4 addr flush dev br0
  on_host "$1" sed -i 's/^iface br0 inet static/iface br0 inet manual/; /address\|gateway/d' /etc/network/interfaces.d/br0
  on_host "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=1
  on_host "$1" nft -f - <<'END'
table inet guard {
  chain prerouting {
    type filter hook prerouting priority raw; policy accept;
    meta nfproto ipv4 fib saddr . iif oif missing counter drop
  }
}
END
}
heal() {
  local address
  tables_restore "$1"
  sysctl_restore "$1" net.bridge.bridge-nf-call-iptables
  while read -r address; do on_host "$1" ip addr add "$address" dev br0 </dev/null; done < <(saved address)
  routes_restore "$1"
  file_restore "$1" /etc/network/interfaces.d/br0
}
