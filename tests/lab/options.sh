# Part of selftest.sh: the options of 'up' and 'host add', wrong arguments, and accidents.

for command in "" up down status host fault condition lease ping exec guest ctl env; do
  # shellcheck disable=SC2086
  check_exit "--help $command" 0 "lab" "$LAB" $command --help
done
check_exit "no command" 64 "lab" "$LAB"
check_exit "unknown command" 64 "--help" "$LAB" nonsense
check_exit "unknown option" 64 "--help" "$LAB" up --nonsense
check_exit "unknown fault" 64 "fault list" "$LAB" fault inject nonsense host42
check_exit "unknown host" 1 "host add" "$LAB" lease nohost vm1
check_exit "unknown guest" 1 "no guest" "$LAB" lease host42 vm9
check_exit "bad host name" 64 "small letters" "$LAB" host add 'Bad_Name'
check_exit "a host twice" 1 "host remove" "$LAB" host add host42

check "--mgmt-on-bridge" "$LAB" host add onbr --mgmt-on-bridge --no-sudo
check "--mgmt-on-bridge: ssh through the bridge" "$LAB" ctl -- ssh -F "$STATE/ssh_config" onbr 'ip -o addr show br0 | grep -qF " $(echo $SSH_CONNECTION | cut -d" " -f3)/"'
check_not "--mgmt-on-bridge: no eno1" "$LAB" exec onbr -- ip link show eno1
check_not "--no-sudo" "$LAB" ctl -- ssh -F "$STATE/ssh_config" onbr sudo -n true
check "--mgmt-on-bridge: lease" lan_lease onbr vm1

check "--ifupdown" "$LAB" host add ifup1 --ifupdown --bridges 2 --guests 2
check "--ifupdown: ifup knows br0" "$LAB" exec ifup1 -- ifquery --state br0
check "--ifupdown: the uplink is in br0" "$LAB" exec ifup1 -- test -e /sys/class/net/br0/brif/eno2
check "--bridges: br1 has its own uplink" "$LAB" exec ifup1 -- test -e /sys/class/net/br1/brif/eno3
check "--ifupdown: ssh" "$LAB" ctl -- ssh -F "$STATE/ssh_config" ifup1 true
check "--guests: lease of the second" lan_lease ifup1 vm2
check "host remove with faults in force" bash -c "'$LAB' fault inject dhcp.rogue-server ifup1 && '$LAB' fault inject bridge.vnet-detached ifup1 vm2 && '$LAB' host remove ifup1"
check_not "host remove: inventory" grep -rq ifup1 "$STATE/inventory.yaml" "$STATE/known_hosts" "$STATE/ssh_config"
check_not "host remove: namespaces" bash -c "ls $STATE/namespaces | grep ifup1"
check_not "host remove: ports" ip -n "cob-$COB_LAB_NAME-sw" link show pifup1

if command -v libvirtd qemu-system-x86_64 >/dev/null; then
  check "--libvirt" "$LAB" host add kvm1 --libvirt
  check "--libvirt: the domain runs" bash -c "'$LAB' exec kvm1 -- virsh -r -c qemu:///system list | grep -q vm1.*running"
  check "--libvirt: its tap is on br0" "$LAB" exec kvm1 -- test -e "/sys/class/net/br0/brif/$(cat "$STATE/hosts/kvm1/guests/vm1/tap")"
  LEASE_TIMEOUT=60 check "--libvirt: lease" lan_lease kvm1 vm1
  check "guest.link-down: inject" "$LAB" fault inject guest.link-down kvm1
  check_not "guest.link-down: broken" "$LAB" lease kvm1 vm1 --timeout 12
  check "guest.link-down: heal" "$LAB" fault heal guest.link-down kvm1
  LEASE_TIMEOUT=60 check "guest.link-down: healthy again" lan_lease kvm1 vm1
  check "--libvirt: remove" "$LAB" host remove kvm1
else
  skip "--libvirt" "libvirt and QEMU are not installed"
fi

# Accidents: a host add that is ended half-way cleans up after itself; one that is killed is left to 'down'.
for delay in 0.05 0.15 0.3; do
  "$LAB" host add half --guests 3 >/dev/null 2>&1 &
  sleep "$delay"
  kill -TERM $! 2>/dev/null
  wait $! 2>/dev/null
  check_not "host add ended after $delay s leaves nothing" bash -c "ls -d $STATE/hosts/half /run/netns/cob-$COB_LAB_NAME-half*"
  "$LAB" host remove half >/dev/null 2>&1
done
"$LAB" host add killed --guests 3 >/dev/null 2>&1 &
sleep 0.25
kill -9 $! 2>/dev/null
wait $! 2>/dev/null
check "the lab goes on after a killed host add" lan_lease host42 vm1

(
  export COB_LAB_NAME=${COB_LAB_NAME}r
  if [[ -e /sys/class/net/cob-mgmt ]]; then
    skip "--controller root" "another lab has it"
  else
    check "--controller root" "$LAB" up --controller root --hosts 1
    check "--controller root: ssh from the root namespace" ssh -F "/run/cob-$COB_LAB_NAME/ssh_config" host42 true
    check "--controller root: a host managed by its bridge" "$LAB" host add onbr --mgmt-on-bridge
    check "--controller root: ssh to it" ssh -F "/run/cob-$COB_LAB_NAME/ssh_config" onbr true
    check "--controller root: down" "$LAB" down
    check_not "--controller root: cob-mgmt is gone" ip link show cob-mgmt
  fi
)
