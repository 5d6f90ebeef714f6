SCOPE=host
describe() { echo "the uplink's carrier goes away for a moment every second, as with a bad plug (for ten minutes at most)"; }
inject() {
  on_switch env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin setsid --fork sh -c '
    echo $$ >"$2"; n=0
    while [ $n -lt 600 ]; do
      ip link set dev "$1" down || exit; ip link set dev "$1" up || exit
      n=$((n + 1)); sleep 1
    done' sh "$(port_of "$1")" "$SAVED/pid" </dev/null >/dev/null 2>&1
  wait_until 20 test -s "$SAVED/pid"
}
heal() {
  kill "$(<"$SAVED/pid")" 2>/dev/null || true
  on_switch ip link set dev "$(port_of "$1")" up
}
