describe() { echo "the tap has the guest's own MAC, so the bridge keeps the guest's frames for itself"; }
inject() { port_save "$1" "$(tap_of "$@")"; on_host "$1" ip link set "$(tap_of "$@")" address "$(mac_of "$@")"; }
heal() { port_restore "$1" "$(tap_of "$@")"; }
