describe() { echo "guest vm1 is shut off: its tap is gone"; }
set_it() {
  need_guest "$1" vm1
  if is_libvirt_guest "$1" vm1; then virsh "$1" destroy vm1 </dev/null >/dev/null; else power_off "$1" vm1; fi
}
clear_it() {
  if is_libvirt_guest "$1" vm1; then virsh "$1" start vm1 </dev/null >/dev/null; else power_on "$1" vm1; fi
}
