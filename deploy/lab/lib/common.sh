# Names, state, errors, and running things inside hosts. Everything else builds on this file.

COB_LAB_NAME=${COB_LAB_NAME:-lab}
STATE=/run/cob-$COB_LAB_NAME
SUBNET_LAN=10.20      # guests and br0; the switch has .0.1
SUBNET_MGMT=10.99     # eno1 of the hosts
CONTROLLER_SUFFIX=255.1
export LC_ALL=C

say() { printf '%s\n' "$*" >&2; }
die() { printf 'lab: %s\n' "$*" >&2; exit 1; }
usage_error() { # MESSAGE [COMMAND]
  printf 'lab: %s\nTry: lab %s--help\n' "$1" "${2:+$2 }" >&2
  exit 64
}

# One place decides every namespace name, so that several labs (COB_LAB_NAME) can run side by side.
ns_name() { # PART
  if [[ $COB_LAB_NAME == lab ]]; then echo "cob-$1"; else echo "cob-$COB_LAB_NAME-$1"; fi
}
guest_ns() { ns_name "$1-$2"; } # HOST GUEST
in_ns() { # PART CMD...   only the network namespace; the machine's own files stay in sight
  local part=$1
  shift
  nsenter --net="/run/netns/$(ns_name "$part")" -- "$@"
}
on_switch() { in_ns sw "$@"; }

check_instance_name() {
  [[ $COB_LAB_NAME =~ ^[a-z][a-z0-9]{0,9}$ ]] || {
    printf 'lab: COB_LAB_NAME=%s: use 1 to 10 small letters and digits\n' "$COB_LAB_NAME" >&2
    exit 64
  }
}
check_instance_name

need_root() { ((EUID == 0)) || die "needs root (network namespaces, taps): run it with sudo"; }
need_lab() {
  need_root
  [[ -e $STATE/ready ]] || {
    [[ -d $STATE ]] && die "the lab '$COB_LAB_NAME' is half made: run 'lab down', then 'lab up'"
    die "no lab '$COB_LAB_NAME' is running: start it with 'lab up'"
  }
}

check_host_name() {
  [[ $1 =~ ^[a-z][a-z0-9-]{0,9}$ && ! $1 =~ -(vm[0-9]+|rogue|dup|ctr)$ && $1 != sw && $1 != ctl ]] ||
    usage_error "host name '$1': 1 to 10 small letters, digits and '-', not 'sw', 'ctl' or '...-vmN'" host
}
host_dir() { echo "$STATE/hosts/$1"; }
need_host() {
  need_lab
  [[ -e $STATE/hosts/$1/ready ]] || die "no host '$1' in this lab (there is: $(list_hosts | tr '\n' ' ')): add it with 'lab host add $1'"
}
need_guest() { # HOST GUEST
  need_host "$1"
  [[ -d $STATE/hosts/$1/guests/$2 ]] || die "host '$1' has no guest '$2' (it has: $(list_guests "$1" | tr '\n' ' '))"
}
list_hosts() { local d; for d in "$STATE"/hosts/*/ready; do [[ -e $d ]] && basename "$(dirname "$d")"; done; true; }
list_guests() { local d; for d in "$STATE/hosts/$1"/guests/*/; do [[ -d $d ]] && basename "$d"; done; true; }

# Namespaces are written down (a file each) before they are made, so 'down' finds them after any accident.
make_namespace() { # PART
  local ns
  ns=$(ns_name "$1")
  [[ ! -e /run/netns/$ns ]] || die "namespace $ns exists already but is not ours; remove it: ip netns del $ns"
  : >"$STATE/namespaces/$ns"
  ip netns add "$ns"
}

drop_namespace() { # PART
  local ns
  ns=$(ns_name "$1")
  kill_inside "$ns"
  [[ ! -e /run/netns/$ns ]] || ip netns del "$ns"
  rm -f "$STATE/namespaces/$ns"
}

# Kills what lives in the given namespaces (full names): sshd, relays, DHCP clients, dnsmasq.
# By namespace and not by remembered pid: it also finds what a killed lab command left behind.
kill_inside() { # FULL_NAME...
  local ns inode path pid wanted=" " victims=()
  for ns in "$@"; do
    [[ -e /run/netns/$ns ]] && wanted+="$(stat -Lc %i "/run/netns/$ns") "
  done
  [[ $wanted != " " ]] || return 0
  while read -r inode path; do
    [[ $wanted == *" $inode "* ]] || continue
    pid=${path#/proc/}
    victims+=("${pid%%/*}")
  done < <(stat -Lc '%i %n' /proc/[0-9]*/ns/net 2>/dev/null || true)
  ((${#victims[@]})) || return 0
  kill -9 "${victims[@]}" 2>/dev/null || true
  for pid in "${victims[@]}"; do
    wait_until 20 process_gone "$pid" || true
  done
}

# A zombie is gone too: who inherits it may take its time to reap it.
process_gone() { # PID
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  [[ ${stat##*) } == Z* ]]
}

# Runs a command as root in all namespaces of a host (its files, processes, network, host name).
on_host() { # HOST CMD...
  local pid
  pid=$(<"$STATE/hosts/$1/pid")
  shift
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root USER=root LOGNAME=root \
    SHELL=/bin/bash LANG=C.UTF-8 ${TERM:+TERM="$TERM"} \
    nsenter -t "$pid" -m -n -p -u -i -- "$@"
}

# Serialise changes of the lab's own books. Daemons must be started outside lock/unlock: they would keep it.
LOCK=
lock() {
  # Given back first: a clean-up that starts while the lock is held would otherwise wait for itself.
  unlock
  exec {LOCK}<"$STATE"
  flock -w 30 "$LOCK" || die "another lab command has held $STATE for 30 s; if it hangs, kill it and run 'lab down'"
}
unlock() {
  [[ -n $LOCK ]] || return 0
  exec {LOCK}<&-
  LOCK=
}

wait_until() { # TWENTIETHS_OF_A_SECOND CMD...
  local n=$1
  shift
  while ! "$@"; do ((n-- > 0)) || return 1; sleep 0.05; done
}
