describe() { echo "the chains that libvirt's filter no-mac-spoofing makes on the guest's tap admit another MAC"; }
inject() {
  local tap
  tap=$(tap_of "$@")
  tables_save "$1"
  # As libvirt 9 makes them with ebtables; a table that other filters use is left to them.
  on_host "$1" bash -euc '
    tap=$1
    ebtables -t nat -N "libvirt-I-$tap" -P ACCEPT
    ebtables -t nat -N "I-$tap-mac" -P RETURN
    ebtables -t nat -A PREROUTING -i "$tap" -j "libvirt-I-$tap"
    ebtables -t nat -A "libvirt-I-$tap" -j "I-$tap-mac"
    ebtables -t nat -A "I-$tap-mac" -s 52:54:00:ff:ff:01 -j RETURN
    ebtables -t nat -A "I-$tap-mac" -j DROP' nwfilter "$tap"
}
heal() { tables_restore "$1"; }
