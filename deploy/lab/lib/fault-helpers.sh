# What fault and condition files use: names of things, and saving and restoring the state they change.

UPLINK=eno2
tap_of() { cat "$(host_dir "$1")/guests/$2/tap"; }          # HOST GUEST
mac_of() { cat "$(host_dir "$1")/guests/$2/mac"; }          # HOST GUEST
port_of() { echo "p$1"; }                                    # HOST: the switch's end of the uplink
br0_address() { echo "$SUBNET_LAN.$(<"$(host_dir "$1")/suffix")"; }

save() { cat >"$SAVED/$1"; }                                 # KEY, value on stdin
saved() { cat "$SAVED/$1"; }                                 # KEY

# Bridge port: master, flags, cost, priority, state, MTU, MAC, admin state.
port_save() { # HOST DEV
  on_host "$1" ip -j -d link show dev "$2" | jq '.[0]' | save "port-$2"
}
port_restore() { # HOST DEV
  on_host "$1" bash -c "$PORT_RESTORE" port_restore "$2" <<<"$(saved "port-$2")"
}
# Runs inside the host with the saved JSON on stdin. Sets only what differs: setting a port's state or cost
# to the value it has is not always a no-op for the kernel.
PORT_RESTORE=$(cat <<'END'
set -eu
dev=$1 want=$(cat)
now() { ip -j -d link show dev "$dev" | jq '.[0]'; }
get() { jq -r "$1 // empty" <<<"$2"; }
have=$(now)
if [[ $(get .master "$want") != $(get .master "$have") ]]; then
  master=$(get .master "$want")
  if [[ -n $master ]]; then ip link set "$dev" master "$master"; else ip link set "$dev" nomaster; fi
fi
[[ $(get .address "$want") == $(get .address "$have") ]] || ip link set "$dev" address "$(get .address "$want")"
[[ $(get .mtu "$want") == $(get .mtu "$have") ]] || ip link set "$dev" mtu "$(get .mtu "$want")"
if jq -e '.flags | index("UP")' <<<"$want" >/dev/null; then ip link set "$dev" up; else ip link set "$dev" down; fi
[[ -n $(get .master "$want") ]] || exit 0
have=$(now)
for flag in hairpin guard root_block fastleave learning flood mcast_flood bcast_flood neigh_suppress isolated locked; do
  w=$(jq -r ".linkinfo.info_slave_data.$flag" <<<"$want") h=$(jq -r ".linkinfo.info_slave_data.$flag" <<<"$have")
  [[ $w == "$h" || $w == null ]] && continue
  if [[ $w == true ]]; then bridge link set dev "$dev" "$flag" on; else bridge link set dev "$dev" "$flag" off; fi
done
for number in cost priority; do
  w=$(get .linkinfo.info_slave_data.$number "$want") h=$(get .linkinfo.info_slave_data.$number "$have")
  [[ $w == "$h" ]] || bridge link set dev "$dev" "$number" "$w"
done
state=$(get .linkinfo.info_slave_data.state "$want")
# A link that just came up reaches its state a moment later by itself.
for _ in 1 2 3 4 5; do
  [[ $(get .linkinfo.info_slave_data.state "$(now)") == "$state" ]] && exit 0
  sleep 0.05
done
case $state in disabled) n=0 ;; listening) n=1 ;; learning) n=2 ;; forwarding) n=3 ;; blocking) n=4 ;; esac
bridge link set dev "$dev" state "$n"
END
)

# The kernel forgets routes when their device goes down.
routes_save() { on_host "$1" ip route show table main | save routes; }
routes_restore() { # HOST
  local line
  # Direct routes first: the default route needs its gateway reachable.
  { saved routes | grep -v via || true; saved routes | grep via || true; } | while read -r line; do
    # shellcheck disable=SC2086
    on_host "$1" ip route replace ${line/linkdown/} </dev/null
  done
}

sysctl_save() { on_host "$1" sysctl -n "$2" | save "sysctl-$2"; }   # HOST NAME
sysctl_restore() { on_host "$1" sysctl -qw "$2=$(saved "sysctl-$2")"; }

# nft cannot load again what iptables-nft made, so tables that were not there before are deleted instead.
tables_save() { on_host "$1" nft list tables | save tables; }
tables_restore() { # HOST
  local line
  on_host "$1" nft list tables | { grep -vxFf "$SAVED/tables" || true; } | while read -r line; do
    # shellcheck disable=SC2086
    on_host "$1" nft delete $line </dev/null
  done
}

# One more NIC, unplugged from nothing: its other end is a port of the switch. INDEX 1..3 makes eno3..eno5.
plug_nic() { # HOST INDEX
  local nic=eno$((2 + $2)) port
  port=$(switch_port "$1" "$2")
  ip -n "$(ns_name "$1")" link add "$nic" address "$(nic_mac $((2 + $2)) "$(<"$(host_dir "$1")/number")")" \
    type veth peer name "$port" netns "$(ns_name sw)"
  on_switch ip link set "$port" master sw0 up
}
unplug_nic() { on_host "$1" ip link del "eno$((2 + $2))" || true; } # HOST INDEX
need_free() { # HOST LINK
  ! on_host "$1" ip link show dev "$2" >/dev/null 2>&1 || refuse "host '$1' has a $2 already: use another host"
}

# Files of the host's /etc, to be put back as they were.
file_save() { on_host "$1" cat "$2" | save "file-${2//\//-}"; }     # HOST PATH
file_restore() { on_host "$1" tee "$2" <"$SAVED/file-${2//\//-}" >/dev/null; }
