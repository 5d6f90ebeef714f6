SCOPE=host
describe() { echo "a guest's macvtap on eno4, and the DHCP server of that network is a dnsmasq of the host on eno4, which the guest cannot hear"; }
inject() {
  need_free "$1" eno4
  plug_nic "$1" 2
  # A network of its own: this server must not answer the guests of the other hosts on the switch.
  on_switch ip link set "$(switch_port "$1" 2)" nomaster
  on_host "$1" ip -batch - <<'END'
link set eno4 up
addr add 192.0.2.1/24 dev eno4
link add link eno4 name macvtap0 address 52:54:00:cc:cc:01 type macvtap mode bridge
link set macvtap0 up
END
  on_host "$1" dnsmasq --conf-file=/dev/null --user=root --group=root --port=0 --interface=eno4 --bind-interfaces --no-ping \
    --dhcp-range=192.0.2.100,192.0.2.200,1m --dhcp-leasefile=/run/cob-macvtap.leases --log-facility=/run/cob-macvtap.log --pid-file=/run/cob-macvtap.pid
}
heal() {
  # shellcheck disable=SC2016
  on_host "$1" sh -c '[ ! -e /run/cob-macvtap.pid ] || kill "$(cat /run/cob-macvtap.pid)"; rm -f /run/cob-macvtap.*' || true
  on_host "$1" ip link del macvtap0 || true
  unplug_nic "$1" 2
}
