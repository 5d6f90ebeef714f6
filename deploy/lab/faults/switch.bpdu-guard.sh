SCOPE=host
describe() { echo "spanning tree was switched on for br0, and the switch shut its port at the first BPDU (nothing on the host brings it back)"; }
inject() {
  save stp < <(on_host "$1" ip -j -d link show dev br0 | jq '.[0].linkinfo.info_data | .stp_state, .forward_delay')
  file_save "$1" /etc/network/interfaces.d/br0
  on_host "$1" sed -i 's/bridge_stp off/bridge_stp on/; s/bridge_fd 0/bridge_fd 15/' /etc/network/interfaces.d/br0
  on_switch nft -f - <<END
table netdev guard-$1 {
  chain ingress {
    type filter hook ingress device "$(port_of "$1")" priority filter; policy accept;
    ether daddr 01:80:c2:00:00:00 counter
  }
}
END
  on_host "$1" ip link set br0 type bridge stp_state 1 forward_delay 1500
  # A port that comes anew begins to listen, and to tell.
  on_host "$1" ip link set "$UPLINK" down
  on_host "$1" ip link set "$UPLINK" up
  wait_until 200 saw_bpdu "$1"
  on_switch ip link set "$(port_of "$1")" down
}
saw_bpdu() { on_switch nft list table netdev "guard-$1" | grep -q 'packets [1-9]'; }
heal() {
  local stp delay
  { read -r stp; read -r delay; } < <(saved stp)
  on_host "$1" ip link set br0 type bridge stp_state "$stp"
  on_host "$1" ip link set br0 type bridge forward_delay "$delay"
  file_restore "$1" /etc/network/interfaces.d/br0
  on_switch nft delete table netdev "guard-$1" 2>/dev/null || true
  on_switch ip link set "$(port_of "$1")" up
}
