SCOPE=host
describe() { echo "the DHCP server is off (for every host of the lab; nothing on a host can repair it)"; }
inject() { stop_dhcp_server; }
heal() { [[ -e $STATE/dnsmasq.pid ]] || start_dhcp_server; }
