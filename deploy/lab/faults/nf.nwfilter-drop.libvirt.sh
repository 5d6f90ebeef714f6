SCOPE=guest
NEEDS=libvirt
describe() { echo "libvirt itself puts a network filter on the guest's tap that admits another MAC (hosts with --libvirt, guest vm1)"; }
inject() {
  is_libvirt_guest "$@" || refuse "'$2' is not a libvirt guest: use vm1 of a host added with --libvirt"
  on_host "$1" sh -euc '
    cat >/root/cob-one-mac.xml <<END
<filter name="cob-one-mac" chain="mac" priority="-800">
  <rule action="return" direction="out" priority="350"><mac match="yes" srcmacaddr="52:54:00:ff:ff:01"/></rule>
  <rule action="drop" direction="out" priority="500"><mac/></rule>
</filter>
END
    virsh nwfilter-define /root/cob-one-mac.xml
    virsh dumpxml "$1" | sed -n "/<interface/,/<.interface>/p" >/root/nic-before.xml
    sed "s|</interface>|<filterref filter=\"cob-one-mac\"/></interface>|" /root/nic-before.xml >/root/nic-filtered.xml
    virsh update-device "$1" /root/nic-filtered.xml --live' nwfilter "$2" </dev/null >/dev/null
}
heal() { on_host "$1" sh -c 'virsh update-device "$1" /root/nic-before.xml --live; virsh nwfilter-undefine cob-one-mac' nwfilter "$2" </dev/null >/dev/null; }
