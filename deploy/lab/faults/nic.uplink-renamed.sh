SCOPE=host
describe() { echo "the uplink is called enp9s0 now, as after a new kernel; the configuration still says eno2, so br0 came up without it"; }
inject() {
  port_save "$1" "$UPLINK"
  on_host "$1" ip -batch - <<END
link set $UPLINK nomaster
link set $UPLINK down
link set $UPLINK name enp9s0
END
}
heal() {
  if on_host "$1" ip link show dev enp9s0 >/dev/null 2>&1; then
    on_host "$1" ip link set enp9s0 down
    on_host "$1" ip link set enp9s0 name "$UPLINK"
  fi
  port_restore "$1" "$UPLINK"
}
