describe() { echo "the host's own firewall drops what comes in but ssh and answers; bridged frames do not meet it"; }
set_it() {
  tables_save "$1"
  on_host "$1" nft -f - <<'END'
table inet host {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iif "lo" accept
    tcp dport 22 accept
    meta l4proto { icmp, ipv6-icmp } accept
  }
}
END
}
clear_it() { tables_restore "$1"; }
