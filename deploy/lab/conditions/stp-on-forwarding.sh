describe() { echo "STP is on (forward delay 2 s), configured so, and all ports are forwarding"; }
set_it() {
  on_host "$1" ip -j -d link show br0 | jq -r '.[0].linkinfo.info_data | "\(.stp_state) \(.forward_delay)"' | save stp
  file_save "$1" /etc/network/interfaces.d/br0
  # Ports that forward already go on doing so when STP is turned on.
  on_host "$1" ip link set br0 type bridge stp_state 1
  on_host "$1" ip link set br0 type bridge forward_delay 200
  on_host "$1" sed -i 's/bridge_stp off/bridge_stp on/; s/bridge_fd 0/bridge_fd 2/' /etc/network/interfaces.d/br0
}
clear_it() {
  local stp delay
  read -r stp delay < <(saved stp)
  on_host "$1" ip link set br0 type bridge stp_state "$stp"
  on_host "$1" ip link set br0 type bridge forward_delay "$delay"
  file_restore "$1" /etc/network/interfaces.d/br0
}
