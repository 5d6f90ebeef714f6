SCOPE=host
# The lab's own server must not hear that machine, or it would be served in spite of the switch.
describe() { echo "the host's dnsmasq serves br0, and the switch does not trust its port: a machine elsewhere asks in vain"; }
inject() {
  local ns
  on_switch nft -f - <<END
table netdev untrusted-$1 {
  chain ingress {
    type filter hook ingress device "$(port_of "$1")" priority filter; policy accept;
    udp sport 67 counter drop
  }
}
table bridge elsewhere-$1 {
  chain input {
    type filter hook input priority filter; policy accept;
    iifname "c$1" udp dport 67 drop
  }
}
END
  on_host "$1" dnsmasq --conf-file=/dev/null --port=0 --interface=br0 --bind-interfaces --dhcp-range="$SUBNET_LAN.0.200,$SUBNET_LAN.0.220,255.255.0.0,2m" \
    --dhcp-leasefile=/run/cob-dnsmasq.leases --pid-file=/run/cob-dnsmasq.pid --no-ping --user=root
  make_namespace "$1-elsewhere"
  ns=$(ns_name "$1-elsewhere")
  ip -n "$ns" link add eth0 address 52:54:00:cc:ee:01 type veth peer name "c$1" netns "$(ns_name sw)"
  on_switch ip link set "c$1" master sw0 up
  ip -n "$ns" link set eth0 up
  in_ns "$1-elsewhere" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin setsid --fork udhcpc -f -i eth0 -t 1000 -T 1 -A 1 -s /bin/true </dev/null >/dev/null 2>&1
}
heal() {
  drop_namespace "$1-elsewhere"
  on_switch ip link del "c$1" 2>/dev/null || true
  on_host "$1" sh -c 'pid=$(cat /run/cob-dnsmasq.pid 2>/dev/null) && kill "$pid"; rm -f /run/cob-dnsmasq.pid /run/cob-dnsmasq.leases' || true
  on_switch nft delete table netdev "untrusted-$1" 2>/dev/null || true
  on_switch nft delete table bridge "elsewhere-$1" 2>/dev/null || true
}
