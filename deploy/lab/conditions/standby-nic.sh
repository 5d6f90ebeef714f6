describe() { echo "a second NIC (eno3) is configured by hand only (no auto) and down: a spare for the uplink"; }
set_it() {
  need_free "$1" eno3
  plug_nic "$1" 1
  printf 'iface eno3 inet manual\n' | on_host "$1" tee /etc/network/interfaces.d/eno3 >/dev/null
}
clear_it() { on_host "$1" rm -f /etc/network/interfaces.d/eno3; unplug_nic "$1" 1; }
