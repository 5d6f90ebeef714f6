# Faults and conditions: one file each in faults/ and conditions/, sourced when used.
# A fault file defines describe, inject HOST GUEST, heal HOST GUEST; a condition file describe, set_it HOST, clear_it HOST.
# SCOPE=host in a file says that the guest makes no difference. The helpers those files use are in fault-helpers.sh.
# shellcheck source=/dev/null
source "$COB_LAB_HOME/lib/fault-helpers.sh"
# shellcheck source=/dev/null
source "$COB_LAB_HOME/lib/dhcp-servers.sh"

list_files() { # KIND
  local file
  for file in "$COB_LAB_HOME/$1"/*.sh; do
    [[ -e $file ]] || continue
    # shellcheck source=/dev/null
    (source "$file"; printf '%-34s %s\n' "$(basename "$file" .sh)" "$(describe)")
  done
}
command_fault_list() { list_files faults; }
command_condition_list() { list_files conditions; }

load_file() { # KIND NAME
  [[ $2 =~ ^[a-z0-9.-]+$ && -e $COB_LAB_HOME/$1/$2.sh ]] || usage_error "no ${1%s} '$2': 'lab ${1%s} list' shows them" "${1%s}"
  SCOPE=guest
  # shellcheck source=/dev/null
  source "$COB_LAB_HOME/$1/$2.sh"
}

command_fault_inject() { switch_on fault inject heal "$@"; }
command_fault_heal() { switch_off fault heal "$@"; }
command_condition_set() { switch_on condition set_it clear_it "$@"; }
command_condition_clear() { switch_off condition clear_it "$@"; }

# Sets SAVED, the directory where the file's helpers keep what was before.
prepare() { # KIND NAME HOST [GUEST]
  (($# == 3 || $# == 4)) || usage_error "$1: which one, and on which host?" "$1"
  load_file "$1s" "$2"
  need_host "$3"
  GUEST=${4:-vm1}
  [[ $SCOPE == host || $1 == condition ]] || need_guest "$3" "$GUEST"
  [[ $SCOPE == guest && $1 == fault ]] || GUEST_KEY=host
  SAVED=$(host_dir "$3")/saved/$2@${GUEST_KEY:-$GUEST}
}

switch_on() { # KIND FUNCTION UNDO NAME HOST [GUEST]
  local kind=$1 function=$2 undo=$3
  shift 3
  prepare "$kind" "$@"
  mkdir "$SAVED" 2>/dev/null || die "$kind '$1' is in force on '$2' already (${SAVED##*@})"
  echo "$kind $1 ${SAVED##*@}" >"$SAVED/active"
  # Globals: the trap runs when the function's own variables may be gone.
  KIND=$kind HOST=$2 UNDO=$undo
  trap 'trap - EXIT; say "lab: $KIND failed half-way, undoing it"; set +e; "$UNDO" "$HOST" "$GUEST"; rm -rf "$SAVED"; exit 1' EXIT
  "$function" "$2" "$GUEST"
  trap - EXIT
}
# For a file that finds, before it changed anything, that it cannot work here.
refuse() {
  trap - EXIT
  rm -rf "$SAVED"
  die "$*"
}

switch_off() { # KIND FUNCTION NAME HOST [GUEST]
  local kind=$1 function=$2
  shift 2
  prepare "$kind" "$@"
  [[ -d $SAVED ]] || { say "$kind '$1' is not in force on '$2'"; return 0; }
  "$function" "$2" "$GUEST"
  rm -rf "$SAVED"
}
