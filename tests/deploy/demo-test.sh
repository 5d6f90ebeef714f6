#!/bin/bash
# Runs the demo for real and compares the machine before and after. Needs root and minutes; not part of tests/run.sh.
#   demo-test.sh [FAULT]...      bridge.uplink-missing when none is named
# One line per check, exit 1 if anything failed.
set -uo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
demo=$repository/deploy/demo.sh
work=$(mktemp -d)
trap '"$demo" --down >/dev/null 2>&1; rm -rf "$work"' EXIT
failed=0
tell() { if "${@:2}"; then echo "ok $1"; else echo "FAIL $1"; failed=1; fi; }
((EUID == 0)) || { echo 'skip demo: needs root'; exit 0; }

machine() { # namespaces, mounts, links, routes, rules, processes and files that a demo could leave
  ip netns list | cut -d' ' -f1 | sort
  grep -v ' /run/netns' /proc/mounts | cut -d' ' -f2,3
  grep -c ' /run/netns' /proc/mounts
  ip -o link | sed 's/^[0-9]*: //; s/@.*//; s/:.*//' | sort
  ip route show table all | sort
  nft list ruleset 2>/dev/null
  for exe in /proc/[0-9]*/exe; do readlink "$exe"; done 2>/dev/null | grep -E 'chatopsbot|dnsmasq|qemu|libvirtd|udhcpc' | sort
  find /var/lib/chatopsbot-demo /run/cob-demo 2>/dev/null
  find /tmp /var/tmp /run -xdev -mindepth 1 -maxdepth 1 ! -path /run/netns -newer "$work/began" 2>/dev/null | grep -v "$work" | sort
  git -C "$repository" status --porcelain --ignored | grep -v ' tests/deploy' | sort
}

"$demo" --down >/dev/null 2>&1
touch "$work/began"
machine >"$work/before"
(($#)) || set -- bridge.uplink-missing
for fault in "$@"; do
  "$demo" --yes --fault "$fault" >"$work/$fault.out" 2>&1
  code=$?
  tell "$fault ends resolved" test $code = 0
  ((code == 0)) || tail -n 40 "$work/$fault.out" | sed 's/^/    /'
done
tell 'down' "$demo" --down
machine >"$work/after"
tell 'nothing is left behind' diff "$work/before" "$work/after"
exit $failed
