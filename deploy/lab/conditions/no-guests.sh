describe() { echo "the host runs no guest at all: br0 has only its uplink"; }
set_it() {
  local guest
  for guest in $(list_guests "$1"); do
    ! is_libvirt_guest "$1" "$guest" || refuse "host '$1' has a libvirt guest"
  done
  # Only those that are on: another condition may have shut one off.
  for guest in $(list_guests "$1"); do [[ -e $(host_dir "$1")/guests/$guest/off ]] || echo "$guest"; done | save guests
  for guest in $(saved guests); do power_off "$1" "$guest"; done
}
clear_it() { local guest; for guest in $(saved guests); do power_on "$1" "$guest"; done; }
