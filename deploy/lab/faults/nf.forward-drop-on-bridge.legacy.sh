SCOPE=host
describe() { echo "as nf.forward-drop-on-bridge, but in iptables-legacy, which nft does not show"; }
inject() {
  # Listing is enough to see whether the kernel has it.
  on_host "$1" iptables-legacy -S >/dev/null 2>&1 || refuse "this kernel has no legacy iptables"
  sysctl_save "$1" net.bridge.bridge-nf-call-iptables
  on_host "$1" iptables-legacy -P FORWARD DROP
  on_host "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=1
}
heal() {
  on_host "$1" iptables-legacy -P FORWARD ACCEPT
  sysctl_restore "$1" net.bridge.bridge-nf-call-iptables
}
