#!/bin/bash
# Tests deploy/install.sh and the systemd unit below a folder of their own; nothing on the machine changes.
# One line per check: "ok NAME", "FAIL NAME" or "skip NAME: REASON"; exit 1 if anything failed.
set -uo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
check() { local name=$1; shift; if "$@" >"$work/said" 2>&1; then echo "ok $name"; else echo "FAIL $name"; sed 's/^/    /' "$work/said"; failed=1; fi; }
refused() { # EXIT_CODE TEXT CMD...
  local wanted=$1 text=$2 code=0
  shift 2
  "$@" >"$work/out" 2>&1 || code=$?
  cat "$work/out"
  ((code == wanted)) && grep -qF -- "$text" "$work/out"
}
if ((EUID != 0)); then
  echo 'skip install: needs root'
  exit 0
fi

install=$repository/deploy/install.sh root=$work/root build=$work/build
mkdir -p "$root" "$build/runbooks/bridge"
printf '#!/bin/sh\necho one\n' >"$build/chatopsbot"
chmod +x "$build/chatopsbot"
touch "$build/chatopsbot.dll" "$build/appsettings.json" "$build/runbooks/bridge/x.yaml"
here() { find "$root" \( -type f -o -type l \) -printf '%P %m %l\n' | sort; }
is_one() { [[ $("$root/opt/chatopsbot/current/chatopsbot") == "$1" ]]; }

check 'help' bash -c "'$install' --help | grep -q -- '--uninstall'"
check 'no build is refused' refused 64 'name the folder' "$install" --root "$root"
check 'a folder that is no build is refused' refused 1 'is no published build' "$install" --root "$root" "$work"
check 'a refusal leaves nothing' test -z "$(here)"
check 'a stranger of our name is refused' bash -c "mkdir -p '$root/opt/chatopsbot' && ! '$install' --root '$root' '$build' && rmdir '$root/opt/chatopsbot'"
check 'install' "$install" --root "$root" "$build"
check 'the program runs' is_one one
check 'settings are private' test "$(stat -c '%a' "$root/etc/chatopsbot/appsettings.json")" = 640
check 'the state folder is the user'"'"'s own' test "$(stat -c '%u %a' "$root/var/lib/chatopsbot")" = "$(awk -F: '$1 == "chatopsbot" { print $3 }' "$root/etc/passwd") 700"
check 'the state is not beside the settings' grep -q '/var/lib/chatopsbot/chatopsbot.db' "$root/etc/chatopsbot/appsettings.json"
check 'the machine has no user of ours' bash -c '! getent passwd chatopsbot || test -e /opt/chatopsbot/.installed'
if command -v systemd-analyze >/dev/null; then
  # It wants the program at its place; what else it says about our unit would be a fault.
  unit=$root/etc/systemd/system/chatopsbot.service
  sed "s#/opt/chatopsbot/current#$root/opt/chatopsbot/current#" "$unit" >"$work/chatopsbot.service"
  check 'systemd-analyze verify' bash -c "systemd-analyze verify --man=no --recursive-errors=no '$work/chatopsbot.service' 2>&1 | grep . && exit 1 || exit 0"
  check 'systemd-analyze security' bash -c "systemd-analyze security --offline=true --threshold=20 --no-pager '$work/chatopsbot.service'"
else
  echo 'skip systemd-analyze: it is not installed'
fi
echo changed >>"$root/etc/chatopsbot/policy.yaml"
sed -i s/one/two/ "$build/chatopsbot"
touch "$root/opt/chatopsbot/releases/stale" && mkdir "$root/opt/chatopsbot/releases/9.partial"
check 'upgrade' "$install" --root "$root" "$build"
check 'the new program runs' is_one two
check 'own settings stay' grep -qx changed "$root/etc/chatopsbot/policy.yaml"
check 'what a broken run left is gone' test ! -e "$root/opt/chatopsbot/releases/9.partial"
check 'the former release stays' test -d "$root/opt/chatopsbot/releases/1"
check 'uninstall' "$install" --root "$root" --uninstall
check 'program and unit are gone' test ! -e "$root/opt/chatopsbot" -a ! -e "$root/etc/systemd/system/chatopsbot.service" -a ! -e "$root/usr/local/bin/chatopsbot"
check 'settings stay' test -e "$root/etc/chatopsbot/policy.yaml"
check 'uninstall again' "$install" --root "$root" --uninstall
check 'purge' "$install" --root "$root" --uninstall --purge
check 'nothing of ours is left' bash -c "! find '$root' -iname '*chatopsbot*' | grep . && ! grep chatopsbot '$root/etc/passwd'"
exit $failed
