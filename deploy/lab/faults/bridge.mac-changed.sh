# A lower address than that of the uplink: the kernel gives it to the bridge, unless somebody has set the bridge's.
describe() { echo "the guest's tap has the lowest hardware address, so br0 has taken it over: the host's own network breaks when the guest stops"; }
inject() { port_save "$1" "$(tap_of "$@")"; on_host "$1" ip link set "$(tap_of "$@")" address "02:$(mac_of "$@" | cut -d: -f2-)"; }
heal() { port_restore "$1" "$(tap_of "$@")"; }
