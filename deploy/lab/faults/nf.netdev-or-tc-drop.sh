describe() { echo "an nft netdev chain drops everything the guest sends, as it enters by the tap"; }
inject() {
  tables_save "$1"
  on_host "$1" nft -f - <<END
table netdev portfilter {
  chain ingress {
    type filter hook ingress device "$(tap_of "$@")" priority filter; policy accept;
    counter drop
  }
}
END
}
heal() { tables_restore "$1"; }
