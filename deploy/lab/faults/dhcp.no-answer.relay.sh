SCOPE=host
describe() { echo "the switch passes no DHCP question of this host on, as a gateway without relay (nothing on the host can repair it)"; }
inject() {
  on_switch nft -f - <<END
table netdev relay-$1 {
  chain ingress {
    type filter hook ingress device "$(port_of "$1")" priority filter; policy accept;
    udp dport 67 counter drop
  }
}
END
}
heal() { on_switch nft delete table netdev "relay-$1" 2>/dev/null || true; }
