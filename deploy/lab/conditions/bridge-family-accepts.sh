describe() { echo "an nft table in family bridge accepts and counts everything; its one drop concerns another protocol"; }
set_it() {
  tables_save "$1"
  on_host "$1" nft -f - <<'END'
table bridge audit {
  chain forward {
    type filter hook forward priority filter; policy accept;
    udp dport { 67, 68 } counter accept
    ether type 0x88cc counter drop
    counter
  }
}
END
}
clear_it() { tables_restore "$1"; }
