describe() { echo "the package of ISC dhcpd is there, nobody has configured it, and it fails at each boot; another machine serves br0"; }
set_it() {
  on_host "$1" sh -c 'mkdir -p /etc/dhcp; printf "# option definitions common to all supported networks...\n#subnet 10.254.239.0 netmask 255.255.255.224 {\n#  range 10.254.239.10 10.254.239.20;\n#}\n" >/etc/dhcp/dhcpd.conf
    date "+%b %e %H:%M:%S host dhcpd[1]: No subnet declaration for br0 (10.20.0.42)." >/var/log/syslog
    date "+%b %e %H:%M:%S host dhcpd[1]: Not configured to listen on any interfaces!" >>/var/log/syslog'
}
clear_it() { on_host "$1" rm -f /etc/dhcp/dhcpd.conf /var/log/syslog; }
