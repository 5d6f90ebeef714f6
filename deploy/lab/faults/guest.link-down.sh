SCOPE=guest
NEEDS=libvirt
describe() { echo "libvirt holds the guest's link down (hosts with --libvirt, guest vm1)"; }
inject() {
  is_libvirt_guest "$@" || refuse "'$2' is not a libvirt guest: use vm1 of a host added with --libvirt"
  virsh "$1" domif-setlink "$2" "$(tap_of "$@")" down </dev/null >/dev/null
}
heal() { virsh "$1" domif-setlink "$2" "$(tap_of "$@")" up </dev/null >/dev/null; }
