SCOPE=host
describe() { echo "bridged frames pass the IP firewall (bridge-nf-call-iptables=1) and an nft inet forward chain has policy drop"; }
inject() {
  sysctl_save "$1" net.bridge.bridge-nf-call-iptables
  tables_save "$1"
  on_host "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=1
  on_host "$1" nft -f - <<'END'
table inet hostfw {
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
  }
}
END
}
heal() {
  tables_restore "$1"
  sysctl_restore "$1" net.bridge.bridge-nf-call-iptables
}
