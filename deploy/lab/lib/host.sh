# A KVM host: allocate a number, plug its NICs in, start its root (hostinit.pl runs hostroot.sh), add guests.

command_host_add() {
  local name=${1:-} guests=1 bridges=1
  [[ -n $name && $name != -* ]] || usage_error "host add: the host's name comes first" host
  shift
  HOST_MGMT_ON_BRIDGE=0 HOST_LIBVIRT=0 HOST_IFUPDOWN=0 HOST_NO_SUDO=0 HOST_OVS=0 HOST_SYSTEM=
  while (($#)); do
    case $1 in
      --guests) guests=${2:-}; shift ;;
      --bridges) bridges=${2:-}; shift ;;
      --mgmt-on-bridge) HOST_MGMT_ON_BRIDGE=1 ;;
      --libvirt) HOST_LIBVIRT=1 ;;
      --ovs) HOST_OVS=1 ;;
      --ifupdown) HOST_IFUPDOWN=1 ;;
      --no-sudo) HOST_NO_SUDO=1 ;;
      --system) HOST_SYSTEM=${2:-}; shift ;;
      *) usage_error "host add: unknown argument '$1'" host ;;
    esac
    shift || usage_error "host add: a value is missing" host
  done
  [[ $guests =~ ^[0-9]{1,2}$ ]] || usage_error "host add: --guests wants a number up to 99" host
  [[ $bridges =~ ^[1-4]$ ]] || usage_error "host add: --bridges wants 1 to 4" host
  ((!HOST_OVS || (bridges == 1 && !HOST_LIBVIRT && !HOST_IFUPDOWN && !HOST_MGMT_ON_BRIDGE))) ||
    usage_error "host add: --ovs goes with --guests and --no-sudo only" host
  [[ -z $HOST_SYSTEM || -x $HOST_SYSTEM/usr/sbin/sshd ]] || die "host add: there is no system with an SSH server below '$HOST_SYSTEM'"
  ((!HOST_LIBVIRT && !HOST_OVS)) || [[ -z $HOST_SYSTEM ]] || usage_error "host add: --libvirt and --ovs use the machine's own system" host
  check_host_name "$name"
  need_lab
  [[ ! -e $(host_dir "$name") ]] || die "there is a host '$name' already: remove it with 'lab host remove $name'"
  ((HOST_LIBVIRT == 0)) || "$COB_LAB_HOME/packages.sh" --libvirt
  ((HOST_OVS == 0)) || "$COB_LAB_HOME/packages.sh" --ovs
  trap 'trap - EXIT INT TERM HUP; say "lab: host add failed, removing what was made"; remove_host "'"$name"'"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  add_host "$name" "$guests" "$bridges"
  trap - EXIT INT TERM HUP
}

