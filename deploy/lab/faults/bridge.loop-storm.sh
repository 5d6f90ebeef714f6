SCOPE=host
# Away from the other hosts, and for 40 s at most: a storm keeps one processor of the machine busy.
describe() { echo "eno3 is a second uplink of br0 into the same switch, without spanning tree: broadcasts go round (for 40 s at most)"; }
inject() {
  need_free "$1" eno3
  file_save "$1" /etc/network/interfaces.d/br0
  on_host "$1" sed -i 's/bridge_ports eno2$/& eno3/' /etc/network/interfaces.d/br0
  plug_nic "$1" 1
  on_switch ip -batch - <<END
link add l$1 type bridge mcast_snooping 0
link set l$1 up
link set $(port_of "$1") master l$1
link set $(switch_port "$1" 1) master l$1
END
  on_switch setsid --fork sh -c 'sleep 40; ip link set dev "$1" down' sh "$(switch_port "$1" 1)" </dev/null >/dev/null 2>&1
  on_host "$1" ip -batch - <<'END'
link set eno3 master br0
link set eno3 up
END
  # Something has to be there that goes round.
  on_host "$1" arping -q -c 1 -w 1 -I br0 "$SUBNET_LAN.0.1" >/dev/null </dev/null || true
}
heal() {
  on_switch ip link set dev "$(switch_port "$1" 1)" down 2>/dev/null || true
  on_switch ip link set "$(port_of "$1")" master sw0
  unplug_nic "$1" 1
  file_restore "$1" /etc/network/interfaces.d/br0
  on_switch ip link del "l$1" 2>/dev/null || true
}
