# Guests: a tap on the host's bridge, a namespace behind it, and in it a real DHCP client that never gives up.

add_guest() { # HOST GUEST
  local host=$1 guest=$2 dir k number mac ns
  dir=$(host_dir "$host")
  mkdir "$dir/guests/$guest"
  k=${guest#vm} number=$(<"$dir/number")
  mac=$(printf '%02x:%02x:%02x' $((number >> 8)) $((number & 255)) "$k")
  echo "52:54:00:$mac" >"$dir/guests/$guest/mac"
  echo br0 >"$dir/guests/$guest/bridge"
  make_namespace "$host-$guest"
  start_guest "$host" "$guest"
}

# "Power on". The tap gets the next free number of the host, as libvirt does it.
start_guest() { # HOST GUEST [TAP]
  local host=$1 guest=$2 dir tap mac
  dir=$(host_dir "$host")/guests/$guest
  mac=$(<"$dir/mac")
  tap=${3:-$(next_tap "$host")}
  echo "$tap" >"$dir/tap"
  nsenter --net="/run/netns/$(ns_name "$host")" --pid="/proc/$(<"$(host_dir "$host")/pid")/ns/pid" -- \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin perl "$COB_LAB_HOME/lib/relay.pl" "$guest" "$tap" "/run/netns/$(guest_ns "$host" "$guest")" ${GUEST_IS_STRICT:+strict}
  ip -n "$(guest_ns "$host" "$guest")" -batch - <<END
link set lo up
link set eth0 address $mac
link set eth0 up
END
  # libvirt's rule: the guest's MAC with fe in front, so that it never becomes the bridge's MAC.
  ip -n "$(ns_name "$host")" -batch - <<END
link set $tap address fe:${mac#52:}
$(is_ovs_host "$host" || echo "link set $tap master $(<"$dir/bridge")")
link set $tap up
END
  ! is_ovs_host "$host" || on_host "$host" ovs-vsctl --timeout=10 -- --may-exist add-port br0 "$tap"
  # libvirt gives its taps no queue of their own; Open vSwitch resets the queue of a port that it takes.
  is_ovs_host "$host" || tc -n "$(ns_name "$host")" qdisc replace dev "$tap" root noqueue
  start_client "$host" "$guest"
}
next_tap() { # HOST
  local n file
  file=$(host_dir "$1")/next_vnet
  n=$(<"$file")
  echo $((n + 1)) >"$file"
  echo "vnet$n"
}

# "Power off": the relay holds both taps, so they go with it.
stop_guest() { # HOST GUEST
  local ns
  ns=$(guest_ns "$1" "$2")
  stop_client "$1" "$2"
  kill_inside "$ns"
}

# The guest's DHCP client. It runs in the host's pid namespace only to die with it.
start_client() { # HOST GUEST; where the file "careful" is, it asks by ARP whether its address is in use
  local dir careful=()
  dir=$(host_dir "$1")/guests/$2
  rm -f "$dir/lease"
  [[ ! -e $dir/careful ]] || careful=(-a)
  nsenter --net="/run/netns/$(guest_ns "$1" "$2")" --pid="/proc/$(<"$(host_dir "$1")/pid")/ns/pid" -- \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LEASE_FILE="$dir/lease" \
    setsid --fork udhcpc -f "${careful[@]}" -i eth0 -t 3 -T 1 -A 2 -s "$COB_LAB_HOME/lib/udhcpc-event.sh" </dev/null >"$dir/udhcpc.log" 2>&1
}
stop_client() { # HOST GUEST
  local ns pid
  ns=$(guest_ns "$1" "$2")
  for pid in $(ip netns pids "$ns"); do
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) == udhcpc ]] || continue
    kill -9 "$pid" 2>/dev/null || true
    wait_until 20 process_gone "$pid" || true
  done
  ip -n "$ns" -4 addr flush dev eth0 2>/dev/null || true
}

# A guest that wants something of the gateway once a second, and so asks for it by ARP again and again while nobody answers.
start_talk() { # HOST GUEST
  nsenter --net="/run/netns/$(guest_ns "$@")" --pid="/proc/$(<"$(host_dir "$1")/pid")/ns/pid" -- \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin setsid --fork ping -n -q -i 1 "$SUBNET_LAN.0.1" </dev/null >/dev/null 2>&1
}
stop_talk() { # HOST GUEST
  local pid
  for pid in $(ip netns pids "$(guest_ns "$@")"); do
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) != ping ]] || kill -9 "$pid" 2>/dev/null || true
  done
}

# Restarts the client without its address, as if the guest had just booted, and waits for a lease.
command_lease() {
  local host=${1:-} guest=${2:-} timeout='' address end
  [[ -n $host && -n $guest ]] || usage_error "lease: HOST and GUEST" lease
  shift 2
  while (($#)); do
    case $1 in
      --timeout) timeout=${2:-}; shift 2 || usage_error "lease: --timeout wants seconds" lease ;;
      *) usage_error "lease: unknown argument '$1'" lease ;;
    esac
  done
  [[ $timeout =~ ^[0-9]{0,4}$ ]] || usage_error "lease: --timeout wants whole seconds" lease
  need_guest "$host" "$guest"
  if is_libvirt_guest "$host" "$guest"; then libvirt_lease "$host" "$guest" "${timeout:-25}"; return; fi
  [[ ! -e $(host_dir "$host")/guests/$guest/static ]] || die "guest '$guest' has a static address and no DHCP client"
  [[ ! -e $(host_dir "$host")/guests/$guest/off ]] || die "guest '$guest' is shut off"
  stop_client "$host" "$guest"
  start_client "$host" "$guest"
  address=$(host_dir "$host")/guests/$guest/lease
  # A little over S, so that an answer to the last request still counts. EPOCHREALTIME without its point is microseconds.
  end=$((${EPOCHREALTIME/./} + ${timeout:-3} * 1000000 + 300000))
  while ((${EPOCHREALTIME/./} < end)); do
    [[ ! -s $address ]] || { cat "$address"; return; }
    sleep 0.05
  done
  say "no lease within ${timeout:-3} s"
  return 1
}

command_ping() {
  (($# == 2 || $# == 3)) || usage_error "ping: HOST GUEST [ADDRESS]" ping
  need_guest "$1" "$2"
  in_ns "$1-$2" ping -n -c 2 -i 0.2 -W 1 "${3:-$SUBNET_LAN.0.1}"
}

command_guest() {
  local host=${1:-} guest=${2:-}
  [[ -n $host && -n $guest ]] || usage_error "guest: HOST GUEST -- COMMAND" guest
  shift 2
  [[ ${1:-} != -- ]] || shift
  (($#)) || usage_error "guest: which command?" guest
  need_guest "$host" "$guest"
  ! is_libvirt_guest "$host" "$guest" || die "'$guest' is a real QEMU domain without a system in it: only 'lab lease' works on it"
  in_ns "$host-$guest" "$@"
}

power_off() { stop_guest "$1" "$2"; : >"$(host_dir "$1")/guests/$2/off"; } # HOST GUEST
power_on() { rm -f "$(host_dir "$1")/guests/$2/off"; start_guest "$1" "$2" "$(<"$(host_dir "$1")/guests/$2/tap")"; }
