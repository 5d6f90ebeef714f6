# Helpers of selftest.sh: reporting, and comparing what a host looked like before and after.

LAB=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../deploy/lab/lab
WORK=$(mktemp -d)
: >"$WORK/results"

# One write per line, so that lines of parallel workers do not mix.
report() { printf '%s\n' "$1" | tee -a "$WORK/results"; }
ok() { report "ok    $1"; }
fail() { report "FAIL  $1${2:+ -- $2}"; }
skip() { report "skip  $1 -- $2"; }
check() { # NAME CMD...   CMD must succeed
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then ok "$name"; else fail "$name" "$(tail -n 3 <<<"$output" | tr '\n' ' ')"; fi
}
check_not() { # NAME CMD...
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then fail "$name" "succeeded: $(tail -n 3 <<<"$output" | tr '\n' ' ')"; else ok "$name"; fi
}
check_exit() { # NAME CODE TEXT CMD...   CMD must exit with CODE and say TEXT
  local name=$1 code=$2 text=$3 output status=0
  shift 3
  output=$("$@" 2>&1) || status=$?
  if [[ $status == "$code" && $output == *"$text"* ]]; then ok "$name"; else fail "$name" "exit $status: $output"; fi
}

# Everything a fault may change and must put back. Timers tick by themselves.
snapshot() { # HOST
  "$LAB" exec "$1" -- bash -c '
    for command in "ip -j -d link" "bridge -j -d link"; do
      $command | jq -S "sort_by(.ifname) | walk(if type == \"object\" then with_entries(select(.key | test(\"_timer$|^topology_change|^ifindex$|^link$\") | not)) else . end)"
    done
    ip -4 -o addr; ip route show table all type unicast | sort; nft list ruleset; iptables-save 2>/dev/null | grep -v "^#"
    sysctl -a -r "^net.bridge|forwarding" 2>/dev/null; cat /etc/network/interfaces /etc/network/interfaces.d/*'
}
# The snapshot must be the same again, at once or a moment later.
check_same() { # NAME HOST FILE_BEFORE
  local k
  for k in 1 2 3 4 5; do
    snapshot "$2" >"$3.after"
    if cmp -s "$3" "$3.after"; then ok "$1"; return; fi
    sleep 0.3
  done
  fail "$1" "$(diff "$3" "$3.after" | head -n 6 | tr '\n' '|')"
}

lease() { "$LAB" lease "$@" 2>/dev/null; }
# Patient, because other work on the machine may slow the lab down; what must fail is not waited for that long.
lan_lease() { [[ $(lease "$1" "$2" --timeout "${LEASE_TIMEOUT:-15}") == 10.20.* ]]; }
host_ping() { "$LAB" exec "$1" -- ping -n -c 2 -i 0.2 -W 1 10.20.0.1; }
full_size_ping() { "$LAB" guest "$1" "$2" -- ping -n -c 2 -i 0.2 -W 1 -M do -s 1472 10.20.0.1; }
owners() { # HOST GUEST: how many MACs answer for the guest's address
  local address
  address=$("$LAB" guest "$1" "$2" -- ip -j -4 addr show eth0 | jq -r '.[0].addr_info[0].local')
  "$LAB" exec "$1" -- arping -c 3 -I br0 "$address" | grep -o '\[[0-9A-Fa-f:]*\]' | sort -u | wc -l
}

link_address() { "$LAB" exec "$1" -- cat "/sys/class/net/$2/address"; } # HOST LINK
# How many taps share their address with another one.
same_address() { "$LAB" exec "$1" -- ip -j link show master br0 | jq '[group_by(.address)[] | select(length > 1)[]] | length'; } # HOST
# Whether the file of br0 says what runs.
file_agrees() { # HOST
  # shellcheck disable=SC2016
  "$LAB" exec "$1" -- bash -c 'grep -q "bridge_stp off" /etc/network/interfaces.d/br0 && ip -4 -o addr show br0 | grep -qF " $(sed -n "s/ *address //p" /etc/network/interfaces.d/br0) "'
}

carrier_changes() { "$LAB" exec "$1" -- cat /sys/class/net/eno2/carrier_changes; } # HOST
is_flapping() { # HOST
  local before k
  before=$(carrier_changes "$1")
  for k in {1..20}; do
    [[ $(carrier_changes "$1") == "$before" ]] || return 0
    sleep 0.2
  done
  return 1
}
# Whether the guest's IPv6 is reached from the LAN, asked anew.
from_lan6() { # HOST GUEST
  local ns=cob-$COB_LAB_NAME-sw
  ip -n "$ns" -6 neigh flush dev sw0
  ip netns exec "$ns" ping -6 -n -q -c 1 -W 2 "$("$LAB" guest "$1" "$2" -- ip -j -6 addr show dev eth0 scope link | jq -r '.[0].addr_info[0].local')%sw0" >/dev/null
}
# Whether br0 takes one more port.
takes_port() { "$LAB" exec "$1" -- sh -c 'ip link add more type veth peer name more2 && ip link set more master br0; is=$?; ip link del more; exit $is'; } # HOST

# What shows each fault: nothing but the guest's own lease, unless it says otherwise here.
healthy() { # FAULT HOST GUEST
  case $1 in
    bridge.uplink-holds-ip) host_ping "$2" ;;
    mtu.path-mismatch | bridge.port-flags.uplink-no-learning) full_size_ping "$2" "$3" ;;
    addr.duplicate-ip) lan_lease "$2" "$3" && [[ $(owners "$2" "$3") == 1 ]] ;;
    addr.duplicate-mac) lan_lease "$2" "$3" && [[ $(same_address "$2") == 0 ]] ;;
    bridge.mac-changed) [[ $(link_address "$2" br0) == $(link_address "$2" eno2) ]] ;;
    host.config-drift*) file_agrees "$2" ;;
    nf.bridge-family-drop.arp) lan_lease "$2" "$3" && "$LAB" ping "$2" "$3" ;;
    switch.dhcp-snooping.ours) lan_lease "$2" "$3" && [[ ! -e /run/netns/cob-$COB_LAB_NAME-$2-elsewhere ]] ;;
    nic.link-errors) lan_lease "$2" "$3" && ! is_flapping "$2" ;;
    kernel.table-limit) lan_lease "$2" "$3" && takes_port "$2" ;;
    bridge.multicast-snooping) lan_lease "$2" "$3" && from_lan6 "$2" "$3" ;;
    bridge.macvtap-isolation) ! "$LAB" exec "$2" -- test -e /run/cob-macvtap.pid ;;
    *) lan_lease "$2" "$3" ;;
  esac
}
broken() {
  case $1 in
    bridge.uplink-holds-ip) ! host_ping "$2" ;;
    mtu.path-mismatch | bridge.port-flags.uplink-no-learning) lan_lease "$2" "$3" && ! full_size_ping "$2" "$3" ;;
    addr.duplicate-ip) [[ $(owners "$2" "$3") == 2 ]] ;;
    addr.duplicate-mac) [[ $(same_address "$2") == 2 ]] ;;
    bridge.mac-changed) [[ $(link_address "$2" br0) != $(link_address "$2" eno2) ]] ;;
    host.config-drift*) ! file_agrees "$2" ;;
    nf.bridge-family-drop.arp) lan_lease "$2" "$3" && ! "$LAB" ping "$2" "$3" ;;
    switch.dhcp-snooping.ours) lan_lease "$2" "$3" && ! ip netns exec "cob-$COB_LAB_NAME-$2-elsewhere" timeout 10 udhcpc -f -q -n -i eth0 -t 3 -T 1 -s /bin/true ;;
    nic.link-errors) is_flapping "$2" ;;
    kernel.table-limit) lan_lease "$2" "$3" && ! takes_port "$2" ;;
    bridge.multicast-snooping) ! from_lan6 "$2" "$3" ;;
    bridge.macvtap-isolation) "$LAB" exec "$2" -- sh -c 'test -e /run/cob-macvtap.pid && ip link show macvtap0 >/dev/null' ;;
    dhcp.rogue-server) [[ $(lease "$2" "$3") == 192.0.2.* ]] ;;
    dhcp.duplicate-client-id) one_address_for_two "$2" "$3" ;;
    # The lab's own client takes what it is given; a careful one finds each address in use.
    dhcp.nak-or-decline-loop) ! "$LAB" guest "$2" "$3" -- timeout 10 udhcpc -f -q -n -a -i eth0 -t 2 -T 1 -s /bin/true ;;
    *) ! lease "$2" "$3" ;;
  esac
}

# Two hardware addresses with one client id are offered the same.
one_address_for_two() { # HOST GUEST
  local given
  given=$("$LAB" guest "$1" "$2" -- timeout 10 udhcpc -f -q -n -i eth0 -t 3 -T 1 -x 0x3d:ff0102030405060708 -s /bin/true 2>&1 | grep -o 'lease of [0-9.]*')
  [[ -n $given && $given == "$(ip netns exec "cob-$COB_LAB_NAME-$1-clone" timeout 10 udhcpc -f -q -n -i eth0 -t 3 -T 1 -x 0x3d:ff0102030405060708 -s /bin/true 2>&1 | grep -o 'lease of [0-9.]*')" ]]
}

try_fault() { # FAULT HOST GUEST
  local before=$WORK/$1.$2 message
  check "$1: healthy before" healthy "$@"
  snapshot "$2" >"$before"
  if ! message=$("$LAB" fault inject "$1" "$2" "$3" 2>&1); then
    if [[ $message == *"this kernel has no"* || $message == *"not a libvirt guest"* || $message == *"not an --ovs host"* ]]; then skip "$1" "$message"; else fail "$1: inject" "$message"; fi
    return
  fi
  check "$1: broken" broken "$@"
  check "$1: heal" "$LAB" fault heal "$1" "$2" "$3"
  check_same "$1: the host is as before" "$2" "$before"
  check "$1: healthy again" healthy "$@"
}

try_condition() { # NAME HOST
  local before=$WORK/$1.$2
  snapshot "$2" >"$before"
  check "$1: set" "$LAB" condition set "$1" "$2"
  case $1 in
    guest-shut-off | no-guests)
      check_not "$1: no tap" "$LAB" exec "$2" -- ip link show vnet0
      check_not "$1: no lease" "$LAB" lease "$2" vm1 ;;
    static-address-guest)
      check "$1: the guest reaches the LAN" "$LAB" ping "$2" vm1
      check_not "$1: no DHCP client" "$LAB" lease "$2" vm1 ;;
    paused-guest) check_not "$1: no lease" "$LAB" lease "$2" vm1 ;;
    *) check "$1: the guest has a lease" lan_lease "$2" vm1 ;;
  esac
  check "$1: clear" "$LAB" condition clear "$1" "$2"
  # A guest that was off comes back with a new device of the same name.
  sed -i -E '/"(ifindex|link_index|link)":/d' "$before"
  snapshot "$2" | sed -E '/"(ifindex|link_index|link)":/d' >"$before.after"
  if cmp -s "$before" "$before.after"; then ok "$1: the host is as before"; else fail "$1: the host is as before" "$(diff "$before" "$before.after" | head -n 6 | tr '\n' '|')"; fi
  check "$1: lease afterwards" lan_lease "$2" vm1
}
