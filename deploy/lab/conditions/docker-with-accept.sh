describe() { echo "Docker's chains with FORWARD policy DROP, bridged frames pass iptables, and DOCKER-USER accepts what stays on br0"; }
set_it() {
  sysctl_save "$1" net.bridge.bridge-nf-call-iptables
  tables_save "$1"
  on_host "$1" iptables-restore <<'END'
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-USER -i br0 -o br0 -j ACCEPT
-A DOCKER-USER -j RETURN
COMMIT
END
  on_host "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=1
}
clear_it() {
  sysctl_restore "$1" net.bridge.bridge-nf-call-iptables
  on_host "$1" iptables -P FORWARD ACCEPT
  on_host "$1" iptables -F
  on_host "$1" iptables -X
  tables_restore "$1"
}
