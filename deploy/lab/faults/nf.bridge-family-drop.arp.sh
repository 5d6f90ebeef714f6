describe() { echo "an nft rule in family bridge drops ARP between the ports of br0: guests get a lease and reach nobody"; }
inject() {
  tables_save "$1"
  on_host "$1" nft -f - <<'END'
table bridge noarp {
  chain forward {
    type filter hook forward priority filter; policy accept;
    ether type arp counter drop
  }
}
END
  start_talk "$1" "$2"
}
heal() {
  tables_restore "$1"
  stop_talk "$1" "$2"
}