command_host_remove() {
  (($# == 1)) || usage_error "host remove: one host name" host
  need_lab
  [[ -d $(host_dir "$1") ]] || die "no host '$1' (there is: $(list_hosts | tr '\n' ' '))"
  remove_host "$1"
}

add_host() { # NAME [GUESTS] [BRIDGES]; options in HOST_*
  local host=$1 guests=${2:-1} bridges=${3:-1} number dir k
  dir=$(host_dir "$host")
  lock
  mkdir "$dir" || die "there is a host '$host' already"
  number=$(free_number "$host")
  echo "$number" >"$dir/number"
  unlock
  mkdir "$dir/guests" "$dir/saved" "$dir/root"
  echo 0 >"$dir/next_vnet"
  seq -s ', ' -f 'br%g' 0 $((bridges - 1)) >"$dir/bridges"
  number_suffix "$number" >"$dir/suffix"
  if ((${HOST_MGMT_ON_BRIDGE:-0})); then
    echo "$SUBNET_LAN.$(<"$dir/suffix")"
  else
    echo "$SUBNET_MGMT.$(<"$dir/suffix")"
  fi >"$dir/address"
  make_namespace "$host"
  plug_in "$host" "$number" "$bridges"
  start_root "$host" "$bridges"
  if ((${HOST_LIBVIRT:-0})); then start_libvirt "$host"; fi
  if ((${HOST_OVS:-0})); then start_ovs "$host"; fi
  for ((k = 1 + ${HOST_LIBVIRT:-0}; k <= guests; k++)); do add_guest "$host" "vm$k"; done
  lock
  printf '%s %s\n' "$(<"$dir/address")" "$(<"$dir/hostkey.pub")" >>"$STATE/known_hosts"
  : >"$dir/ready"
  write_books
  unlock
}

# host42 is number 42 everywhere: 10.99.0.42, 10.20.0.42. Other names take the first free one from 201.
free_number() { # NAME
  local used n
  used=" $(cat "$STATE"/hosts/*/number 2>/dev/null | tr '\n' ' ') "
  if [[ $1 =~ ^[a-z]+([1-9][0-9]{0,3})$ ]] && n=${BASH_REMATCH[1]} && ((n >= 2)) && [[ $used != *" $n "* ]]; then
    echo "$n"
    return
  fi
  for ((n = 201; n < 25000; n++)); do [[ $used == *" $n "* ]] || { echo $n; return; }; done
  die "no free host number"
}
number_suffix() { echo "$(($1 >> 8)).$(($1 & 255))"; }
nic_mac() { printf '3c:ec:ef:%02x:%02x:%02x' "$1" $(($2 >> 8)) $(($2 & 255)); } # NIC NUMBER

# Bridge k has uplink eno(2+k); its other end is port p<host> (k=0) or p<host>-k of the switch.
switch_port() { if (($2)); then echo "p$1-$2"; else echo "p$1"; fi; } # HOST BRIDGE_INDEX

plug_in() { # HOST NUMBER BRIDGES
  local host=$1 number=$2 bridges=$3 ns sw k suffix
  ns=$(ns_name "$host") sw=$(ns_name sw) suffix=$(number_suffix "$number")
  {
    echo "link set lo up"
    if ((!${HOST_MGMT_ON_BRIDGE:-0})); then
      echo "link add eno1 address $(nic_mac 1 "$number") type veth peer name m$host netns $sw"
      ((${HOST_IFUPDOWN:-0})) || printf '%s\n' "addr add $SUBNET_MGMT.$suffix/16 dev eno1" "link set eno1 up"
    fi
    for ((k = 0; k < bridges; k++)); do
      echo "link add eno$((2 + k)) address $(nic_mac $((2 + k)) "$number") type veth peer name $(switch_port "$host" $k) netns $sw"
      if ((${HOST_OVS:-0})); then
        echo "link set eno$((2 + k)) up"
      elif ((!${HOST_IFUPDOWN:-0})); then
        printf '%s\n' "link add br$k type bridge stp_state 0 forward_delay 0" "link set eno$((2 + k)) master br$k" \
          "link set eno$((2 + k)) up" "link set br$k up"
      fi
    done
    ((${HOST_IFUPDOWN:-0} || ${HOST_OVS:-0})) || printf '%s\n' "addr add $SUBNET_LAN.$suffix/16 dev br0" "route add default via $SUBNET_LAN.0.1 dev br0"
  } | ip -n "$ns" -batch -
  {
    ((${HOST_MGMT_ON_BRIDGE:-0})) || echo "link set m$host master mgmt0 up"
    for ((k = 0; k < bridges; k++)); do echo "link set $(switch_port "$host" $k) master sw0 up"; done
  } | ip -n "$sw" -batch -
  # The bot in the root namespace reaches br0's address through the switch, which routes.
  if ((${HOST_MGMT_ON_BRIDGE:-0})) && [[ $(<"$STATE/controller") == root ]]; then
    ip route add "$SUBNET_LAN.$suffix/32" via "$SUBNET_MGMT.255.2" dev cob-mgmt
  fi
}

start_root() { # HOST BRIDGES
  local host=$1 dir
  dir=$(host_dir "$host")
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 LAB_HOST="$host" LAB_DIR="$dir" LAB_SUFFIX="$(<"$dir/suffix")" \
    LAB_KEY="$(<"$STATE/key.pub")" LAB_BRIDGES="$2" LAB_LAN="$SUBNET_LAN" LAB_MGMT="$SUBNET_MGMT" \
    LAB_MGMT_ON_BRIDGE="${HOST_MGMT_ON_BRIDGE:-0}" LAB_IFUPDOWN="${HOST_IFUPDOWN:-0}" LAB_NO_SUDO="${HOST_NO_SUDO:-0}" LAB_SYSTEM="${HOST_SYSTEM:-}" \
    nsenter --net="/run/netns/$(ns_name "$host")" -- \
    perl "$COB_LAB_HOME/lib/hostinit.pl" "$dir/setup.log" bash "$COB_LAB_HOME/lib/hostroot.sh" >"$dir/pid" || {
    sed 's/^/    /' "$dir/setup.log" >&2
    die "the root of host '$host' could not be made (log above)"
  }
}

remove_host() { # NAME; works on half-made hosts too
  local host=$1 dir ns port names=()
  dir=$(host_dir "$host")
  undo_all "$host"
  # The host's own namespace and those of its guests and of whatever a fault put beside it.
  for ns in "$STATE/namespaces/$(ns_name "$host")" "$STATE/namespaces/$(ns_name "$host")"-{vm*,rogue,dup,ctr}; do
    [[ ! -e $ns ]] || names+=("${ns##*/}")
  done
  kill_inside "${names[@]}"
  if [[ $(<"$STATE/controller") == root && -e $dir/address ]]; then
    ip route del "$(<"$dir/address")/32" dev cob-mgmt 2>/dev/null || true
  fi
  for ns in "${names[@]}"; do
    [[ ! -e /run/netns/$ns ]] || ip netns del "$ns"
    rm -f "$STATE/namespaces/$ns"
  done
  # The switch's ends go with the host's ends, but only when the kernel gets round to it.
  for port in "m$host" "p$host" "p$host-1" "p$host-2" "p$host-3" "d$host"; do echo "link del $port"; done |
    ip -n "$(ns_name sw)" -force -batch - 2>/dev/null || true
  lock
  if [[ -e $dir/address ]]; then sed -i "\|^$(<"$dir/address") |d" "$STATE/known_hosts"; fi
  rm -rf --one-file-system "$dir"
  write_books
  unlock
}

# Some faults change the switch or the DHCP server; they must not outlive the host.
undo_all() { # HOST
  local file kind id key
  [[ -e $(host_dir "$1")/ready ]] || return 0
  for file in "$(host_dir "$1")"/saved/*/active; do
    [[ -e $file ]] || continue
    read -r kind id key <"$file"
    if [[ $kind == fault ]]; then (command_fault_heal "$id" "$1" "${key/#host/vm1}") || true; else (command_condition_clear "$id" "$1") || true; fi
  done
}

command_exec() {
  local host=${1:-} user=root
  [[ -n $host ]] || usage_error "exec: which host?" exec
  shift
  while (($#)); do
    case $1 in
      --user) user=${2:-}; shift 2 || usage_error "exec: --user wants a name" exec ;;
      --) shift; break ;;
      -*) usage_error "exec: unknown option '$1'" exec ;;
      *) break ;;
    esac
  done
  (($#)) || usage_error "exec: which command?" exec
  need_host "$host"
  if [[ $user == root ]]; then on_host "$host" "$@"; return; fi
  on_host "$host" runuser -u "$user" -- env "HOME=/home/$user" "USER=$user" "LOGNAME=$user" "$@"
}
