SCOPE=host
describe() { echo "a DHCP server on the host serves br0 while the uplink is cut on the switch, and INPUT drops the requests"; }
inject() {
  tables_save "$1"
  # The switch's own server must not answer in its place.
  on_switch nft -f - <<END
table bridge nodhcp-$1 {
  chain forward { type filter hook input priority filter; policy accept; iifname "$(port_of "$1")" udp dport 67 drop; }
}
END
  on_host "$1" dnsmasq --conf-file=/dev/null --port=0 --interface=br0 --bind-interfaces --dhcp-range="$SUBNET_LAN.0.200,$SUBNET_LAN.0.220,255.255.0.0,2m" \
    --dhcp-leasefile=/run/cob-dnsmasq.leases --pid-file=/run/cob-dnsmasq.pid --no-ping --user=root
  on_host "$1" iptables -A INPUT -p udp --dport 67 -j DROP
}
heal() {
  on_host "$1" sh -c 'pid=$(cat /run/cob-dnsmasq.pid 2>/dev/null) && kill "$pid"; rm -f /run/cob-dnsmasq.pid /run/cob-dnsmasq.leases' || true
  on_switch nft delete table bridge "nodhcp-$1" || true
  tables_restore "$1"
}
