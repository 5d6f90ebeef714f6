#!/bin/bash
# Tests the lab itself, for real: every fault, condition and option. Needs root; runs beside other labs (own COB_LAB_NAME).
#   selftest.sh [faults|conditions|options]...     (all by default)
# One line per check, last line "N passed, N failed, N skipped"; exit 1 if anything failed.
set -uo pipefail

export COB_LAB_NAME=st$(($$ % 100000))
# shellcheck source=/dev/null
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/checks.sh"
STATE=/run/cob-$COB_LAB_NAME
((EUID == 0)) || { echo "0 passed, 0 failed, 1 skipped (needs root)"; exit 0; }
parts=" ${*:-faults conditions options} "

finish() {
  trap - EXIT INT TERM
  "$LAB" down >/dev/null 2>&1
  COB_LAB_NAME=${COB_LAB_NAME}r "$LAB" down >/dev/null 2>&1
  local failed
  failed=$(grep -c ^FAIL "$WORK/results")
  echo "$(grep -c ^ok "$WORK/results") passed, $failed failed, $(grep -c ^skip "$WORK/results") skipped"
  rm -rf "$WORK"
  exit $((failed > 0))
}
trap finish EXIT
trap 'fail "interrupted"; exit 1' INT TERM

machine() { # what the lab must leave alone
  ip -o link | cut -d' ' -f2
  ip route show table all
  nft list ruleset
  sysctl -a -r '^net.(bridge|ipv4.ip_forward)' 2>/dev/null
  grep -v netns /proc/mounts
  cksum /etc/passwd /etc/shadow /etc/network/interfaces /etc/resolv.conf /etc/hosts
  hostname
}
our_pids() { local ns; for ns in $(ls "$STATE/namespaces"); do ip netns pids "$ns"; done; }
traces() { ls -d "$STATE" /run/netns/cob-"$COB_LAB_NAME"-* 2>/dev/null; grep -l "$STATE" /proc/[0-9]*/mountinfo 2>/dev/null; }
none_alive() { local pid; for pid in "$@"; do [[ ! -e /proc/$pid ]] || grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null || return 1; done; }

[[ $parts == " options " ]] || "$(dirname "$LAB")/packages.sh" --dhcp || exit 1
machine >"$WORK/machine"
check "up" "$LAB" up --hosts 3
[[ -e $STATE/ready ]] || exit 1
check_exit "up twice is refused and says what to do" 1 "lab down" "$LAB" up
check "env" bash -c 'eval "$('"$LAB"' env)" && [[ -r $COB_LAB_INVENTORY && -r $COB_LAB_KEY && -r $COB_LAB_KNOWN_HOSTS && -d $COB_LAB_DIR ]]'
check "the key is private" test "$(stat -c %a "$STATE/key")" = 600
check "inventory" grep -qx '  - { name: host42, address: 10.99.0.42, port: 22, user: ops, bridges: \[br0\] }' "$STATE/inventory.yaml"

tap=$("$LAB" exec host42 -- ip -j -d link show vnet0)
check "the tap is a real tap with libvirt's MAC" jq -e '.[0] | .linkinfo.info_kind == "tun" and (.address | startswith("fe:54:00:")) and
  (.flags | index("LOWER_UP")) and .operstate == "UNKNOWN" and .master == "br0"' <<<"$tap"
check "the guest's MAC" bash -c "'$LAB' guest host42 vm1 -- ip -o link show eth0 | grep -q 52:54:00:00:2a:01"
for user in root ops viewer csh; do
  check "ssh as $user" "$LAB" ctl -- ssh -F "$STATE/ssh_config" "$user@host42" true
done
check "ops has sudo" "$LAB" ctl -- ssh -F "$STATE/ssh_config" host42 sudo -n true
check_not "viewer has no sudo" "$LAB" ctl -- ssh -F "$STATE/ssh_config" viewer@host42 sudo -n true
check_not "a strange host key is refused" "$LAB" ctl -- ssh -F "$STATE/ssh_config" -o UserKnownHostsFile=/dev/null host42 true
check "lease" lan_lease host42 vm1
check "ping" "$LAB" ping host42 vm1
check_not "the host does not show the machine's files" "$LAB" exec host42 -- test -e "$LAB"

if [[ $parts == *" faults "* ]]; then
  # Three hosts work in parallel. What concerns the one DHCP server, or must not hear another host's, comes afterwards, alone.
  alone='^dhcp\.[a-z-]*$\|^dhcp\.[a-z-]*\.\(relay\|boot\)$\|^switch\.dhcp-snooping\.ours$'
  mapfile -t faults < <("$LAB" fault list | cut -d' ' -f1 | grep -v "$alone"'\|^guest\.link-down\|^libvirt\.\|\.libvirt$')
  for worker in 0 1 2; do
    (for ((k = worker; k < ${#faults[@]}; k += 3)); do try_fault "${faults[k]}" "host$((42 + worker))" vm1; done) &
  done
  wait
  for fault in $("$LAB" fault list | cut -d' ' -f1 | grep "$alone"); do try_fault "$fault" host42 vm1; done
  check_exit "inject twice is refused" 1 "in force" bash -c "'$LAB' fault inject bridge.down host42; '$LAB' fault inject bridge.down host42"
  check "heal after the repair was done by other means" bash -c "'$LAB' exec host42 -- ip link set br0 up; '$LAB' fault heal bridge.down host42"
  check "heal of what is not in force" "$LAB" fault heal bridge.down host42
fi

if [[ $parts == *" conditions "* ]]; then
  mapfile -t conditions < <("$LAB" condition list | cut -d' ' -f1)
  for worker in 0 1 2; do
    (for ((k = worker; k < ${#conditions[@]}; k += 3)); do try_condition "${conditions[k]}" "host$((42 + worker))"; done) &
  done
  wait
fi

if [[ $parts == *" options "* ]]; then
  # shellcheck source=/dev/null
  source "$(dirname "${BASH_SOURCE[0]}")/options.sh"
fi

mapfile -t pids < <(our_pids)
check "down" "$LAB" down
check "no process is left of ${#pids[@]}" none_alive "${pids[@]}"
check_not "no namespace, mount or file is left" bash -c "$(declare -f traces); STATE=$STATE; [[ -n \$(traces) ]]"
machine >"$WORK/machine.after"
check "the machine is as before" diff "$WORK/machine" "$WORK/machine.after"
check "down twice" "$LAB" down
