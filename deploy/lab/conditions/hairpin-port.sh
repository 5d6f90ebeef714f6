describe() { echo "the guest's tap is a port with hairpin mode, as container tools set it"; }
set_it() { port_save "$1" "$(tap_of "$1" vm1)"; on_host "$1" bridge link set dev "$(tap_of "$1" vm1)" hairpin on; }
clear_it() { port_restore "$1" "$(tap_of "$1" vm1)"; }
