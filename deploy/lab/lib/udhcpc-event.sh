#!/bin/sh
# What udhcpc runs on each event. It touches the guest's own interface and LEASE_FILE, nothing of the machine
# (Debian's own script would rewrite /etc/resolv.conf).
case $1 in
  deconfig)
    ip -4 addr flush dev "$interface"
    ip link set "$interface" up
    rm -f "$LEASE_FILE"
    ;;
  bound | renew)
    ip -4 addr flush dev "$interface"
    ip addr add "$ip/${mask:-16}" dev "$interface"
    [ -z "$router" ] || ip route replace default via "${router%% *}" dev "$interface"
    echo "$ip" >"$LEASE_FILE.new"
    mv "$LEASE_FILE.new" "$LEASE_FILE"
    ;;
esac
