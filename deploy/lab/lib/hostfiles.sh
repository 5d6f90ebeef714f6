# The files of a host's /etc that differ from the machine's. Sourced by hostroot.sh, working directory = the new root.

write_users() {
  local user shell uid=3000 k=0 shells=(/bin/bash /bin/bash /bin/sh)
  for shell in /bin/csh /bin/tcsh; do [[ ! -x $shell ]] || { shells[2]=$shell; break; }; done
  sed -i -E '/^(root|ops|viewer|csh):/d' etc/passwd etc/shadow etc/group
  # Password "*": no password fits, but the account is not locked (a locked one refuses keys too).
  sed -i '1i root:x:0:0:root:/root:/bin/bash' etc/passwd
  sed -i '1i root:*:19000:0:99999:7:::' etc/shadow
  sed -i '1i root:x:0:' etc/group
  mkdir -m 0755 home/ops home/viewer home/csh
  mkdir -m 0700 root/.ssh home/ops/.ssh home/viewer/.ssh home/csh/.ssh
  echo "$LAB_KEY" >root/.ssh/authorized_keys
  for user in ops viewer csh; do
    uid=$((uid + 1))
    echo "$user:x:$uid:$uid::/home/$user:${shells[k]}" >>etc/passwd
    echo "$user:*:19000:0:99999:7:::" >>etc/shadow
    echo "$user:x:$uid:" >>etc/group
    echo "$LAB_KEY" >"home/$user/.ssh/authorized_keys"
    chown -R "$uid:$uid" "home/$user"
    k=$((k + 1))
  done
  if ((!LAB_NO_SUDO)); then
    echo 'ops ALL=(ALL) NOPASSWD: ALL' >etc/sudoers.d/ops
    chmod 0440 etc/sudoers.d/ops
  fi
}

write_sshd() {
  ssh-keygen -q -t ed25519 -N '' -C "root@$LAB_HOST" -f etc/ssh/ssh_host_ed25519_key
  cut -d' ' -f1,2 etc/ssh/ssh_host_ed25519_key.pub >"$LAB_DIR/hostkey.pub"
  cat >etc/ssh/sshd_config <<'END'
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM yes
UseDNS no
PrintMotd no
AcceptEnv LANG LC_*
Subsystem sftp /usr/lib/openssh/sftp-server
END
}

# What ifupdown would do and what the kernel shows must agree: the bot compares the two.
write_network_config() {
  local k nics="lo"
  printf 'source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n' >etc/network/interfaces
  if ((!LAB_MGMT_ON_BRIDGE)); then
    printf '\nauto eno1\niface eno1 inet static\n    address %s.%s/16\n' "$LAB_MGMT" "$LAB_SUFFIX" >>etc/network/interfaces
    nics+=" eno1"
  fi
  for ((k = 0; k < LAB_BRIDGES; k++)); do
    {
      printf 'auto eno%d\niface eno%d inet manual\n\nauto br%d\n' $((2 + k)) $((2 + k)) "$k"
      if ((k == 0)); then
        printf 'iface br0 inet static\n    address %s.%s/16\n    gateway %s.0.1\n' "$LAB_LAN" "$LAB_SUFFIX" "$LAB_LAN"
      else
        printf 'iface br%d inet manual\n' "$k"
      fi
      printf '    bridge_ports eno%d\n    bridge_stp off\n    bridge_fd 0\n' $((2 + k))
    } >"etc/network/interfaces.d/br$k"
    nics+=" eno$((2 + k)) br$k"
  done
  printf '# Bridged frames do not pass the host firewall\nnet.bridge.bridge-nf-call-iptables = 0\nnet.bridge.bridge-nf-call-ip6tables = 0\nnet.bridge.bridge-nf-call-arptables = 0\n' \
    >etc/sysctl.d/10-bridge.conf
  # What ifup leaves behind, so that ifquery --state and ifdown work on hosts brought up without it.
  if ((!LAB_IFUPDOWN)); then printf '%s\n' $nics | sed 's/.*/&=&/' >run/network/ifstate; fi
}
