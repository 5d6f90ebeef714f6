describe() { echo "bridged frames pass iptables (all three bridge-nf-call are 1), which has no rules"; }
set_it() {
  local which
  for which in iptables ip6tables arptables; do
    sysctl_save "$1" "net.bridge.bridge-nf-call-$which"
    on_host "$1" sysctl -qw "net.bridge.bridge-nf-call-$which=1"
  done
}
clear_it() {
  local which
  for which in iptables ip6tables arptables; do sysctl_restore "$1" "net.bridge.bridge-nf-call-$which"; done
}
