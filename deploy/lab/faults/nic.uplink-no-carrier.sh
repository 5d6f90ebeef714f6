SCOPE=host
describe() { echo "the uplink has no carrier: the switch's port is off (nothing on the host can repair it)"; }
inject() { on_switch ip link set "$(port_of "$1")" down; }
heal() { on_switch ip link set "$(port_of "$1")" up; }
