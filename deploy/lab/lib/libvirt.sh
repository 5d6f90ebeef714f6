# Hosts with --libvirt: a real libvirtd, and vm1 is a real QEMU (pure emulation) that boots from the network by iPXE.

is_libvirt_guest() { [[ -e $(host_dir "$1")/guests/$2/libvirt ]]; } # HOST GUEST
virsh() { on_host "$1" virsh -q -c qemu:///system "${@:2}"; } # HOST ARGS...

start_libvirt() { # HOST; makes vm1
  local host=$1 dir number mac
  dir=$(host_dir "$host")/guests/vm1
  number=$(<"$(host_dir "$host")/number")
  mac=$(printf '52:54:00:%02x:%02x:01' $((number >> 8)) $((number & 255)))
  mkdir "$dir"
  : >"$dir/libvirt"
  echo "$mac" >"$dir/mac"
  echo br0 >"$dir/bridge"
  # The host's own /etc and /run make libvirtd private by themselves. No polkit, no cgroups, no mount namespace
  # for QEMU here, so it is told not to want them.
  on_host "$host" bash -euc '
    mkdir -p /var/lib/libvirt/qemu /var/lib/libvirt/images /var/lib/libvirt/boot /var/cache/libvirt /var/log/libvirt/qemu /etc/libvirt/qemu
    printf "%s\n" "unix_sock_group = \"libvirt\"" "unix_sock_ro_perms = \"0777\"" "unix_sock_rw_perms = \"0770\"" \
      "auth_unix_ro = \"none\"" "auth_unix_rw = \"none\"" >/etc/libvirt/libvirtd.conf
    printf "%s\n" "user = \"root\"" "group = \"root\"" "security_driver = \"none\"" "namespaces = []" "cgroup_controllers = []" \
      "stdio_handler = \"file\"" "remember_owner = 0" >/etc/libvirt/qemu.conf
    virtlogd -d && libvirtd -d' </dev/null >>"$(host_dir "$host")/setup.log" 2>&1 ||
    die "libvirtd did not start on '$host'; see: lab exec $host -- cat /var/log/libvirt/libvirtd.log"
  wait_until 200 virsh "$host" list >/dev/null 2>&1 || die "libvirtd on '$host' does not answer"
  on_host "$host" tee /root/vm1.xml >/dev/null <<END
<domain type='qemu'>
  <name>vm1</name>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='network'/></os>
  <features><acpi/></features>
  <on_reboot>restart</on_reboot>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <interface type='bridge'>
      <mac address='$mac'/>
      <source bridge='br0'/>
      <model type='virtio'/>
    </interface>
    <memballoon model='none'/>
  </devices>
</domain>
END
  virsh "$host" define /root/vm1.xml >/dev/null
  virsh "$host" start vm1 >/dev/null </dev/null
  virsh "$host" domiflist vm1 | awk 'NF { print $1; exit }' >"$dir/tap"
  # Guests of ours on the same host must not take names that libvirt counted already.
  echo $(($(tr -dc 0-9 <"$dir/tap") + 1)) >"$(host_dir "$host")/next_vnet"
}

# A reset makes the ROM ask for an address again; the DHCP server's log tells when it got one.
libvirt_lease() { # HOST GUEST TIMEOUT
  local mac log from address n
  mac=$(<"$(host_dir "$1")/guests/$2/mac") log=$STATE/dnsmasq.log
  from=$(stat -c %s "$log")
  virsh "$1" reset "$2" >/dev/null </dev/null || virsh "$1" start "$2" >/dev/null </dev/null
  for ((n = 0; n < $3 * 5; n++)); do
    address=$(tail -c "+$((from + 1))" "$log" | sed -n "s/.*DHCPACK(sw0) \([0-9.]*\) $mac.*/\1/p" | tail -n 1)
    [[ -z $address ]] || { echo "$address"; return; }
    sleep 0.2
  done
  say "no lease within $3 s"
  return 1
}
