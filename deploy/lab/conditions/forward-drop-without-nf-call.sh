describe() { echo "iptables FORWARD policy is DROP, but bridged frames do not pass iptables"; }
set_it() { tables_save "$1"; on_host "$1" iptables -P FORWARD DROP; }
clear_it() { on_host "$1" iptables -P FORWARD ACCEPT; tables_restore "$1"; }
