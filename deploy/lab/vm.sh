#!/bin/bash
# The guard under a real systemd: boots Debian 12 in QEMU and shows that the watchdog outlives the login that started it, takes the change
# back, is started anew when killed, and that after a real reboot the host says "rebooted" and remembers its token. Without /dev/kvm the
# machine is emulated: some minutes. Too slow for the tests of every change, so it is run by hand.
#   vm.sh [--keep]      --keep: leave the image for the next run (in /var/tmp/cob-vm)
set -euo pipefail

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=$home/src/Domain/Guard/guard.sh
work=/var/tmp/cob-vm
image=$work/debian.img
keep=no
case ${1:-} in
  '') ;;
  --keep) keep=yes ;;
  *) echo "Usage: vm.sh [--keep]" >&2; exit 64 ;;
esac
((EUID == 0)) || { echo "vm.sh: needs root" >&2; exit 1; }

say() { printf 'vm: %s\n' "$*"; }
die() {
  printf 'vm: %s\n' "$*" >&2
  [[ ! -f $run/console ]] || tail -n 30 "$run/console" >&2
  exit 1
}

run=$(mktemp -d /tmp/cob-vm.XXXXXX)
qemu=
clean() {
  [[ -z $qemu ]] || kill "$qemu" 2>/dev/null || true
  rm -rf "$run"
  [[ $keep == yes ]] || rm -rf "$work"
}
trap clean EXIT

install_packages() {
  local missing=() package
  for package in mmdebstrap qemu-system-x86 e2fsprogs openssh-client; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >"$run/apt" 2>&1 ||
    { apt-get update -q >>"$run/apt" 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >>"$run/apt" 2>&1; } ||
    { tail -n 20 "$run/apt" >&2; die "apt could not install ${missing[*]}"; }
}

build_image() {
  [[ ! -f $image ]] || return 0
  say "building a Debian 12 image in $work (some minutes)"
  rm -rf "$work"
  mkdir -p "$work"
  mmdebstrap --variant=minbase --aptopt='Acquire::Languages "none"' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --include=systemd,systemd-sysv,dbus,libpam-systemd,udev,openssh-server,linux-image-cloud-amd64,iproute2,procps,sudo \
    bookworm "$work/root" >"$run/mmdebstrap" 2>&1 || { tail -n 20 "$run/mmdebstrap" >&2; die "mmdebstrap failed"; }
  mv "$work"/root/boot/vmlinuz-* "$work/vmlinuz"
  mv "$work"/root/boot/initrd.img-* "$work/initrd"
  configure_root "$work/root"
  mke2fs -q -t ext4 -d "$work/root" "$image.new" 1500M || die "no room for the image in $work"
  rm -rf "$work/root"
  mv "$image.new" "$image"
}

configure_root() { # ROOT
  local root=$1
  ssh-keygen -q -t ed25519 -N '' -f "$work/key" -C cob-vm
  mkdir -p -m 0700 "$root/root/.ssh" "$root/home/ops/.ssh"
  cp "$work/key.pub" "$root/root/.ssh/authorized_keys"
  chroot "$root" useradd -s /bin/bash ops
  cp "$work/key.pub" "$root/home/ops/.ssh/authorized_keys"
  chroot "$root" chown -R ops:ops /home/ops
  chroot "$root" usermod -p '*' ops
  echo 'ops ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/ops"
  chmod 0440 "$root/etc/sudoers.d/ops"
  # The hardest setting: what a login leaves behind is killed with it.
  mkdir -p "$root/etc/systemd/logind.conf.d"
  printf '[Login]\nKillUserProcesses=yes\nKillExcludeUsers=\n' >"$root/etc/systemd/logind.conf.d/cob.conf"
  printf '[Match]\nName=eth0\n[Network]\nDHCP=ipv4\n' >"$root/etc/systemd/network/cob.network"
  chroot "$root" systemctl -q enable systemd-networkd ssh
  chroot "$root" systemctl -q mask systemd-networkd-wait-online apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
  echo 'UseDNS no' >"$root/etc/ssh/sshd_config.d/cob.conf"
  echo vm42 >"$root/etc/hostname"
  echo '127.0.0.1 localhost vm42' >"$root/etc/hosts"
  printf '/dev/vda / ext4 defaults 0 1\n' >"$root/etc/fstab"
}

