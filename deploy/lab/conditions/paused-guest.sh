describe() { echo "guest vm1 is paused: its tap is there and open, and nothing moves"; }
set_it() {
  need_guest "$1" vm1
  if is_libvirt_guest "$1" vm1; then virsh "$1" suspend vm1 </dev/null >/dev/null; else signal_relay "$1" STOP; fi
}
clear_it() { if is_libvirt_guest "$1" vm1; then virsh "$1" resume vm1 </dev/null >/dev/null; else signal_relay "$1" CONT; fi; }
signal_relay() { # HOST SIGNAL
  local pid
  for pid in $(ip netns pids "$(guest_ns "$1" vm1)") $(ip netns pids "$(ns_name "$1")"); do
    # The relay calls itself so; see relay.pl.
    ! grep -qz "^cob-guest vm1 " "/proc/$pid/cmdline" 2>/dev/null || kill -"$2" "$pid"
  done
}
