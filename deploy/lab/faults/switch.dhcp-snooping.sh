SCOPE=host
describe() { echo "the switch drops DHCP answers on their way to this host, as from a port it does not trust (nothing on the host can repair it)"; }
inject() {
  on_switch nft -f - <<END
table bridge snooping-$1 {
  chain to-host {
    type filter hook postrouting priority filter; policy accept;
    oifname "$(port_of "$1")" udp sport 67 counter drop
  }
}
END
}
heal() { on_switch nft delete table bridge "snooping-$1" 2>/dev/null || true; }
