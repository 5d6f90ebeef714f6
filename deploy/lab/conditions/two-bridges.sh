describe() { echo "a second bridge, br1, with its own uplink eno3, up and configured; no guest on it"; }
set_it() {
  need_free "$1" eno3
  need_free "$1" br1
  plug_nic "$1" 1
  on_host "$1" ip -batch - <<'END'
link add br1 type bridge stp_state 0 forward_delay 0
link set eno3 master br1
link set eno3 up
link set br1 up
END
  printf 'auto eno3\niface eno3 inet manual\n\nauto br1\niface br1 inet manual\n    bridge_ports eno3\n    bridge_stp off\n    bridge_fd 0\n' |
    on_host "$1" tee /etc/network/interfaces.d/br1 >/dev/null
  save bridges <"$(host_dir "$1")/bridges"
  echo "$(saved bridges), br1" >"$(host_dir "$1")/bridges"
  write_books
}
clear_it() {
  on_host "$1" rm -f /etc/network/interfaces.d/br1
  on_host "$1" ip link del br1 || true
  unplug_nic "$1" 1
  saved bridges >"$(host_dir "$1")/bridges"
  write_books
}
