describe() { echo "libvirt's NAT bridge virbr0 has an address, no uplink and no guest, so no carrier"; }
set_it() {
  need_free "$1" virbr0
  on_host "$1" ip -batch - <<'END'
link add virbr0 address 52:54:00:7a:7a:01 type bridge stp_state 1 forward_delay 200
addr add 192.168.122.1/24 brd 192.168.122.255 dev virbr0
link set virbr0 up
END
}
clear_it() { on_host "$1" ip link del virbr0 || true; }
