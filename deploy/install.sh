#!/bin/bash
# Puts a published build, its user and its systemd unit on this Debian host; run again with a newer build, it upgrades.
#
#   dotnet publish src/Host -c Release -o BUILD && deploy/install.sh BUILD
#   deploy/install.sh --uninstall [--purge]
#
#   --root DIR    install below DIR instead of / and start nothing (for images and tests)
#   --uninstall   stop the service, remove program and unit; settings, user and data stay
#   --purge       with --uninstall: remove those too, the transcripts included
#
# Files: /opt/chatopsbot/releases/N and the link /opt/chatopsbot/current, /etc/chatopsbot (from deploy/sample, never overwritten),
# /var/lib/chatopsbot, /etc/systemd/system/chatopsbot.service, /usr/local/bin/chatopsbot.
# Exit code: 0 done; 1 refused or failed, with the reason; 64 wrong arguments.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd -P)
root='' action=install purge=no build=''

fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }
usage() { printf 'install.sh: %s; see: install.sh --help\n' "$*" >&2; exit 64; }
say() { printf '%s\n' "$*"; }

while (($#)); do
  case $1 in
    -h | --help) sed -n '2,14s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --root) (($# > 1)) || usage '--root needs a folder'; root=$(readlink -m -- "$2"); shift ;;
    --uninstall) action=uninstall ;;
    --purge) purge=yes ;;
    -*) usage "unknown option $1" ;;
    *) [[ -z $build ]] || usage 'one build only'; build=$1 ;;
  esac
  shift
done
[[ $root != / ]] || root=''
[[ $action == uninstall || -n $build ]] || usage 'name the folder of a published build'
[[ $action == install || -z $build ]] || usage '--uninstall takes no build'
[[ $purge == no || $action == uninstall ]] || usage '--purge goes with --uninstall'
((EUID == 0)) || fail 'needs root: run it with sudo'
[[ -z $root || -d $root ]] || fail "$root does not exist"

program=$root/opt/chatopsbot
settings=$root/etc/chatopsbot
data=$root/var/lib/chatopsbot
unit=$root/etc/systemd/system/chatopsbot.service
command=$root/usr/local/bin/chatopsbot
mark='installed by deploy/install.sh of ChatOpsBot'

live() { [[ -z $root && -d /run/systemd/system ]]; }
ours() { [[ -e $program/.installed ]] && grep -qxF "$mark" "$program/.installed"; }

# Only what this script made is replaced or removed.
refuse_strangers() {
  [[ ! -e $program ]] || ours || fail "$program exists but was not made by this script; move it away"
  local file
  for file in "$unit" "$command"; do
    [[ ! -e $file ]] || grep -qF "$mark" "$file" || fail "$file exists but was not made by this script; move it away"
  done
  [[ -d $program || ! -e $unit ]] || fail "there is a unit but no $program: half an installation; run: install.sh --uninstall"
}

check_build() {
  local file
  for file in chatopsbot chatopsbot.dll appsettings.json runbooks; do
    [[ -e $build/$file ]] || fail "$build holds no $file, so it is no published build; make one: dotnet publish src/Host -c Release -o $build"
  done
  [[ -x $build/chatopsbot ]] || fail "$build/chatopsbot cannot be run; copy the build with its modes"
}

runtime_folder() {
  local found
  found=$(command -v dotnet) || found=$(ls /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet /opt/dotnet/dotnet 2>/dev/null | head -n 1)
  [[ -n $found ]] || return 1
  dirname "$(readlink -f "$found")"
}

