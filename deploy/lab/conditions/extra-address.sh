describe() { echo "br0 has a second address that no file knows, as keepalived or a cluster manager gives it"; }
set_it() { on_host "$1" ip addr add "$SUBNET_LAN.200.$(($(<"$(host_dir "$1")/number") & 255))/32" dev br0; }
clear_it() { on_host "$1" ip addr del "$SUBNET_LAN.200.$(($(<"$(host_dir "$1")/number") & 255))/32" dev br0 2>/dev/null || true; }
