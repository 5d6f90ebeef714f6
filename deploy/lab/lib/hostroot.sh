#!/bin/bash
# Runs as the first thing inside a host's new namespaces (started by hostinit.pl; settings come in LAB_* variables):
# builds the host's own root over the machine's or over the system in LAB_SYSTEM, moves into it, starts sshd.
set -euo pipefail
umask 022

layer=$LAB_DIR/root
# The system below the host's root, without a slash at its end: empty is the machine's own.
system=${LAB_SYSTEM%/}
root=$layer/root

# Everything below is mounted in this host's own mount namespace only, so it needs no clean-up.
mount --make-rprivate /
# Overlay layers must not nest, and the state directory may be on one: the upper layer is a tmpfs.
mount -t tmpfs -o mode=0755 cob "$layer"
mkdir -p "$layer/upper" "$layer/work" "$root"

# A character device 0:0 in the upper layer hides what is below ("whiteout").
hidden=()
hide() {
  local path
  for path in "$@"; do
    [[ ! -e $system$path && ! -L $system$path ]] || hidden+=("$layer/upper$path")
  done
}
make_devices() { perl "${BASH_SOURCE[0]%/*}/mknods.pl"; } # PATH MODE MAJOR MINOR on stdin

# A host shows a plain Debian: none of the machine's own data, dot files, keys, network set-up and sudo rules.
shopt -s nullglob
for path in "$system"/* "$system"/.[!.]*; do
  path=${path#"$system"}
  case $path in
    /bin | /boot | /etc | /lib* | /opt | /sbin | /usr | /var) ;;
    *) hide "$path" ;;
  esac
done
hide /var/log /var/tmp /var/lib/chatops /var/lib/dhcp /var/lib/libvirt /var/lib/NetworkManager /var/cache/libvirt /var/spool/cron \
  /etc/ssh /etc/netplan /etc/systemd/network /etc/network/interfaces /etc/network/interfaces.d /etc/NetworkManager/system-connections \
  /etc/sudoers.d /etc/hostname /etc/hosts /etc/machine-id /etc/resolv.conf /etc/environment /etc/profile.d /etc/nologin \
  /etc/libvirt/qemu /etc/libvirt/storage /etc/docker /etc/dhcp/dhcpd.conf /etc/kea /var/lib/kea /etc/crontab /etc/cron.d /etc/sysctl.d /etc/sysctl.conf /etc/nftables.conf
mkdir -p "${hidden[@]%/*}"
printf '%s 0600 0 0\n' "${hidden[@]}" | make_devices
mount -t overlay -o "lowerdir=${system:-/},upperdir=$layer/upper,workdir=$layer/work" cob-root "$root"

cd "$root"
mkdir -p dev home media mnt proc run srv sys var/log etc/network/interfaces.d etc/ssh etc/sysctl.d var/lib/dhcp
mkdir -m 0700 root
mkdir -m 0750 etc/sudoers.d
mkdir -m 1777 tmp var/tmp

mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o nosuid,nodev,noexec sysfs sys
mount -t tmpfs -o nosuid,nodev,mode=0755 tmpfs run
mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs tmp
mount -t tmpfs -o nosuid,mode=0755 udev dev
mkdir -p dev/net dev/pts dev/shm run/lock run/sshd run/network run/dbus
chmod 1777 run/lock
mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts dev/pts
mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs dev/shm
make_devices <<'END'
dev/null 0666 1 3
dev/zero 0666 1 5
dev/full 0666 1 7
dev/random 0666 1 8
dev/urandom 0666 1 9
dev/tty 0666 5 0
dev/net/tun 0666 10 200
END
ln -s pts/ptmx /proc/self/fd dev/
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr

hostname "$LAB_HOST"
echo "$LAB_HOST" >etc/hostname
printf '127.0.0.1 localhost\n%s.%s %s\n' "$LAB_LAN" "$LAB_SUFFIX" "$LAB_HOST" >etc/hosts
uuid=$(<proc/sys/kernel/random/uuid)
echo "${uuid//-/}" >etc/machine-id
# The boot id is the kernel's, so all hosts would share it.
cat proc/sys/kernel/random/uuid >run/boot_id
chmod 0444 run/boot_id
mount --bind run/boot_id proc/sys/kernel/random/boot_id
: >etc/resolv.conf
: >etc/environment

# shellcheck source=/dev/null
source "${BASH_SOURCE[0]%/*}/hostfiles.sh"
write_users
write_sshd
write_network_config
for f in proc/sys/net/bridge/bridge-nf-call-*; do echo 0 >"$f"; done

mkdir -p run/old
pivot_root . run/old
cd /
umount -l /run/old
rmdir /run/old

if ((LAB_IFUPDOWN)); then ifup -a; fi
/usr/sbin/sshd -E /var/log/sshd.log
