#!/bin/bash
# Sets a KVM host up so that the bot's SSH key can do there only what is on a list: reads, probes, and the steps of runbooks under the guard.
# Run it on the host as root, again for each new version of the bot or of the runbooks.
#
#   --kit DIR      what `chatopsbot host-kit runbooks --out DIR` wrote on the bot's machine (needed)
#   --key FILE     the bot's public key (needed the first time; kept otherwise)
#   --from ADDR    take the key only from there: an address, or a pattern as sshd_config(5) has it (recommended)
#   --user NAME    the account (default: chatopsbot; made, and refused if it is there already)
#   --remove       take it all away again, the account included
#
# What it makes: /usr/local/lib/chatops (login, gate, guard, supervisor), /etc/chatops (allow, programs), /etc/sudoers.d/chatopsbot, the
# account with its authorized_keys; all of it belongs to root. Exit code: 0 done; 1 something failed; 64 wrong arguments.
set -uo pipefail
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd -P)
lib=/usr/local/lib/chatops etc=/etc/chatops sudoers=/etc/sudoers.d/chatopsbot
user=chatopsbot kit='' key='' from='' remove=no
usage() { printf 'install.sh: %s; see: install.sh --help\n' "$*" >&2; exit 64; }
fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

while (($#)); do
  case $1 in
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --kit | --key | --from | --user)
      (($# > 1)) || usage "$1 needs a value"
      printf -v "${1#--}" %s "$2"
      shift
      ;;
    --remove) remove=yes ;;
    *) usage "unknown argument '$1'" ;;
  esac
  shift
done
((EUID == 0)) || fail 'needs root: run it with sudo'
[[ $user =~ ^[a-z_][a-z0-9_-]{0,31}$ ]] || usage "'$user' is no account name"
[[ $from != *[\"\\[:space:]]* ]] || usage "'$from' is no address"

# A plan that is under way needs its guard until it is settled.
at_rest() {
  [[ ! -e $lib/guard ]] || ! /bin/sh "$lib/guard" list </dev/null | grep -qE '^status (armed|applying-|applied|reverting|guard-lost)' ||
    fail 'a repair is under way on this host; settle it in the bot first, then run this again'
}

# An account that somebody else uses is neither changed nor removed.
own_account() {
  home=/var/lib/$user-login
  ! id "$user" >/dev/null 2>&1 || [[ $(getent passwd "$user" | cut -d: -f6) == "$home" ]] ||
    fail "there is an account $user already, which this script has not made; name another with --user"
}

take_away() {
  own_account
  at_rest
  rm -f "$sudoers"
  rm -rf "$lib" "$etc"
  if id "$user" >/dev/null 2>&1; then userdel "$user" || fail "the account $user could not be removed"; fi
  rm -rf "$home"
  echo "removed: $lib, $etc, $sudoers, the account $user"
}

make_account() {
  if ! id "$user" >/dev/null 2>&1; then
    useradd --system --no-create-home --home-dir "$home" --shell /bin/sh --comment 'ChatOpsBot' "$user" || fail "the account $user could not be made"
  fi
  # No password fits; a locked account would not be let in by its key either where sshd does without PAM.
  usermod --password '*' "$user" || fail "the password of $user could not be taken away"
  install -d -o root -g root -m 0755 "$home" "$home/.ssh"
}

put() { # FILE TARGET MODE: in one piece, so that no request meets half a file
  install -o root -g root -m "$3" -T "$1" "$2.new" && mv -T "$2.new" "$2" || fail "$2 could not be written"
}

allow_key() {
  local keys=$home/.ssh/authorized_keys options='restrict,command="/usr/local/lib/chatops/login"' line
  if [[ -z $key ]]; then
    [[ -s $keys && -z $from ]] || fail "name the bot's public key with --key FILE"
    return
  fi
  line=$(grep -vE '^[[:space:]]*(#|$)' "$key") || fail "$key holds no key"
  [[ $line != *$'\n'* ]] || fail "$key holds more than one line"
  ssh-keygen -l -f "$key" >/dev/null || fail "$key is no public key"
  [[ $line =~ ^(ssh-|ecdsa-|sk-) ]] || fail "$key has options before the key; give the bare .pub file"
  [[ -z $from ]] || options="from=\"$from\",$options"
  printf '%s %s\n' "$options" "$line" >"$keys.new" && chmod 0644 "$keys.new" && mv -T "$keys.new" "$keys" || fail "$keys could not be written"
}

allow_sudo() {
  cat >"$sudoers.new" <<END
# Written by deploy/host/install.sh of ChatOpsBot: the account may run this one program as root, without arguments.
Defaults!$lib/gate env_keep += "SSH_CONNECTION"
Defaults:$user !requiretty
$user ALL=(root) NOPASSWD: $lib/gate ""
END
  chmod 0440 "$sudoers.new"
  visudo -q -c -f "$sudoers.new" >/dev/null || { rm -f "$sudoers.new"; fail 'sudo does not accept what would be allowed; nothing was changed in it'; }
  mv -T "$sudoers.new" "$sudoers"
  local more
  more=$(sudo -l -U "$user" 2>/dev/null | grep -E '^ *\(' | grep -vF "$lib/gate")
  [[ -z $more ]] || fail "$user may run more than the gate as root, so nothing is gained; take this out of /etc/sudoers*: $more"
}

[[ $remove == no ]] || { take_away; exit 0; }
[[ -n $kit ]] || usage "--kit is missing; write it with: chatopsbot host-kit runbooks --out DIR"
for file in guard supervisor allow programs; do [[ -s $kit/$file ]] || fail "$kit/$file is missing; write the kit with: chatopsbot host-kit runbooks --out $kit"; done
[[ $(head -n 1 "$kit/allow") == 'cob-allow 1' ]] || fail "$kit/allow is of another version than this script"
for program in sudo visudo ssh-keygen timeout sha256sum flock cmp; do command -v "$program" >/dev/null || fail "$program is missing; install it: apt-get install sudo openssh-client coreutils util-linux diffutils"; done
own_account
at_rest
make_account
install -d -o root -g root -m 0755 "$lib" "$etc"
for file in guard supervisor; do put "$kit/$file" "$lib/$file" 0644; done
for file in login gate; do put "$here/$file" "$lib/$file" 0755; done
for file in allow programs; do put "$kit/$file" "$etc/$file" 0644; done
allow_key
allow_sudo
echo "ready: $user may run as root what $etc/programs and $etc/allow list, and nothing else; from the bot's machine: chatopsbot doctor"
