SCOPE=host
describe() { echo "an nft netdev chain on the uplink drops DHCP answers as they arrive"; }
inject() {
  tables_save "$1"
  on_host "$1" nft -f - <<END
table netdev portfilter {
  chain ingress {
    type filter hook ingress device "$UPLINK" priority filter; policy accept;
    udp sport 67 udp dport 68 counter drop
  }
}
END
}
heal() { tables_restore "$1"; }
