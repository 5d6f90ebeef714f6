#!/bin/bash
# Process 1 of the User-Mode Linux that uml.sh boots. Its root is the machine's, read-only; COB_STATE and COB_ADDRESS come from the kernel's command line.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
key=$(<"$COB_STATE/key.pub") hostkey=$(<"$COB_STATE/hostkey")
mount -t proc proc /proc
mount -t sysfs sysfs /sys
for directory in /run /tmp /var/tmp /root /dev/shm; do
  mkdir -p "$directory" 2>/dev/null
  mount -t tmpfs -o mode=0755 tmpfs "$directory"
done
chmod 1777 /tmp /var/tmp
mkdir -p /dev/pts /dev/net
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
ln -s /proc/self/fd /dev/fd 2>/dev/null
[[ -e /dev/net/tun ]] || mknod -m 0666 /dev/net/tun c 10 200

# The modules are not where modprobe looks, and the root cannot be changed: the kernel's own calls come here too.
mkdir -p /run/modules/lib
ln -s /usr/lib/uml/modules /run/modules/lib/modules
printf '#!/bin/sh\nexec /sbin/modprobe -d /run/modules "$@"\n' >/run/modules/modprobe
chmod +x /run/modules/modprobe
echo /run/modules/modprobe >/proc/sys/kernel/modprobe
/run/modules/modprobe -a overlay tun veth bridge br_netfilter 8021q bonding sch_netem sch_tbf nf_tables nf_conntrack
# Bonding makes a bond0 by itself when it is loaded.
ip link del bond0 2>/dev/null

hostname uml
ip link set lo up
ip link add out type bridge stp_state 0 forward_delay 0
ip link set vec0 master out
ip link set vec0 up
ip addr add "$COB_ADDRESS/16" dev out
ip link set out up
echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables

mkdir -m 0700 /root/.ssh /run/ssh
mkdir -m 0755 /run/sshd /run/lock
echo "$key" >/root/.ssh/authorized_keys
(umask 077; printf '%s\n' "$hostkey" >/run/ssh/key)
/usr/sbin/sshd -f /dev/null -h /run/ssh/key -E /run/ssh/log -o PermitRootLogin=prohibit-password -o PasswordAuthentication=no -o UsePAM=no -o UseDNS=no -o PidFile=none
# The kernel reaps orphans for a process that ignores its children.
exec perl -e '$SIG{CHLD} = "IGNORE"; select(undef, undef, undef, undef) while 1'
