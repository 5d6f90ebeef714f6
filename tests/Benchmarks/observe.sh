#!/usr/bin/env bash
# Reading and diagnosing one host beside Ansible's fact gathering (setup, gather_subset=network), both against the same lab host, in turn.
#   cold: a new process and a new SSH connection each time, for both
#   warm: Ansible with its ControlPersist connection; the bot as the service does it, in a running process over its warm connection
# Host CPU: what sshd and all it started used on a host with 60 bridge ports, per read, as the kernel accounts it.
# Last line: warm=N.N% cold=N.N% hostCpuSeconds=N.N  (percentages: the bot's median of Ansible's median)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
runs=${RUNS:-7}
export COB_LAB_NAME=bench
lab="$root/deploy/lab/lab"
[ "$(id -u)" = 0 ] || { echo "observe.sh: needs root for the lab" >&2; exit 2; }

"$root/deploy/lab/packages.sh"
command -v ansible >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ansible-core >/dev/null
dotnet build "$root/src/Host/Host.csproj" -c Release -v q -clp:NoSummary
dotnet build "$here/Observe/Observe.csproj" -c Release -v q -clp:NoSummary

work=$(mktemp -d)
trap '"$lab" down >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
"$lab" up --hosts 1 >/dev/null
"$lab" host add host60 --guests 59 >/dev/null
eval "$("$lab" env)"
address() { awk -v h="$1" '$0 ~ "name: " h "," { match($0, /address: [0-9.]+/); print substr($0, RSTART + 9, RLENGTH - 9) }' "$COB_LAB_INVENTORY"; }

now() { date +%s%N; }
millis() { local t0; t0=$(now); "$@" >"$work/out" 2>&1 || { [ $? -le 1 ] || { cat "$work/out" >&2; return 1; }; }; echo $((($(now) - t0) / 1000000)); }
median() { sort -n | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

a42=$(address host42)
cat >"$work/hosts" <<INI
host42 ansible_host=$a42 ansible_user=ops ansible_ssh_private_key_file=$COB_LAB_KEY
INI
export ANSIBLE_LOCALHOST_WARNING=False ANSIBLE_HOST_KEY_CHECKING=True ANSIBLE_PIPELINING=True
ansible_once() { # $1: cold|warm
    local persist="-o ControlMaster=auto -o ControlPersist=60s -o ControlPath=$work/a-%C"
    [ "$1" = warm ] || persist="-o ControlMaster=no -o ControlPath=none"
    ANSIBLE_SSH_ARGS="-o UserKnownHostsFile=$COB_LAB_KNOWN_HOSTS $persist" "$lab" ctl -- \
        env LC_ALL=C.UTF-8 ansible -i "$work/hosts" host42 -b -m setup -a gather_subset=network
}
export Inventory__File=$COB_LAB_INVENTORY Ssh__IdentityFile=$COB_LAB_KEY Ssh__KnownHostsFile=$COB_LAB_KNOWN_HOSTS
bot_once() { "$lab" ctl -- "$root/src/Host/bin/Release/net10.0/chatopsbot" check host42; }

echo "cold, $runs runs each, in turn" >&2
ansible_once cold >/dev/null 2>&1; bot_once >/dev/null 2>&1
for _ in $(seq "$runs"); do millis ansible_once cold >>"$work/ansible.cold"; millis bot_once >>"$work/bot.cold"; done
echo "warm, $runs runs each" >&2
ansible_once warm >/dev/null 2>&1
for _ in $(seq "$runs"); do millis ansible_once warm >>"$work/ansible.warm"; done
"$lab" ctl -- "$here/Observe/bin/Release/net10.0/ChatOpsBot.Benchmarks.Observe" "$a42" ops "$COB_LAB_KEY" "$COB_LAB_KNOWN_HOSTS" "$runs" </dev/null >"$work/bot.warm"

# What sshd, its sessions, and all that have ended below them used so far, in clock ticks: own and waited-for time (fields 14 to 17) of every process
# below sshd. A session that has ended is no longer there, and who takes over its time is not certain; so the connection is kept while this looks.
ticks() {
    "$lab" exec host60 -- sh -c '
        for p in /proc/[0-9]*; do
            read -r line <"$p/stat" && echo "$line"
        done 2>/dev/null | sed "s/ (.*) / (x) /" | awk -v names="$(grep -l "^sshd\$" /proc/[0-9]*/comm 2>/dev/null | tr -dc "0-9\n" | tr "\n" " ")" "
            BEGIN { split(names, list); for (i in list) below[list[i]] = 1 }
            { parent[\$1] = \$4; used[\$1] = \$14 + \$15 + \$16 + \$17 }
            END {
                for (p in parent) { q = p; while (q != \"\" && q > 1 && !below[q]) q = parent[q]; if (below[q]) sum += used[p] }
                print sum + 0
            }"'
}
reads60=9
before=$(ticks)
mkfifo "$work/hold"
"$lab" ctl -- "$here/Observe/bin/Release/net10.0/ChatOpsBot.Benchmarks.Observe" "$(address host60)" ops "$COB_LAB_KEY" "$COB_LAB_KNOWN_HOSTS" "$reads60" <"$work/hold" >"$work/bot.60" &
observe=$!
exec 9>"$work/hold"
while kill -0 "$observe" 2>/dev/null && [ "$(wc -l <"$work/bot.60")" -lt "$reads60" ]; do sleep 0.2; done
after=$(ticks)
exec 9>&-
wait "$observe"

row() { printf '%-34s %8s ms (min %s, max %s)\n' "$1" "$(median <"$2")" "$(sort -n "$2" | head -1)" "$(sort -n "$2" | tail -1)"; }
row "Ansible, cold" "$work/ansible.cold"; row "chatopsbot check, cold" "$work/bot.cold"
row "Ansible, warm" "$work/ansible.warm"; row "service read + diagnosis, warm" "$work/bot.warm"
row "the same at 60 ports" "$work/bot.60"
awk -v aw="$(median <"$work/ansible.warm")" -v bw="$(median <"$work/bot.warm")" -v ac="$(median <"$work/ansible.cold")" -v bc="$(median <"$work/bot.cold")" \
    -v t=$((after - before)) -v n=$((reads60 + 1)) -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "warm=%.1f%% cold=%.1f%% hostCpuSeconds=%.2f\n", 100 * bw / aw, 100 * bc / ac, t / hz / n }'
