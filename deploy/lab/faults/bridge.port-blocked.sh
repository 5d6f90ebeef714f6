describe() { echo "the guest's tap is a disabled port of br0 (state 0), although it is up"; }
inject() { port_save "$1" "$(tap_of "$@")"; on_host "$1" bridge link set dev "$(tap_of "$@")" state 0; }
heal() { port_restore "$1" "$(tap_of "$@")"; }
