# All help texts.

wants_help() { # COMMAND ARGS...; prints help and succeeds if --help is among ARGS
  local command=$1 arg
  shift
  for arg in "$@"; do
    if [[ $arg == --help || $arg == -h ]]; then help_text "$command"; return 0; fi
  done
  return 1
}
# For commands whose arguments are another command's: --help counts only in front.
wants_help_first() {
  [[ ${2:-} == --help || ${2:-} == -h ]] || return 1
  help_text "$1"
}

help_text() { # [COMMAND]
  case ${1:-} in
    up) cat <<'END' ;;
lab up [--controller private|root] [--hosts N]
  Starts the switch with its DHCP server and the controller, and N hosts (host42, host43, ...) with a guest each.
  private  the bot runs in its own namespace ('lab ctl -- CMD'); nothing is added to the root namespace (default)
  root     the bot runs in the root namespace, which gets one interface, cob-mgmt, with a route to 10.99.0.0/16
END
    down) cat <<'END' ;;
lab down
  Removes everything the lab made, also after a start that failed half-way. Does nothing if no lab is up.
END
    status) echo "lab status
  Shows hosts, guests, and the faults and conditions in force." ;;
    host) cat <<'END' ;;
lab host add NAME [--guests N] [--bridges N] [--mgmt-on-bridge] [--libvirt] [--ovs] [--ifupdown] [--no-sudo] [--system DIR]
lab host remove NAME
  --guests N         guests vm1..vmN on br0 (default 1)
  --bridges N        br0..; bridge K has uplink eno(2+K); only br0 has an address
  --mgmt-on-bridge   no eno1: SSH goes to the address of br0
  --libvirt          real libvirtd; vm1 is a real QEMU guest booting from the network
  --ovs              br0 is a bridge of Open vSwitch (userspace datapath) instead of Linux
  --ifupdown         the network is brought up by ifup from /etc/network/interfaces
  --no-sudo          user ops may not use sudo
  --system DIR       the system below DIR (a Debian of another release) instead of the machine's own
Users on every host: root, ops (sudo), viewer (no rights), csh (csh as login shell); one key for all ('lab env').
END
    fault) cat <<'END' ;;
lab fault list
lab fault inject ID HOST [GUEST]     GUEST is vm1 unless given
lab fault heal ID HOST [GUEST]       restores what was before
END
    condition) cat <<'END' ;;
lab condition list                   healthy but odd: a bot must not call these faults
lab condition set NAME HOST
lab condition clear NAME HOST
END
    lease) cat <<'END' ;;
lab lease HOST GUEST [--timeout S]
  Restarts the guest's own DHCP client and prints the address it gets. Exit 1 if it gets none within S seconds (3).
END
    ping) echo "lab ping HOST GUEST [ADDRESS]
  Two pings from the guest, to the switch (10.20.0.1) unless ADDRESS is given." ;;
    exec) echo "lab exec HOST [--user USER] -- COMMAND...
  Runs a command inside the host, as root unless --user is given." ;;
    guest) echo "lab guest HOST GUEST -- COMMAND...
  Runs a command in the guest's network namespace." ;;
    ctl) echo "lab ctl -- COMMAND...
  Runs a command where the bot runs: in the controller's network namespace, with your files, directory and environment." ;;
    env) echo "lab env
  Prints shell assignments: COB_LAB_DIR, COB_LAB_INVENTORY, COB_LAB_KNOWN_HOSTS, COB_LAB_KEY, COB_LAB_SSH_CONFIG.
  Use: eval \"\$(lab env)\"" ;;
    *) cat <<'END' ;;
lab - KVM hosts as Linux namespaces, with faults to put in

  lab up | down | status | env
  lab host add|remove NAME
  lab fault list | inject ID HOST [GUEST] | heal ID HOST [GUEST]
  lab condition list | set NAME HOST | clear NAME HOST
  lab lease HOST GUEST        the guest's own DHCP client
  lab ping HOST GUEST [ADDRESS]
  lab exec HOST -- CMD        lab guest HOST GUEST -- CMD        lab ctl -- CMD

'lab COMMAND --help' says more. Needs root. COB_LAB_NAME=x runs a second lab beside the first.
END
  esac
}
