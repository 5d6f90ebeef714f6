# What is up: hosts, guests, and which faults and conditions are in force.

command_status() {
  (($# == 0)) || usage_error "status takes no arguments" status
  need_root
  [[ -d $STATE ]] || { echo "lab '$COB_LAB_NAME': down"; return 0; }
  [[ -e $STATE/ready ]] || { echo "lab '$COB_LAB_NAME': half made; run 'lab down'"; return 1; }
  local host guest dir file
  echo "lab '$COB_LAB_NAME': up, controller $(<"$STATE/controller"), files in $STATE"
  for host in $(list_hosts); do
    dir=$(host_dir "$host")
    printf '%s %s bridges=%s\n' "$host" "$(<"$dir/address")" "$(<"$dir/bridges")"
    for guest in $(list_guests "$host"); do
      printf '  %s mac=%s tap=%s lease=%s\n' "$guest" "$(<"$dir/guests/$guest/mac")" "$(cat "$dir/guests/$guest/tap" 2>/dev/null || echo -)" \
        "$(cat "$dir/guests/$guest/lease" 2>/dev/null || echo none)"
    done
    for file in "$dir"/saved/*/active; do
      if [[ -e $file ]]; then printf '  %s\n' "$(<"$file")"; fi
    done
  done
}
