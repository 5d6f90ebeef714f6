describe() { echo "the guest sends nothing: inside it the NIC has another name than the configuration says and is down"; }
inject() {
  local ns
  ns=$(guest_ns "$@")
  stop_client "$@"
  ip -n "$ns" link set eth0 down
  ip -n "$ns" link set eth0 name ens3
  # As after the five minutes in which a bridge forgets who has been silent.
  bridge -n "$(ns_name "$1")" fdb del "$(<"$(host_dir "$1")/guests/$2/mac")" dev "$(tap_of "$@")" master 2>/dev/null || true
}
heal() {
  local ns
  ns=$(guest_ns "$@")
  ip -n "$ns" link set ens3 name eth0
  ip -n "$ns" link set eth0 up
  stop_client "$@"
  start_client "$@"
}
