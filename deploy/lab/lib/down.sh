# Takes the lab down. Works from what is written in the state directory, whatever state that is in.

command_down() {
  (($# == 0)) || usage_error "down takes no arguments" down
  need_root
  [[ -d $STATE ]] || { say "no lab '$COB_LAB_NAME' is up"; return 0; }
  take_down
  say "lab '$COB_LAB_NAME' is down"
}

take_down() {
  local ns names=() doomed=()
  [[ -d $STATE ]] || return 0
  rm -f "$STATE/ready"
  for ns in "$STATE"/namespaces/*; do [[ ! -e $ns ]] || names+=("${ns##*/}"); done
  for ns in "${names[@]}"; do
    # Processes in the controller namespace are the user's: perhaps the very script that calls us.
    [[ $ns == "$(ns_name ctl)" ]] || doomed+=("$ns")
  done
  if ((${#doomed[@]})); then
    # Twice: an 'add' killed meanwhile may have been between fork and exec.
    kill_inside "${doomed[@]}"
    kill_inside "${doomed[@]}"
  fi
  if [[ $(cat "$STATE/controller" 2>/dev/null) == root ]]; then ip link del cob-mgmt 2>/dev/null || true; fi
  for ns in "${names[@]}"; do
    [[ $ns != "$(ns_name ctl)" || ! -e /run/netns/$ns ]] || ip -n "$ns" link del mgmt 2>/dev/null || true
    [[ $ns != "$(ns_name ctl)" || ! -e /run/netns/$ns ]] || ip -n "$ns" link del lan 2>/dev/null || true
    [[ ! -e /run/netns/$ns ]] || ip netns del "$ns"
  done
  rm -rf --one-file-system "$STATE"
}
