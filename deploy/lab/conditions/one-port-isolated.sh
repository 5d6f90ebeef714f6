describe() { echo "guest vm1's tap is an isolated port, the uplink is not: fine for everything but other isolated guests"; }
set_it() { port_save "$1" "$(tap_of "$1" vm1)"; on_host "$1" bridge link set dev "$(tap_of "$1" vm1)" isolated on; }
clear_it() { port_restore "$1" "$(tap_of "$1" vm1)"; }
