SCOPE=host
describe() { echo "the configuration gives br0 another address than it has: the next boot moves the host"; }
inject() {
  file_save "$1" /etc/network/interfaces.d/br0
  on_host "$1" sed -i "s|address .*|address $SUBNET_LAN.77.7/16|" /etc/network/interfaces.d/br0
}
heal() { file_restore "$1" /etc/network/interfaces.d/br0; }
