describe() { echo "the guest's tap is not a port of any bridge"; }
inject() { port_save "$1" "$(tap_of "$@")"; on_host "$1" ip link set "$(tap_of "$@")" nomaster; }
heal() { port_restore "$1" "$(tap_of "$@")"; }
