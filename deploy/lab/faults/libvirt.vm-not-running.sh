SCOPE=host
NEEDS=libvirt
describe() { echo "guest vm9 does not start because its libvirt network lan9 is not active (hosts with --libvirt)"; }
inject() {
  is_libvirt_guest "$1" vm1 || refuse "'vm1' is not a libvirt guest: use a host added with --libvirt"
  on_host "$1" tee /root/lan9.xml >/dev/null <<'END'
<network><name>lan9</name><forward mode='bridge'/><bridge name='br0'/></network>
END
  on_host "$1" sh -c "sed \"s|<name>vm1|<name>vm9|; s|<interface type='bridge'>|<interface type='network'>|; s|<source bridge='br0'/>|<source network='lan9'/>|; s|<mac address='..:..:..:..:..:..'|<mac address='52:54:00:99:99:09'|\" /root/vm1.xml >/root/vm9.xml"
  virsh "$1" net-define /root/lan9.xml >/dev/null
  virsh "$1" define /root/vm9.xml >/dev/null
  ! virsh "$1" start vm9 >/dev/null 2>&1 </dev/null
}
heal() {
  virsh "$1" destroy vm9 >/dev/null 2>&1 </dev/null || true
  virsh "$1" undefine vm9 >/dev/null 2>&1 || true
  virsh "$1" net-destroy lan9 >/dev/null 2>&1 || true
  virsh "$1" net-undefine lan9 >/dev/null 2>&1 || true
}
