# ISC dhcpd and Kea on a KVM host itself, serving br0 while the switch passes none of its DHCP on. Used by fault and condition files.
# They log as on a host with a journal or a syslog: lines of /var/log/syslog.

OWN_RANGE_FIRST=$SUBNET_LAN.0.200
own_server_prepare() { # HOST SERVER
  # dhcpd is looked for on the machine: a host that was there before the package does not see it.
  on_host "$1" sh -c "command -v $2 >/dev/null" </dev/null || refuse "'$2' is not installed on host '$1': run deploy/lab/packages.sh --dhcp, then make the host anew"
  on_switch nft -f - <<END
table netdev ownserver-$1 {
  chain ingress {
    type filter hook ingress device "$(port_of "$1")" priority filter; policy accept;
    udp dport 67 drop
  }
}
END
}
own_server_undo() { # HOST
  on_host "$1" sh -c 'for f in /run/cob-dhcp.pid; do
      pid=$(cat "$f" 2>/dev/null) && kill "$pid" 2>/dev/null && while [ -e "/proc/$pid" ]; do sleep 0.05; done
    done
    rm -rf /run/cob-dhcp.* /run/kea /etc/dhcp/dhcpd.conf /etc/kea/kea-dhcp4.conf /var/lib/dhcp/dhcpd.leases* /var/lib/kea/kea-leases4.csv* /var/log/syslog' || true
  on_switch nft delete table netdev "ownserver-$1" 2>/dev/null || true
}

# Starts a server; returns when it serves or has given up. Its lines get the head that syslog gives them.
own_server_run() { # HOST PROGRAM READY_REGEX COMMAND...
  local host=$1 program=$2 ready=$3
  shift 3
  on_host "$host" sh -c ': >/var/log/syslog; program=$1; shift
    setsid sh -c '\''echo $$ >/run/cob-dhcp.pid; exec "$@"'\'' sh "$@" 2>&1 </dev/null |
      setsid perl -MPOSIX=strftime -ne "BEGIN { \$| = 1 } print strftime(\"%b %e %H:%M:%S\", localtime), \" host $program\[1]: \$_\"" >/var/log/syslog 2>/dev/null &' sh "$program" "$@"
  wait_until 100 on_host "$host" grep -qE "$ready" /var/log/syslog || die "$program on host '$host' did not start: $(on_host "$host" tail -n 2 /var/log/syslog)"
}

# ISC dhcpd. SUBNET and NETMASK tell whether it serves br0's network; the one lease, if any, belongs to another machine.
isc_start() { # HOST SUBNET NETMASK FIRST LAST [TAKEN]
  own_server_prepare "$1" dhcpd
  on_host "$1" sh -c 'mkdir -p /etc/dhcp /var/lib/dhcp; cat >/etc/dhcp/dhcpd.conf' <<END
authoritative;
ping-check false;
default-lease-time 600;
max-lease-time 600;
subnet $2 netmask $3 {
  range $4 $5;
  option routers $SUBNET_LAN.0.1;
}
END
  if [[ -n ${6:-} ]]; then
    printf 'lease %s {\n  starts 0 2026/01/04 00:00:00;\n  ends 0 2099/01/04 00:00:00;\n  binding state active;\n  hardware ethernet 52:54:00:ff:ff:fe;\n}\n' "$6"
  fi | on_host "$1" sh -c 'cat >/var/lib/dhcp/dhcpd.leases'
  own_server_run "$1" dhcpd 'Server starting service|Not configured to listen|exiting' \
    dhcpd -4 -f -d -cf /etc/dhcp/dhcpd.conf -lf /var/lib/dhcp/dhcpd.leases -pf /run/cob-dhcp.isc br0
}

kea_start() { # HOST INTERFACE FIRST LAST [TAKEN]
  own_server_prepare "$1" kea-dhcp4
  on_host "$1" sh -c 'mkdir -p /etc/kea /var/lib/kea /run/kea; cat >/etc/kea/kea-dhcp4.conf' <<END
{ "Dhcp4": {
  "interfaces-config": { "interfaces": [ "$2" ] },
  "lease-database": { "type": "memfile", "persist": true, "name": "/var/lib/kea/kea-leases4.csv" },
  "valid-lifetime": 600,
  "subnet4": [ {
    "id": 1, "subnet": "$SUBNET_LAN.0.0/16",
    "pools": [
      { "pool": "$3 - $4" }
    ],
    "option-data": [ { "name": "routers", "data": "$SUBNET_LAN.0.1" } ]
  } ],
  "loggers": [ { "name": "kea-dhcp4", "severity": "INFO", "output_options": [ { "output": "stdout", "pattern": "%-5p [%c] %m\n" } ] } ]
} }
END
  on_host "$1" sh -c 'cat >/var/lib/kea/kea-leases4.csv' <<END
address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context
${5:+$5,52:54:00:ff:ff:fe,,86400,$(($(date +%s) + 86400)),1,0,0,,0,}
END
  own_server_run "$1" kea-dhcp4 'DHCP4_STARTED|DHCP4_INIT_FAIL|DHCP4_CONFIG_LOAD_FAIL' \
    env KEA_PIDFILE_DIR=/run/kea KEA_LOCKFILE_DIR=/run/kea kea-dhcp4 -c /etc/kea/kea-dhcp4.conf
}
