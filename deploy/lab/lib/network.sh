# The world outside the hosts: the switch with its DHCP server, and the controller (where the bot runs).

command_up() {
  need_root
  local controller=private hosts=0 n
  while (($#)); do
    case $1 in
      --controller) controller=${2:-}; shift ;;
      --controller=*) controller=${1#*=} ;;
      --hosts) hosts=${2:-}; shift ;;
      --hosts=*) hosts=${1#*=} ;;
      *) usage_error "up: unknown argument '$1'" up ;;
    esac
    shift || usage_error "up: a value is missing" up
  done
  [[ $controller == private || $controller == root ]] || usage_error "up: --controller is 'private' or 'root'" up
  [[ $hosts =~ ^[0-9]{1,4}$ ]] || usage_error "up: --hosts wants a number" up
  if [[ $controller == root && -e /sys/class/net/cob-mgmt ]]; then
    die "the root namespace has a cob-mgmt already (another lab with --controller root): take that one down first, or use --controller private"
  fi
  "$COB_LAB_HOME/packages.sh"
  # mkdir is the lock against a second start: it succeeds for one caller only.
  mkdir -m 0755 "$STATE" 2>/dev/null ||
    die "a lab '$COB_LAB_NAME' is up already ($STATE exists). Take it down with 'COB_LAB_NAME=$COB_LAB_NAME lab down', or use another name: COB_LAB_NAME=mine lab up"
  trap 'trap - EXIT INT TERM HUP; say "lab: up failed, removing what was made"; take_down' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  mkdir "$STATE/hosts" "$STATE/namespaces"
  echo "$controller" >"$STATE/controller"
  make_keys
  make_switch
  make_controller "$controller"
  start_dhcp_server
  : >"$STATE/known_hosts"
  : >"$STATE/ready"
  write_books
  for ((n = 0; n < hosts; n++)); do add_host "host$((42 + n))"; done
  trap - EXIT INT TERM HUP
  say "lab '$COB_LAB_NAME' is up$( ((!hosts)) || echo " with $hosts host(s)"); 'lab env' prints where its files are"
}

make_keys() {
  ssh-keygen -q -t ed25519 -N '' -C "cob-$COB_LAB_NAME" -f "$STATE/key"
}

make_switch() {
  make_namespace sw
  local sw
  sw=$(ns_name sw)
  # mgmt0 joins the management NICs; sw0 is the switch the uplinks are plugged into. The switch
  # routes between the two only for --controller root, where the bot has no leg on sw0.
  ip -n "$sw" -batch - <<END
link set lo up
link add sw0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0
link set sw0 address 02:c0:b0:00:00:01
addr add $SUBNET_LAN.0.1/16 dev sw0
link set sw0 up
link add mgmt0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0
link set mgmt0 address 02:c0:b0:00:00:02
addr add $SUBNET_MGMT.255.2/16 dev mgmt0
link set mgmt0 up
END
  # A switch does not filter what it forwards.
  on_switch sh -c 'cd /proc/sys/net/bridge && for f in bridge-nf-call-*; do echo 0 >$f; done
    echo 1 >/proc/sys/net/ipv4/ip_forward'
}

make_controller() { # private|root
  local sw ctl
  sw=$(ns_name sw)
  if [[ $1 == root ]]; then
    ip link add cob-mgmt type veth peer name ctl0 netns "$sw"
    ip -n "$sw" link set ctl0 master mgmt0 up
    ip addr add "$SUBNET_MGMT.$CONTROLLER_SUFFIX/16" dev cob-mgmt
    ip link set cob-mgmt up
    return
  fi
  make_namespace ctl
  ctl=$(ns_name ctl)
  ip -n "$ctl" -batch - <<END
link set lo up
link add mgmt type veth peer name ctl0 netns $sw
link add lan type veth peer name ctl1 netns $sw
addr add $SUBNET_MGMT.$CONTROLLER_SUFFIX/16 dev mgmt
addr add $SUBNET_LAN.$CONTROLLER_SUFFIX/16 dev lan
link set mgmt up
link set lan up
END
  ip -n "$sw" -batch - <<END
link set ctl0 master mgmt0 up
link set ctl1 master sw0 up
END
}

start_dhcp_server() { # [MORE_OPTIONS...]; COB_RANGE=FIRST,LAST for another range than the usual one
  on_switch env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin dnsmasq --conf-file=/dev/null --user=root --group=root \
    --port=0 --interface=sw0 --bind-interfaces --no-ping --dhcp-authoritative --log-dhcp \
    --dhcp-range="${COB_RANGE:-$SUBNET_LAN.100.1,$SUBNET_LAN.199.254},255.255.0.0,10m" \
    --dhcp-option=option:router,$SUBNET_LAN.0.1 --dhcp-leasefile="$STATE/dnsmasq.leases" \
    --log-facility="$STATE/dnsmasq.log" --pid-file="$STATE/dnsmasq.pid" "$@" ||
    die "the DHCP server of the switch did not start; see $STATE/dnsmasq.log"
}
stop_dhcp_server() {
  local pid
  pid=$(cat "$STATE/dnsmasq.pid" 2>/dev/null) || return 0
  kill "$pid" 2>/dev/null || true
  wait_until 20 process_gone "$pid"
  rm -f "$STATE/dnsmasq.pid"
}

# inventory.yaml and ssh_config are written anew from hosts/*, so they never disagree.
write_books() {
  local host address dir
  {
    echo "hosts:"
    for host in $(list_hosts); do
      dir=$(host_dir "$host")
      echo "  - { name: $host, address: $(<"$dir/address"), port: 22, user: ops, bridges: [$(<"$dir/bridges")] }"
    done
  } >"$STATE/inventory.yaml.new"
  {
    for host in $(list_hosts); do
      address=$(<"$(host_dir "$host")/address")
      printf 'Host %s %s\n  HostName %s\n' "$host" "$address" "$address"
    done
    printf 'Host *\n  User ops\n  IdentityFile %s\n  IdentitiesOnly yes\n  UserKnownHostsFile %s\n' "$STATE/key" "$STATE/known_hosts"
    printf '  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking yes\n  BatchMode yes\n'
  } >"$STATE/ssh_config.new"
  [[ -n $(list_hosts) ]] || sed -i 's/^hosts:$/hosts: []/' "$STATE/inventory.yaml.new"
  mv "$STATE/inventory.yaml.new" "$STATE/inventory.yaml"
  mv "$STATE/ssh_config.new" "$STATE/ssh_config"
}

command_ctl() {
  need_lab
  [[ ${1:-} != -- ]] || shift
  (($#)) || usage_error "ctl: which command?" ctl
  if [[ $(<"$STATE/controller") == root ]]; then exec "$@"; fi
  exec nsenter --net="/run/netns/$(ns_name ctl)" -- "$@"
}

command_env() {
  (($# == 0)) || usage_error "env takes no arguments" env
  printf '%s=%s\n' COB_LAB_DIR "$STATE" COB_LAB_INVENTORY "$STATE/inventory.yaml" COB_LAB_KNOWN_HOSTS "$STATE/known_hosts" \
    COB_LAB_KEY "$STATE/key" COB_LAB_SSH_CONFIG "$STATE/ssh_config"
}
