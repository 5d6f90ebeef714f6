describe() { echo "a tap with an address and a route of its own, as a VPN makes it: no guest's, and on no bridge"; }
set_it() {
  on_host "$1" ip -batch - <<'END'
tuntap add dev tap9 mode tap
addr add 198.51.100.1/24 dev tap9
link set tap9 up
END
}
clear_it() { on_host "$1" ip link del tap9 || true; }
