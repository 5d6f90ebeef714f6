# Hosts with --ovs: br0 is a bridge of Open vSwitch with its userspace datapath, which needs nothing of the kernel but taps. Its database and
# daemons are the host's own, in its own /run.

is_ovs_host() { [[ -e $(host_dir "$1")/ovs ]]; } # HOST

start_ovs() { # HOST
  local host=$1 suffix
  suffix=$(<"$(host_dir "$host")/suffix")
  : >"$(host_dir "$host")/ovs"
  # Frames leave the kernel on their way through the userspace datapath, so their checksums have to be there, as on a real wire.
  on_switch ethtool -K "$(port_of "$host")" tx off >/dev/null
  on_host "$host" bash -euc '
    run=/run/openvswitch
    mkdir -p "$run"
    ovsdb-tool create "$run/conf.db" /usr/share/openvswitch/vswitch.ovsschema
    ovsdb-server "$run/conf.db" --remote=punix:"$run/db.sock" --pidfile="$run/ovsdb-server.pid" --detach --log-file=/dev/null
    ovs-vsctl --no-wait init
    ovs-vswitchd --pidfile="$run/ovs-vswitchd.pid" --detach --log-file=/dev/null
    ovs-vsctl --timeout=10 add-br br0 -- set bridge br0 datapath_type=netdev -- add-port br0 eno2
    ip addr add "$1" dev br0
    ip link set br0 up
    ip route add default via "$2"' ovs "$SUBNET_LAN.$suffix/16" "$SUBNET_LAN.0.1" </dev/null >>"$(host_dir "$host")/setup.log" 2>&1 ||
    die "Open vSwitch did not start on '$host'; see $(host_dir "$host")/setup.log"
}

need_ovs() { is_ovs_host "$1" || refuse "host '$1' is not an --ovs host"; } # HOST
