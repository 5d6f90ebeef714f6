describe() { echo "MTU 9000 in the guests, on their taps, the uplink, br0 and the switch's port"; }
set_it() { set_mtu "$1" 9000; }
clear_it() { set_mtu "$1" 1500; }
# br0 follows its ports by itself.
set_mtu() { # HOST MTU
  local guest
  on_switch ip link set "$(port_of "$1")" mtu "$2"
  on_host "$1" ip link set "$UPLINK" mtu "$2"
  for guest in $(list_guests "$1"); do
    on_host "$1" ip link set "$(tap_of "$1" "$guest")" mtu "$2"
    is_libvirt_guest "$1" "$guest" || ip -n "$(guest_ns "$1" "$guest")" link set eth0 mtu "$2"
  done
}