free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'; }

boot_machine() {
  local accel=(-accel tcg)
  [[ ! -w /dev/kvm ]] || accel=(-accel kvm -cpu host)
  port=$(free_port)
  # snapshot=on: the image stays as it is; the machine's own writes live as long as this QEMU, so also across its reboots.
  qemu-system-x86_64 "${accel[@]}" -m 768 -nodefaults -display none -serial "file:$run/console" -no-user-config \
    -kernel "$work/vmlinuz" -initrd "$work/initrd" -append 'root=/dev/vda rw console=ttyS0 net.ifnames=0 quiet' \
    -drive "file=$image,if=virtio,format=raw,snapshot=on" -netdev "user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-pci,netdev=n -device virtio-rng-pci &
  qemu=$!
}

remote() { # COMMAND...    as root, each time over a connection of its own
  remote_as root "$@"
}

remote_as() { # USER COMMAND...
  local user=$1
  shift
  ssh -F /dev/null -p "$port" -i "$work/key" -o BatchMode=yes -o ConnectTimeout=30 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "$user@127.0.0.1" "$@"
}

await_login() { # NOT-THIS-BOOT
  local boot
  for _ in $(seq 120); do
    kill -0 "$qemu" 2>/dev/null || die "the machine has ended"
    boot=$(remote cat /proc/sys/kernel/random/boot_id 2>/dev/null </dev/null || true)
    [[ -z $boot || $boot == "${1:-}" ]] || return 0
    sleep 2
  done
  die "nobody can log in"
}

# --- the guard, spoken to as the bot does --------------------------------------------------------------------------------------

