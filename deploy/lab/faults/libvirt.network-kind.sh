SCOPE=host
NEEDS=libvirt
describe() { echo "guest vm1 runs with QEMU's user network, though its stored definition has it on br0 (hosts with --libvirt)"; }
inject() {
  is_libvirt_guest "$1" vm1 || refuse "'vm1' is not a libvirt guest: use a host added with --libvirt"
  virsh "$1" dumpxml --inactive vm1 </dev/null | sed "s|<interface type='bridge'>|<interface type='user'>|; /<source bridge='br0'\/>/d" |
    on_host "$1" tee /root/vm1-user.xml >/dev/null
  virsh "$1" destroy vm1 >/dev/null </dev/null
  virsh "$1" create /root/vm1-user.xml >/dev/null </dev/null
}
heal() {
  virsh "$1" destroy vm1 >/dev/null 2>&1 </dev/null || true
  virsh "$1" start vm1 >/dev/null </dev/null
  virsh "$1" domiflist vm1 | awk 'NF { print $1; exit }' >"$(host_dir "$1")/guests/vm1/tap"
}
