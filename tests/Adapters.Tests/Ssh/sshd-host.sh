#!/bin/sh
# A host for the tests: real sshd's with accounts of their own, in private mount and process namespaces, so that this machine's accounts, sudo
# rules and /run stay as they are. Ends, with everything it started, when its standard input ends.
#   sshd-host.sh DIR   DIR holds sshd-*.conf; needs root
set -eu
if test "${1-}" != inside; then
    exec unshare --mount --pid --fork --kill-child=KILL --mount-proc --propagation private sh "$0" inside "$1"
fi
dir=$2
mkdir -p "$dir/etc" "$dir/home"
cp /etc/passwd "$dir/etc/passwd"
cp /etc/shadow "$dir/etc/shadow"
cp -r /etc/sudoers.d "$dir/etc/sudoers.d"
account() {
    sed -i "/^$1:/d" "$dir/etc/passwd" "$dir/etc/shadow"
    echo "$1:x:$2:$2:test:$dir/home/$1:$3" >>"$dir/etc/passwd"
    echo "$1:*:19000:0:99999:7:::" >>"$dir/etc/shadow"
    mkdir -p "$dir/home/$1"
    chown "$2:$2" "$dir/home/$1"
}
account root 0 /bin/bash
account ops 4001 /bin/sh
account viewer 4002 /bin/sh
account cshuser 4003 /bin/csh
account closed 4004 /usr/sbin/nologin
echo 'echo "welcome to csh"; sh -c "echo csh complains >&2"' >"$dir/home/cshuser/.cshrc"
echo 'ops ALL=(root) NOPASSWD: ALL' >"$dir/etc/sudoers.d/cob-test"
chmod 0440 "$dir/etc/sudoers.d/cob-test"
chmod 0755 "$dir" "$dir/home"
mount --bind "$dir/etc/passwd" /etc/passwd
mount --bind "$dir/etc/shadow" /etc/shadow
mount --bind "$dir/etc/sudoers.d" /etc/sudoers.d
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/sshd
for conf in "$dir"/sshd-*.conf; do
    /usr/sbin/sshd -D -e -f "$conf" 2>>"${conf%.conf}.log" </dev/null &
done
echo up
while read -r _; do :; done
