SCOPE=host
describe() { echo "the configuration switches spanning tree of br0 on, the running bridge has it off: the next boot brings 30 s without traffic"; }
inject() {
  file_save "$1" /etc/network/interfaces.d/br0
  on_host "$1" sed -i 's/bridge_stp off/bridge_stp on/; s/bridge_fd 0/bridge_fd 15/' /etc/network/interfaces.d/br0
}
heal() { file_restore "$1" /etc/network/interfaces.d/br0; }
