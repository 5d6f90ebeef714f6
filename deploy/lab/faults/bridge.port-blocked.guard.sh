SCOPE=host
describe() { echo "STP is on, the uplink has a BPDU guard, and the switch's end has sent a BPDU: the kernel disabled the port"; }
inject() {
  local try
  port_save "$1" "$UPLINK"
  file_save "$1" /etc/network/interfaces.d/br0
  # As configured: spanning tree itself is no second fault here.
  on_host "$1" sed -i 's/bridge_stp off/bridge_stp on/; s/bridge_fd 0/bridge_fd 2/' /etc/network/interfaces.d/br0
  on_host "$1" ip -j -d link show br0 | jq -r '.[0].linkinfo.info_data | "\(.stp_state) \(.forward_delay)"' | save stp
  on_host "$1" ip link set br0 type bridge stp_state 1 forward_delay 200
  on_host "$1" bridge link set dev "$UPLINK" guard on
  for try in 1 2 3 4 5 6 7 8 9 10; do
    send_bpdu "$(port_of "$1")"
    [[ $(on_host "$1" cat "/sys/class/net/$UPLINK/brport/state") != 0 ]] || return 0
    sleep 0.1
  done
  refuse "the BPDU guard of $UPLINK did not shut the port"
}
heal() {
  local stp delay
  read -r stp delay < <(saved stp)
  on_host "$1" bridge link set dev "$UPLINK" guard off
  on_host "$1" ip link set br0 type bridge stp_state "$stp"
  on_host "$1" ip link set br0 type bridge forward_delay "$delay"
  port_restore "$1" "$UPLINK"
  file_restore "$1" /etc/network/interfaces.d/br0
}
# One configuration BPDU of 802.1D out of a port of the switch. Its sender claims the worst priority, so that it never becomes root.
send_bpdu() { # PORT
  local index
  index=$(on_switch ip -j link show dev "$1" | jq '.[0].ifindex')
  on_switch perl -e '
    use strict; use warnings;
    socket(my $socket, 17, 3, 0) or die "packet socket: $!\n";
    my $id = pack("n", 0xf000) . "\x02\xcb\x00\x00\x00\x01";
    my $bpdu = pack("n C C C", 0, 0, 0, 0) . $id . pack("N", 0) . $id . pack("n n n n n", 0x8001, 0, 20 << 8, 2 << 8, 2 << 8);
    my $llc = "\x42\x42\x03" . $bpdu;
    my $frame = "\x01\x80\xc2\x00\x00\x00" . "\x02\xcb\x00\x00\x00\x01" . pack("n", length $llc) . $llc;
    $frame .= "\0" x (60 - length $frame);
    my $to = pack("S n i S C C a8", 17, 4, $ARGV[0], 1, 0, 6, "\x01\x80\xc2");
    defined send($socket, $frame, 0, $to) or die "send: $!\n";
  ' "$index"
}
