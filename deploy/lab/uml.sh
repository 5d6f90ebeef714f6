#!/bin/bash
# The lab under another kernel: boots Debian's User-Mode Linux (an ordinary process; no /dev/kvm, no kernel module of the machine) over the
# machine's own root, read-only, and runs deploy/lab/lab inside it. That kernel has what the machine's may lack: 802.1Q, VLAN filtering of
# bridges, bonding, netem. It lacks nftables but in family bridge, so the faults of filters belong on the machine's own kernel.
#   uml.sh up                  boots it, with a lab without hosts in it
#   uml.sh in COMMAND...       runs a command as root inside, such as: uml.sh in deploy/lab/lab host add host42
#   uml.sh ctl -- COMMAND...   runs a command out here in the namespace from which the lab's hosts are reached by SSH, after: eval "$(uml.sh env)"
#   uml.sh env                 prints COB_LAB_DIR, COB_LAB_INVENTORY, COB_LAB_KNOWN_HOSTS, COB_LAB_KEY, COB_LAB_SSH_CONFIG, as they are now
#   uml.sh down
# Everything of it outside is the network namespace cob-uml, the processes in it, and /run/cob-uml.
set -euo pipefail

lab=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
home=$(cd "$lab/../.." && pwd)
state=/run/cob-uml
net=cob-uml
inside=10.99.255.3
outside=10.99.255.4

say() { printf 'uml: %s\n' "$*" >&2; }
die() {
  printf 'uml: %s\n' "$*" >&2
  [[ ! -f $state/console ]] || tail -n 20 "$state/console" >&2
  exit 1
}
usage() { sed -n '5,9s/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 64; }
((EUID == 0)) || { echo "uml.sh: needs root (a network namespace and a tap)" >&2; exit 1; }

remote() { # COMMAND-LINE
  nsenter --net="/run/netns/$net" -- ssh -F /dev/null -i "$state/key" -o BatchMode=yes -o ConnectTimeout=10 -o StrictHostKeyChecking=yes \
    -o UserKnownHostsFile="$state/known" -o GlobalKnownHostsFile=/dev/null -o LogLevel=ERROR "root@$inside" "$@"
}
# A shell reads the words again at the other end.
quoted() { printf '%q ' "$@"; }
need_up() { [[ -e $state/ready ]] || die "not booted: uml.sh up"; }
alive() { [[ -s $state/pid && -d /proc/$(<"$state/pid") ]]; }

boot() {
  local n
  "$lab/packages.sh" || exit 1
  "$lab/packages.sh" --uml || exit 1
  mkdir "$state" 2>/dev/null || die "there is one already ($state): uml.sh down"
  trap 'trap - EXIT; tail -n 20 "$state/console" >&2 2>/dev/null || true; take_down; say "the boot failed"' EXIT
  mkdir "$state/uml"
  ssh-keygen -q -t ed25519 -N '' -C cob-uml -f "$state/key"
  ssh-keygen -q -t ed25519 -N '' -C cob-uml -f "$state/hostkey"
  printf '%s %s\n' "$inside" "$(cut -d' ' -f1,2 "$state/hostkey.pub")" >"$state/known"
  # The kernel's log shows the command line, and the log is read: no path of this machine in it.
  cp "$lab/lib/umlinit.sh" "$state/init"
  ip netns add "$net"
  ip -n "$net" link set lo up
  ip -n "$net" tuntap add dev out0 mode tap
  ip -n "$net" addr add "$outside/16" dev out0
  ip -n "$net" link set out0 up
  # What a kernel does not know of its command line, it gives to process 1 as environment.
  HOME=$state TMPDIR=/dev/shm setsid nsenter --net="/run/netns/$net" -- linux.uml umid=cob uml_dir="$state/uml" mem=768M \
    root=/dev/root rootfstype=hostfs rootflags=/ ro init="$state/init" con=null con0=null,fd:1 ssl=null quiet \
    vec0:transport=tap,ifname=out0,depth=64,gro=0 COB_STATE="$state" COB_ADDRESS="$inside" </dev/null >"$state/console" 2>&1 &
  echo $! >"$state/pid"
  say "booting (console: $state/console)"
  for ((n = 0; n < 180; n++)); do
    alive || die "the kernel has ended"
    ! remote true 2>/dev/null </dev/null || break
    sleep 1
  done
  remote true </dev/null || die "nobody can log in"
  remote "$(quoted "$lab/lab" up)" </dev/null || die "the lab inside did not come up"
  # The switch's management side gets a second way in: this machine's namespace.
  remote 'ip link add lab0 type veth peer name out1 netns cob-sw && ip link set lab0 master out up && ip -n cob-sw link set out1 master mgmt0 up' </dev/null
  : >"$state/ready"
  trap - EXIT
  say "up: $(remote uname -r </dev/null)"
}

take_down() {
  local pid
  if [[ -e /run/netns/$net ]]; then
    # The kernel's processes, and whoever works in there.
    for pid in $(ip netns pids "$net"); do [[ $pid == $$ ]] || kill -9 "$pid" 2>/dev/null || true; done
    ip netns del "$net"
  fi
  rm -rf "$state"
}

# The inside's own files, brought out: it has a /run of its own.
books() {
  need_up
  mkdir -p "$state/lab"
  remote 'cd /run/cob-lab && tar c inventory.yaml known_hosts key ssh_config' </dev/null | tar x -C "$state/lab"
  sed -i "s|/run/cob-lab/|$state/lab/|g" "$state/lab/ssh_config"
  printf '%s=%s\n' COB_LAB_DIR "$state/lab" COB_LAB_INVENTORY "$state/lab/inventory.yaml" COB_LAB_KNOWN_HOSTS "$state/lab/known_hosts" \
    COB_LAB_KEY "$state/lab/key" COB_LAB_SSH_CONFIG "$state/lab/ssh_config"
}

command=${1:-}
shift || true
case $command in
  up) boot ;;
  down) take_down ;;
  env) books ;;
  in)
    need_up
    (($#)) || usage
    remote "cd $(quoted "$home") && $(quoted "$@")"
    ;;
  ctl)
    need_up
    [[ ${1:-} != -- ]] || shift
    (($#)) || usage
    exec nsenter --net="/run/netns/$net" -- "$@"
    ;;
  *) usage ;;
esac