check_machine() {
  [[ -z $root ]] || return 0
  command -v ssh >/dev/null || fail 'the OpenSSH client is missing; run: apt-get install openssh-client'
  local folder
  folder=$(runtime_folder) && ls -d "$folder"/shared/Microsoft.AspNetCore.App/10.* >/dev/null 2>&1 ||
    fail 'the ASP.NET Core 10 runtime is missing; install it for all users: curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0 --runtime aspnetcore --install-dir /usr/share/dotnet'
  [[ $folder != /root/* && $folder != /home/* ]] ||
    fail "the runtime is in $folder, where the service's user may not look; install it into /usr/share/dotnet"
}

# numeric, from the passwd of the target: names of a foreign root mean nothing here
id_of() { awk -F: -v name=chatopsbot '$1 == name { print $3 ":" $4 }' "$root/etc/passwd" 2>/dev/null; }

make_user() {
  local home
  if [[ -n $(id_of) ]]; then
    home=$(awk -F: '$1 == "chatopsbot" { print $6 }' "$root/etc/passwd")
    [[ $home == /var/lib/chatopsbot ]] || fail "there is a user chatopsbot with the home $home; it is not ours, rename it"
    return
  fi
  mkdir -p "$root/etc"
  touch "$root/etc/passwd" "$root/etc/group"
  useradd ${root:+--prefix "$root"} --system --user-group --home-dir /var/lib/chatopsbot --no-create-home --shell /usr/sbin/nologin \
    --comment ChatOpsBot chatopsbot || fail 'the user chatopsbot could not be made'
}

make_settings() {
  install -d -m 0750 "$settings"
  local file new=()
  for file in inventory.yaml policy.yaml appsettings.json; do
    [[ ! -e $settings/$file ]] || continue
    # The state is where the unit may write, not beside the settings.
    sed 's#data/#/var/lib/chatopsbot/#' "$here/sample/$file" >"$settings/$file.new"
    chmod 0640 "$settings/$file.new"
    mv "$settings/$file.new" "$settings/$file"
    new+=("$file")
  done
  chown -R "0:$(id_of | cut -d: -f2)" "$settings"
  ((${#new[@]} == 0)) || say "made from the sample, to be edited: ${new[*]/#/$settings/}"
  install -d -m 0700 "$data"
  chown "$(id_of)" "$data"
}

releases() { find "$program/releases" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sed -n '/^[0-9]*$/p' | sort -n; }

# The new build is complete before the link turns to it; a start in between finds the old or the new one, never half of one.
make_release() {
  local number=1 last folder
  mkdir -p "$program/releases"
  printf '%s\n' "$mark" >"$program/.installed"
  rm -rf "$program"/releases/*.partial
  last=$(releases | tail -n 1)
  [[ -z $last ]] || number=$((last + 1))
  folder=$program/releases/$number
  cp -R --preserve=mode "$build" "$folder.partial"
  chown -R 0:0 "$folder.partial"
  chmod -R u+rwX,go+rX,go-w "$folder.partial"
  sync -f "$folder.partial"
  mv "$folder.partial" "$folder"
  ln -sfn "releases/$number" "$program/current.new"
  mv -T "$program/current.new" "$program/current"
  say "program: $program/current -> releases/$number"
  # The one before stays, for the way back: ln -sfn releases/N /opt/chatopsbot/current && systemctl restart chatopsbot
  releases | head -n -2 | while read -r last; do rm -rf "$program/releases/$last"; done
}

make_unit() {
  install -d "$(dirname "$unit")" "$(dirname "$command")"
  {
    printf '# %s\n' "$mark"
    local folder
    if [[ -z $root ]] && folder=$(runtime_folder) && [[ $folder != /usr/share/dotnet && $folder != /usr/lib/dotnet ]]; then
      sed "s#^Environment=HOME=.*#& DOTNET_ROOT=$folder#" "$here/systemd/chatopsbot.service"
    else
      cat "$here/systemd/chatopsbot.service"
    fi
  } >"$unit.new"
  chmod 0644 "$unit.new"
  mv "$unit.new" "$unit"
  cat >"$command.new" <<END
#!/bin/sh
# $mark
for argument; do case \$argument in --settings | --settings=*) exec /opt/chatopsbot/current/chatopsbot "\$@" ;; esac; done
exec /opt/chatopsbot/current/chatopsbot "\$@" --settings /etc/chatopsbot/appsettings.json
END
  chmod 0755 "$command.new"
  mv "$command.new" "$command"
}

start() {
  live || { say 'not started: no running systemd here'; return; }
  systemctl daemon-reload
  if systemctl is-active -q chatopsbot; then
    systemctl restart chatopsbot
    say 'upgraded and restarted'
  else
    say 'not started yet: edit /etc/chatopsbot, look at "chatopsbot doctor", then: systemctl enable --now chatopsbot'
  fi
}

uninstall() {
  [[ -e $program || -e $unit || -e $command || $purge == yes ]] || { say 'nothing is installed'; return; }
  [[ ! -e $program ]] || ours || fail "$program was not made by this script; nothing was removed"
  if live && [[ -e $unit ]]; then systemctl disable --now chatopsbot 2>/dev/null || true; fi
  local file
  for file in "$unit" "$command"; do
    [[ ! -e $file ]] || ! grep -qF "$mark" "$file" || rm -f "$file"
  done
  rm -rf "$program"
  ! live || systemctl daemon-reload
  if [[ $purge == yes ]]; then
    rm -rf "$settings" "$data"
    [[ -z $(id_of) ]] || userdel ${root:+--prefix "$root"} chatopsbot 2>/dev/null || fail 'the user chatopsbot could not be removed'
    say 'removed, with settings and data'
  else
    say "removed; $settings, $data and the user chatopsbot stay (--purge removes them)"
  fi
}

if [[ $action == uninstall ]]; then
  uninstall
  exit
fi
[[ -d $build ]] || fail "$build is no folder"
build=$(readlink -f -- "$build")
check_build
check_machine
refuse_strangers
make_user
make_settings
make_release
make_unit
start
