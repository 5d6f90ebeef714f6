SCOPE=host
describe() { echo "STP is on with a forward delay of 30 s and the uplink was plugged in anew: it is listening, then learning, for a minute"; }
inject() {
  port_save "$1" "$UPLINK"
  on_host "$1" ip -j -d link show br0 | jq -r '.[0].linkinfo.info_data | "\(.stp_state) \(.forward_delay)"' | save stp
  on_host "$1" ip link set br0 type bridge stp_state 1 forward_delay 3000
  on_host "$1" ip link set "$UPLINK" nomaster
  on_host "$1" ip link set "$UPLINK" master br0
}
heal() {
  local stp delay
  read -r stp delay < <(saved stp)
  # Two commands: with STP still on the kernel refuses a delay below 2 s (Numerical result out of range).
  on_host "$1" ip link set br0 type bridge stp_state "$stp"
  on_host "$1" ip link set br0 type bridge forward_delay "$delay"
  # Turning STP off does not release a port that is listening; this forces it.
  port_restore "$1" "$UPLINK"
}
