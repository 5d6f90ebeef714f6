#!/bin/sh
# Makes the captured rule sets below e.nft/: loads each into a namespace of its own and lists it with the real tools, as the collector does.
# Needs root and Debian 12's nftables, iptables and ebtables. Give the names of cases to make only those.
set -eu
here=$(cd "$(dirname "$0")" && pwd)/e.nft
ns=cob-fx$$
n="ip netns exec $ns"
trap 'ip netns del "$ns" 2>/dev/null || true' EXIT
wanted=" $* "

fail() {
    echo "case $dir could not be loaded" >&2
    exit 1
}

begin() {
    case "$wanted" in '  ' | *" $1 "*) ;; *) return 1 ;; esac
    ip netns del "$ns" 2>/dev/null || true
    ip netns add "$ns"
    $n ip link add br0 type bridge
    for p in eno2 vnet0 vnet1; do $n ip link add "$p" type veth peer name "$p-far"; $n ip link set "$p" master br0 up; done
    $n ip link set br0 up
    $n sysctl -qw net.bridge.bridge-nf-call-iptables="$2" net.bridge.bridge-nf-call-ip6tables="$2"
    dir=$here/$1
    rm -rf "$dir"
    mkdir -p "$dir"
}

end() {
    $n nft -a list ruleset >"$dir/nft.txt"
    $n nft -j list ruleset >"$dir/nft.json"
    case $(tail -c 3 "$dir/nft.json") in
    *']}') ;;
    *) $n nft list tables | while read -r word f t; do $n nft -j list table "$f" "$t" >"$dir/nft-table-$f-$t.json"; done ;;
    esac
    $n iptables-nft-save -c >"$dir/iptables-nft.txt"
    $n ip6tables-nft-save -c >"$dir/ip6tables-nft.txt"
    $n ebtables-nft-save >"$dir/ebtables-nft.txt"
    if $n grep -q . /proc/net/ip_tables_names; then $n iptables-legacy-save -c >"$dir/iptables-legacy.txt"; fi
    $n grep -H '' /proc/sys/net/bridge/bridge-nf-call-iptables /proc/sys/net/bridge/bridge-nf-call-ip6tables /proc/sys/net/bridge/bridge-nf-filter-vlan-tagged >"$dir/sysctl.txt"
    # The date of a run says nothing.
    sed -i 's/ on [A-Z][a-z][a-z] [A-Z].*$/ on a day/' "$dir"/*.txt
}

begin empty 1 && { end; }

begin accept-all 1 && { $n nft -f - <<'X' || fail; end; }
table inet f { chain forward { type filter hook forward priority 0; policy accept; ct state invalid drop; }; }
table bridge b { chain forward { type filter hook forward priority 0; policy accept; udp dport 67 counter accept; }; }
X

begin forward-policy 1 && { $n iptables -P FORWARD DROP || fail; end; }
begin forward-policy-off 0 && { $n iptables -P FORWARD DROP || fail; end; }
begin forward-policy-legacy 1 && { $n iptables-legacy -P FORWARD DROP || fail; end; }

begin forward-reject-rule 1 && { $n nft -f - <<'X' || fail; end; }
table ip f { chain forward { type filter hook forward priority 0; policy accept; udp dport { 67, 68 } counter reject; }; }
X

# Docker 27 on Debian 12.
docker() {
    $n iptables-nft-restore <<'X'
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-ISOLATION-STAGE-2 - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
-A DOCKER-USER -j RETURN
COMMIT
X
}
begin docker 1 && { docker || fail; end; }
begin docker-user-accept 1 && { docker && $n iptables -I DOCKER-USER -i br0 -o br0 -j ACCEPT || fail; end; }
begin docker-physdev-accept 1 && { docker && $n iptables -I FORWARD -m physdev --physdev-is-bridged -j ACCEPT || fail; end; }

# ufw 0.36 with the default of denying routed traffic, the IPv4 filter table.
begin ufw 1 && { $n iptables-nft-restore <<'X' || fail; end; }
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:ufw-after-forward - [0:0]
:ufw-after-logging-forward - [0:0]
:ufw-before-forward - [0:0]
:ufw-before-logging-forward - [0:0]
:ufw-reject-forward - [0:0]
:ufw-track-forward - [0:0]
:ufw-user-forward - [0:0]
-A FORWARD -j ufw-before-logging-forward
-A FORWARD -j ufw-before-forward
-A FORWARD -j ufw-after-forward
-A FORWARD -j ufw-after-logging-forward
-A FORWARD -j ufw-reject-forward
-A FORWARD -j ufw-track-forward
-A ufw-after-logging-forward -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix "[UFW BLOCK] "
-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-forward -p icmp -m icmp --icmp-type 3 -j ACCEPT
-A ufw-before-forward -p icmp -m icmp --icmp-type 8 -j ACCEPT
-A ufw-before-forward -j ufw-user-forward
COMMIT
X

# firewalld 1.3, nftables backend, zone public with intra-zone forwarding for eno1 only.
begin firewalld 1 && { $n nft -f - <<'X' || fail; end; }
table inet firewalld {
    chain mangle_PREROUTING { type filter hook prerouting priority mangle + 10; policy accept; jump mangle_PREROUTING_ZONES; }
    chain mangle_PREROUTING_ZONES { return; }
    chain filter_PREROUTING {
        type filter hook prerouting priority filter + 10; policy accept;
        icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
        meta nfproto ipv6 fib saddr . mark . iif oif missing drop
    }
    chain filter_FORWARD {
        type filter hook forward priority filter + 10; policy accept;
        ct state { established, related } accept
        ct status dnat accept
        iifname "lo" accept
        ct state { invalid } drop
        ip6 daddr { ::/96, ::ffff:0.0.0.0/96, 2002:a00::/24, 2002:c0a8::/32 } reject with icmpv6 type addr-unreachable
        jump filter_FORWARD_ZONES
        reject with icmpx type admin-prohibited
    }
    chain filter_FORWARD_ZONES { iifname "eno1" goto filter_FWD_public; goto filter_FWD_public; }
    chain filter_FWD_public {
        jump filter_FWD_public_pre
        jump filter_FWD_public_log
        jump filter_FWD_public_allow
    }
    chain filter_FWD_public_pre { }
    chain filter_FWD_public_log { }
    chain filter_FWD_public_allow { oifname "eno1" accept; }
}
X

# libvirt 9 with its default network; the policy stays ACCEPT.
begin libvirt-nat 1 && { $n iptables-nft-restore <<'X' || fail; end; }
*mangle
:LIBVIRT_PRT - [0:0]
-A POSTROUTING -j LIBVIRT_PRT
-A LIBVIRT_PRT -o virbr0 -p udp -m udp --dport 68 -j CHECKSUM --checksum-fill
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:LIBVIRT_FWI - [0:0]
:LIBVIRT_FWO - [0:0]
:LIBVIRT_FWX - [0:0]
-A FORWARD -j LIBVIRT_FWX
-A FORWARD -j LIBVIRT_FWI
-A FORWARD -j LIBVIRT_FWO
-A LIBVIRT_FWI -d 192.168.122.0/24 -o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A LIBVIRT_FWI -o virbr0 -j REJECT --reject-with icmp-port-unreachable
-A LIBVIRT_FWO -s 192.168.122.0/24 -i virbr0 -j ACCEPT
-A LIBVIRT_FWO -i virbr0 -j REJECT --reject-with icmp-port-unreachable
-A LIBVIRT_FWX -i virbr0 -o virbr0 -j ACCEPT
COMMIT
*nat
:LIBVIRT_PRT - [0:0]
-A POSTROUTING -j LIBVIRT_PRT
-A LIBVIRT_PRT -s 192.168.122.0/24 -d 224.0.0.0/24 -j RETURN
-A LIBVIRT_PRT -s 192.168.122.0/24 -d 255.255.255.255/32 -j RETURN
-A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -p tcp -j MASQUERADE --to-ports 1024-65535
-A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -j MASQUERADE
COMMIT
X

# Proxmox VE 8 with its firewall on for one guest's port; $1 is what the port does with DHCP.
proxmox() {
    $n iptables-nft-restore <<X
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:PVEFW-Drop - [0:0]
:PVEFW-FORWARD - [0:0]
:PVEFW-FWBR-IN - [0:0]
:PVEFW-FWBR-OUT - [0:0]
:vnet0-OUT - [0:0]
:tap100i0-OUT - [0:0]
-A FORWARD -j PVEFW-FORWARD
-A PVEFW-Drop -p udp -m multiport --dports 135,445 -j DROP
-A PVEFW-FORWARD -m conntrack --ctstate INVALID -j DROP
-A PVEFW-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A PVEFW-FORWARD -m physdev --physdev-in vnet+ --physdev-is-bridged -j PVEFW-FWBR-OUT
-A PVEFW-FORWARD -m comment --comment "PVESIG:QPUnPvxaHKVpvRzO"
-A PVEFW-FWBR-OUT -m physdev --physdev-in vnet0 --physdev-is-bridged -j tap100i0-OUT
-A tap100i0-OUT -p udp -m udp --sport 68 --dport 67 -j $1
-A tap100i0-OUT -m mac ! --mac-source 52:54:00:00:00:02 -j DROP
-A tap100i0-OUT -j MARK --set-xmark 0x0/0x80000000
-A tap100i0-OUT -g PVEFW-Drop
COMMIT
X
}
begin proxmox 1 && { proxmox 'ACCEPT' || fail; end; }
begin proxmox-drop 1 && { proxmox 'DROP' || fail; end; }

# kube-proxy in iptables mode with flannel; FORWARD stays ACCEPT.
begin kube 1 && { $n iptables-nft-restore <<'X' || fail; end; }
*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODEPORTS - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-FIREWALL - [0:0]
:FLANNEL-FWD - [0:0]
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD
-A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
-A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
X

begin bridge-rule 0 && { $n nft 'table bridge t { chain frames { type filter hook forward priority 0; policy accept; udp dport 67 counter drop; }; }' || fail; end; }
begin bridge-policy 0 && { $n nft 'table bridge t { chain frames { type filter hook forward priority 0; policy drop; ether type arp accept; }; }' || fail; end; }
begin bridge-arp 0 && { $n nft 'table bridge t { chain frames { type filter hook forward priority 0; policy accept; ether type arp counter drop; }; }' || fail; end; }
begin bridge-arp-reply 0 && { $n nft 'table bridge t { chain frames { type filter hook forward priority 0; policy accept; arp operation reply drop; }; }' || fail; end; }
begin bridge-arp-spoof 0 && { $n nft 'table bridge t { chain frames { type filter hook forward priority 0; policy accept; iifname "vnet0" arp saddr ip != 10.20.0.7 drop; }; }' || fail; end; }
begin bridge-offer-only 0 && { $n nft 'table bridge t { chain post { type filter hook postrouting priority 0; policy accept; udp sport 67 udp dport 68 drop; }; }' || fail; end; }
begin bridge-other-port 0 && { $n nft 'table bridge t { chain frames { type filter hook forward priority 0; policy accept; udp dport 5353 drop; iifname "vnet9" drop; }; }' || fail; end; }
begin ebtables-rule 0 && { $n ebtables -A FORWARD -p IPv4 --ip-proto udp --ip-dport 67 -j DROP || fail; end; }
begin ebtables-arp 0 && { $n ebtables -A FORWARD -p ARP -j DROP || fail; end; }
begin ebtables-mac 0 && { $n ebtables -A FORWARD -i vnet0 -s ! 52:54:00:aa:00:09 -j DROP || fail; end; }
begin ebtables-policy 0 && { $n ebtables -P FORWARD DROP || fail; end; }

begin bridge-maps 0 && { $n nft -f - <<'X' || fail; end; }
table bridge t {
    set guests { type ifname; elements = { vnet0, vnet1 } }
    map ports { type inet_service : verdict; elements = { 67 : goto dhcp, 5353 : drop } }
    chain dhcp { iifname @guests ip saddr . udp dport { 0.0.0.0 . 67 } jump last; accept; }
    chain last { meta mark set 0x7; meta mark vmap { 0x7 : drop }; }
    chain frames { type filter hook forward priority -10; policy accept; udp dport vmap @ports; }
}
X

begin bridge-priorities 0 && { $n nft -f - <<'X' || fail; end; }
table bridge early { chain frames { type filter hook forward priority -100; policy accept; udp dport 67 accept; }; }
table bridge late { chain frames { type filter hook forward priority 100; policy accept; udp dport 67 drop; }; }
X

begin dormant 0 && { $n nft -f - <<'X' || fail; end; }
table bridge off { flags dormant; chain frames { type filter hook forward priority 0; policy drop; }; }
table bridge on { chain frames { type filter hook forward priority 0; policy accept; udp dport 67 accept; }; }
X

begin not-understood 0 && { $n nft 'table bridge t { chain frames { type filter hook forward priority 0; policy accept; udp dport 67 limit rate over 10/second drop; }; }' || fail; end; }
begin netdev-drop 0 && { $n nft 'table netdev t { chain in { type filter hook ingress device vnet0 priority 0; policy accept; udp dport 67 drop; }; }' || fail; end; }

# libvirt's filter clean-traffic on vnet0 for a guest with another address, the chains that matter.
begin nwfilter 0 && {
    $n ebtables -t nat -N libvirt-I-vnet0 -P ACCEPT
    $n ebtables -t nat -N I-vnet0-mac -P RETURN
    $n ebtables -t nat -A PREROUTING -i vnet0 -j libvirt-I-vnet0
    $n ebtables -t nat -A libvirt-I-vnet0 -j I-vnet0-mac
    $n ebtables -t nat -A I-vnet0-mac -s 52:54:00:aa:00:09 -j RETURN
    $n ebtables -t nat -A I-vnet0-mac -j DROP || fail
    end
}

# A reverse-path filter for IPv4, as hardening guides have it, and the same by iptables.
rpfilter='table inet guard { chain pre { type filter hook prerouting priority raw; policy accept; meta nfproto ipv4 fib saddr . iif oif missing counter drop; }; }'
begin rpfilter 1 && { $n nft "$rpfilter" || fail; end; }
begin rpfilter-off 0 && { $n nft "$rpfilter" || fail; end; }
begin rpfilter-iptables 1 && { $n iptables -t raw -A PREROUTING -m rpfilter --invert -j DROP || fail; end; }
begin rpfilter-loose 1 && { $n iptables -t raw -A PREROUTING -m rpfilter --loose --invert -j DROP || fail; end; }

# A host whose own firewall keeps requests from the DHCP server on it.
begin input-drop 0 && { $n iptables -A INPUT -p udp --dport 67 -j DROP || fail; end; }
begin input-nft-policy 0 && { $n nft 'table inet host { chain in { type filter hook input priority 0; policy drop; tcp dport 22 accept; }; }' || fail; end; }
begin input-accept 0 && { $n nft 'table inet host { chain in { type filter hook input priority 0; policy drop; iifname "br0" udp dport 67 accept; }; }' || fail; end; }

# clean-traffic admits ARP from one address only; DHCP passes.
begin nwfilter-arp 0 && {
    $n ebtables -t nat -N libvirt-I-vnet0 -P ACCEPT
    $n ebtables -t nat -N I-vnet0-arp-ip -P RETURN
    $n ebtables -t nat -A PREROUTING -i vnet0 -j libvirt-I-vnet0
    $n ebtables -t nat -A libvirt-I-vnet0 -p ARP -j I-vnet0-arp-ip
    $n ebtables -t nat -A I-vnet0-arp-ip -p ARP --arp-ip-src 10.20.0.9 -j RETURN
    $n ebtables -t nat -A I-vnet0-arp-ip -j DROP || fail
    end
}
exit 0
