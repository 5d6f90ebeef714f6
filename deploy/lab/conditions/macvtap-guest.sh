describe() { echo "a macvtap device on a NIC of its own (eno4) beside br0, as a guest of type 'direct' has it; nothing reads it"; }
set_it() {
  need_free "$1" eno4
  plug_nic "$1" 2
  on_host "$1" ip -batch - <<'END'
link set eno4 up
link add link eno4 name macvtap0 address 52:54:00:cc:cc:01 type macvtap mode bridge
link set macvtap0 up
END
}
clear_it() { on_host "$1" ip link del macvtap0 || true; unplug_nic "$1" 2; }
