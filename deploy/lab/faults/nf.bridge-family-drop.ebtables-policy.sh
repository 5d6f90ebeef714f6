SCOPE=host
describe() { echo "the policy of ebtables' FORWARD chain is DROP: nothing passes between the ports of any bridge"; }
inject() {
  tables_save "$1"
  on_host "$1" ebtables -P FORWARD DROP
}
heal() {
  on_host "$1" ebtables -P FORWARD ACCEPT
  tables_restore "$1"
}
