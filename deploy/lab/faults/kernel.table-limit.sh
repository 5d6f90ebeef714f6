SCOPE=host
describe() { echo "br0 has 1023 ports, the most that the kernel allows: the next guest's tap is refused (Exchange full)"; }
inject() {
  local count
  count=$(on_host "$1" sh -c 'ls /sys/class/net/br0/brif' </dev/null | wc -l)
  # Pairs that stay down, so that nothing goes round. A group is taken away as a whole, which is much quicker than a thousand times one.
  {
    for ((; count < 1023; count += 2)); do
      echo "link add full$count group 4242 master br0 type veth peer name full$((count + 1)) group 4242"
      ((count + 1 >= 1023)) || echo "link set full$((count + 1)) master br0"
    done
  } | on_host "$1" ip -batch -
}
heal() { on_host "$1" ip link del group 4242 </dev/null || true; }
