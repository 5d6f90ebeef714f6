describe() { echo "an nft netdev chain on the uplink drops what is no DHCP, and INPUT drops DHCP for which the host has no server"; }
set_it() {
  tables_save "$1"
  on_host "$1" nft "table netdev portfilter { chain ingress { type filter hook ingress device \"$UPLINK\" priority filter; policy accept; udp dport 5353 counter drop; }; }"
  on_host "$1" iptables -A INPUT -p udp --dport 67 -j DROP
}
clear_it() { tables_restore "$1"; }
