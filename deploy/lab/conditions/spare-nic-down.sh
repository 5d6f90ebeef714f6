describe() { echo "a NIC that no configuration names (eno5) is down"; }
set_it() { need_free "$1" eno5; plug_nic "$1" 3; }
clear_it() { unplug_nic "$1" 3; }
