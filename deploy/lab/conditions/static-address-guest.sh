describe() { echo "guest vm1 has a static address (10.20.50.x) and no DHCP client"; }
set_it() {
  need_guest "$1" vm1
  stop_client "$1" vm1
  : >"$(host_dir "$1")/guests/vm1/static"
  in_ns "$1-vm1" ip addr add "$SUBNET_LAN.50.$(($(<"$(host_dir "$1")/number") & 255))/16" dev eth0
  in_ns "$1-vm1" ip route replace default via "$SUBNET_LAN.0.1"
}
clear_it() {
  rm -f "$(host_dir "$1")/guests/vm1/static"
  stop_client "$1" vm1
  start_client "$1" vm1
}
