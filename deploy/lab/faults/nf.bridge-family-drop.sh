SCOPE=host
describe() { echo "an nft rule in family bridge drops DHCP between the ports of br0"; }
inject() {
  tables_save "$1"
  on_host "$1" nft -f - <<'END'
table bridge l2filter {
  chain forward {
    type filter hook forward priority filter; policy accept;
    udp dport { 67, 68 } counter drop
  }
}
END
}
heal() { tables_restore "$1"; }
