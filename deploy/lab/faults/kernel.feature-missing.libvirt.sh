SCOPE=host
NEEDS=libvirt
describe() { echo "/dev/net/tun is gone, so guest vm9 cannot be given a tap and does not start (hosts with --libvirt)"; }
inject() {
  is_libvirt_guest "$1" vm1 || refuse "'vm1' is not a libvirt guest: use a host added with --libvirt"
  on_host "$1" sh -c "sed 's|<name>vm1|<name>vm9|; s|<mac address=.[0-9a-f:]*.|<mac address=\"52:54:00:99:99:09\"|' /root/vm1.xml >/root/vm9.xml; mv /dev/net/tun /dev/net/tun.away" </dev/null
  virsh "$1" define /root/vm9.xml >/dev/null </dev/null
  ! virsh "$1" start vm9 >/dev/null 2>&1 </dev/null
}
heal() {
  virsh "$1" destroy vm9 >/dev/null 2>&1 </dev/null || true
  virsh "$1" undefine vm9 >/dev/null 2>&1 </dev/null || true
  on_host "$1" sh -c '[ ! -e /dev/net/tun.away ] || mv /dev/net/tun.away /dev/net/tun' </dev/null
}
