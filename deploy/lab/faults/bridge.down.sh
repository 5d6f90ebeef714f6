SCOPE=host
describe() { echo "br0 is administratively down; the host's routes over it are gone with it"; }
inject() { routes_save "$1"; on_host "$1" ip link set br0 down; }
heal() { on_host "$1" ip link set br0 up; routes_restore "$1"; }
