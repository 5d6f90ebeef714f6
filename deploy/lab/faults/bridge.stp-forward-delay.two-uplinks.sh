SCOPE=host
describe() { echo "STP is on with a forward delay of 20 s in a br0 with two uplinks, one of which was plugged in anew"; }
inject() {
  need_free "$1" eno3
  port_save "$1" "$UPLINK"
  file_save "$1" /etc/network/interfaces.d/br0
  on_host "$1" ip -j -d link show br0 | jq -r '.[0].linkinfo.info_data | "\(.stp_state) \(.forward_delay) \(.priority)"' | save stp
  # Root of the tree, so that the delay is this bridge's own to set.
  on_host "$1" ip link set br0 type bridge priority 4096 stp_state 1 forward_delay 2000
  plug_nic "$1" 1
  # To another switch than the first one: there is no loop.
  on_switch ip link set "$(switch_port "$1" 1)" nomaster
  on_host "$1" ip link set eno3 master br0 up
  on_host "$1" sed -i 's/bridge_ports eno2$/& eno3/; s/bridge_stp off/bridge_stp on/; s/bridge_fd 0/bridge_fd 20/' /etc/network/interfaces.d/br0
  on_host "$1" ip link set "$UPLINK" nomaster
  on_host "$1" ip link set "$UPLINK" master br0
}
heal() {
  local stp delay priority
  read -r stp delay priority < <(saved stp)
  unplug_nic "$1" 1
  file_restore "$1" /etc/network/interfaces.d/br0
  on_host "$1" ip link set br0 type bridge stp_state "$stp" priority "$priority"
  on_host "$1" ip link set br0 type bridge forward_delay "$delay"
  port_restore "$1" "$UPLINK"
}
