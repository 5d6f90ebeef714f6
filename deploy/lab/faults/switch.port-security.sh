SCOPE=host
describe() { echo "the switch's port lets only the host's own MAC pass (nothing on the host can repair it)"; }
inject() {
  on_switch nft -f - <<END
table netdev security-$1 {
  chain ingress {
    type filter hook ingress device "$(port_of "$1")" priority filter; policy accept;
    ether saddr != $(nic_mac 2 "$(<"$(host_dir "$1")/number")") counter drop
  }
}
END
}
heal() { on_switch nft delete table netdev "security-$1" 2>/dev/null || true; }
