SCOPE=host
describe() { echo "an nft chain in family bridge has policy drop and lets only ARP pass"; }
inject() {
  tables_save "$1"
  on_host "$1" nft -f - <<'END'
table bridge l2filter {
  chain forward {
    type filter hook forward priority filter; policy drop;
    ether type arp accept
  }
}
END
}
heal() { tables_restore "$1"; }
