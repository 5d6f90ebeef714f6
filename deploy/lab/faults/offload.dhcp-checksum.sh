describe() { echo "a dnsmasq on the host serves br0, and the guest, which takes no frame whose checksum is still to be filled in, drops its answers"; }
inject() {
  local tap
  # The switch's own server must not answer in its place: its frames come with a checksum.
  on_switch nft -f - <<END
table bridge nodhcp-$1 {
  chain forward { type filter hook input priority filter; policy accept; iifname "$(port_of "$1")" udp dport 67 drop; }
}
END
  on_host "$1" dnsmasq --conf-file=/dev/null --port=0 --interface=br0 --bind-interfaces --dhcp-range="$SUBNET_LAN.0.200,$SUBNET_LAN.0.220,255.255.0.0,2m" \
    --dhcp-leasefile=/run/cob-dnsmasq.leases --pid-file=/run/cob-dnsmasq.pid --no-ping --user=root
  tap=$(tap_of "$@")
  stop_guest "$@"
  wait_until 20 tap_gone "$1" "$tap"
  GUEST_IS_STRICT=yes start_guest "$1" "$2" "$tap"
}
heal() {
  local tap
  on_host "$1" sh -c 'pid=$(cat /run/cob-dnsmasq.pid 2>/dev/null) && kill "$pid"; rm -f /run/cob-dnsmasq.pid /run/cob-dnsmasq.leases' || true
  on_switch nft delete table bridge "nodhcp-$1" 2>/dev/null || true
  tap=$(tap_of "$@")
  stop_guest "$@"
  wait_until 20 tap_gone "$1" "$tap"
  start_guest "$1" "$2" "$tap"
}
tap_gone() { ! ip -n "$(ns_name "$1")" link show dev "$2" >/dev/null 2>&1; }