frame() { # TEXT
  local breaks=${1//[!$'\n']/}
  LC_ALL=C printf '%d %d\n%s\n' "${#breaks}" "$(printf %s "$1" | wc -c)" "$1"
}
vector() {
  echo $#
  local word
  for word; do frame "$word"; done
}

plan() { # takes cob-d0 into cob-br0, and writes a file that counts how often each command ran
  local index mac text
  read -r index mac < <(remote 'ip link show cob-d0 >/dev/null 2>&1 || { ip link add cob-br0 type bridge; ip link add cob-d0 type veth peer name cob-d1; udevadm settle; } # udev gives addresses
    echo $(cat /sys/class/net/cob-d0/ifindex /sys/class/net/cob-d0/address)' </dev/null)
  text=$(cat "$program"; echo .)
  echo 'cob-plan 1'
  vector "${text%.}"
  echo 1
  vector attach cob-d0 "$index" "$mac" none cob-br0 20
  vector sh -c 'm=$(readlink /sys/class/net/cob-d0/master) && echo "${m##*/}" || echo none'
  vector sh -c 'echo run >>/var/tmp/calls; ip link set cob-d0 master cob-br0'
  vector sh -c 'echo undo >>/var/tmp/calls; ip link set cob-d0 nomaster'
  echo cob-end
}

begin() { # PLAN TOKEN SECONDS
  { cat "$program"; for _ in $(seq 128); do printf '%0127d\n' 0 | tr 0 '#'; done; plan; } >"$run/begin"
  remote_as ops sudo -n sh -s -- begin "$1" "$2" "$boot" "$machine" "$3" <"$run/begin"
}
guard() { # OPERATION PLAN TOKEN
  remote_as ops sudo -n sh -s -- "$1" "$2" "$3" "$boot" <"$program"
}

passed=0
expect() { # WHAT PATTERN TEXT
  [[ $3 =~ $2 ]] || die "$1: expected $2 in:
$3"
  passed=$((passed + 1))
  say "$1"
}
until_true() { # WHAT COMMAND-ON-THE-MACHINE
  for _ in $(seq 200); do
    if remote "$2" </dev/null >/dev/null 2>&1; then
      passed=$((passed + 1))
      say "$1"
      return
    fi
    sleep 1
  done
  die "never true: $1"
}

logged_out() { # no session of the account is left, and nothing it had started
  until_true "$1" '[ -z "$(loginctl list-sessions --no-legend | grep -w ops)" ] && ! pgrep -u ops'
}

install_packages
build_image
boot_machine
say "booting (console: $run/console)"
await_login
boot=$(remote cat /proc/sys/kernel/random/boot_id </dev/null)
machine=$(remote cat /etc/machine-id </dev/null)
expect "systemd is process 1" '^systemd$' "$(remote ps -o comm= -p 1 </dev/null)"

expect "p1 is armed" $'\nstatus armed\n' "$(begin p1 1 180)"
logged_out "the login that armed it has ended"
expect "its watchdog is a service" '/cob-guard-p1.service$' "$(remote 'cat /proc/$(pgrep -o -f "[g]uard watch p1")/cgroup' </dev/null)"
expect "protected from running out of memory" '^-1000$' "$(remote 'cat /proc/$(pgrep -o -f "[g]uard watch p1")/oom_score_adj' </dev/null)"
expect "p1 is applied" $'\nstatus applied\n' "$(guard apply p1 1)"
logged_out "the login that applied it has ended"
expect "the change is there" '^cob-br0$' "$(remote 'basename $(readlink /sys/class/net/cob-d0/master)' </dev/null)"
expect "the watchdog has outlived both logins" $'\nstatus applied\nstate applied\nwatchdog yes\n' "$(guard status p1 0)"
until_true "nobody commits: the watchdog takes it back" '[ -d /run/chatops/p1/state/reverted ] && [ ! -e /sys/class/net/cob-d0/master ]'
expect "p1 is reverted" $'\nstatus reverted\n' "$(guard status p1 0)"
expect "each command ran once" '^run undo $' "$(remote 'cat /var/tmp/calls; rm /var/tmp/calls' </dev/null | tr '\n' ' ')"
until_true "its service has ended" '! systemctl is-active -q cob-guard-p1'

expect "p2 is armed" $'\nstatus armed\n' "$(begin p2 2 300)"
expect "p2 is applied" $'\nstatus applied\n' "$(guard apply p2 2)"
remote 'systemctl kill -s KILL cob-guard-p2' </dev/null
until_true "a killed watchdog is started anew" 'pgrep -f "[g]uard watch p2" && ! flock -n -s /run/chatops/p2/watch true'
expect "p2 is still applied and watched" $'\nstatus applied\nstate applied\nwatchdog yes\n' "$(guard status p2 0)"
expect "p2 is reverted on demand" $'\nstatus reverted\n' "$(guard revert p2 2)"

expect "p3 is armed" $'\nstatus armed\n' "$(begin p3 3 300)"
expect "p3 is applied" $'\nstatus applied\n' "$(guard apply p3 3)"
expect "p3 is committed" $'\nstatus committed\n' "$(guard commit p3 3)"
until_true "its watchdog has ended" '! pgrep -f "[g]uard watch p3"'
remote 'ip link set cob-d0 nomaster' </dev/null

expect "p4 is armed" $'\nstatus armed\n' "$(begin p4 4 300)"
expect "p4 is applied" $'\nstatus applied\n' "$(guard apply p4 4)"
say "rebooting"
remote 'systemctl reboot' </dev/null || true
await_login "$boot"
expect "p4 is rebooted" $'\nstatus rebooted\n' "$(guard status p4 0)"
expect "commit says so too" $'\nstatus rebooted\n' "$(guard commit p4 4)"
expect "and revert" $'\nstatus rebooted\n' "$(guard revert p4 4)"
boot=$(remote cat /proc/sys/kernel/random/boot_id </dev/null)
expect "an old token is still refused" $'\nrefused fenced ' "$(begin p5 3 60)"
expect "a new plan can be armed" $'\nstatus armed\n' "$(begin p6 5 60)"
expect "and is taken back on demand" $'\nstatus reverted\n' "$(guard revert p6 5)"
remote 'systemctl poweroff' </dev/null || true
say "$passed checks passed"
