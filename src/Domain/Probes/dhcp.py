# P.dhcp for hosts without Perl: the same arguments and output as dhcp.pl.
import ctypes, random, select, socket, struct, sys

link, guest, seconds, more = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:]


def uptime():
    with open("/proc/uptime") as file:
        return float(file.read().split()[0])


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def stop(why):
    say("off %s %s" % (link, why))
    sys.exit()


def dotted(four):
    return ".".join(str(byte) for byte in bytearray(four)) if len(four) == 4 else "-"


def colons(six):
    return ":".join("%02x" % byte for byte in bytearray(six))


def raw(mac):
    return bytes(bytearray(int(byte, 16) for byte in mac.split(":")))


CODE = b"".join(struct.pack("HBBI", *line) for line in (
    (0x28, 0, 0, 12), (0x15, 2, 0, 0x0800), (0x15, 6, 0, 0x8100), (0x06, 0, 0, 0), (0x30, 0, 0, 23), (0x15, 0, 9, 17), (0xb1, 0, 0, 14), (0x48, 0, 0, 16),
    (0x15, 5, 6, 68), (0x28, 0, 0, 16), (0x15, 0, 4, 0x0800), (0xb1, 0, 0, 18), (0x48, 0, 0, 20), (0x15, 0, 1, 68), (0x06, 0, 0, 2048), (0x06, 0, 0, 0)))
BUFFER = ctypes.create_string_buffer(CODE, len(CODE))

begin = uptime()


def now():
    return int(1000 * (uptime() - begin))


def checksum(text):
    total = sum(struct.unpack("!%dH" % (len(text) // 2), text))
    while total >> 16:
        total = (total >> 16) + (total & 0xffff)
    return ~total & 0xffff


def discover(mac):
    identity = b"\0cob-probe " + mac.encode("ascii")
    bootp = struct.pack("!BBBB4sHH16x16s192xI", 1, 1, 6, 0, exchange[mac], 0, 0x8000, raw(mac), 0x63825363)
    bootp += struct.pack("BBB", 53, 1, 1) + struct.pack("BB", 61, len(identity)) + identity + struct.pack("7B", 55, 5, 1, 3, 6, 51, 54) + b"\xff"
    bootp += b"\0" * max(0, 300 - len(bootp))
    udp = struct.pack("!HHHH", 68, 67, 8 + len(bootp), 0) + bootp
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0x10, 20 + len(udp), 0, 0, 64, 17, 0, b"\0" * 4, b"\xff" * 4)
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return b"\xff" * 6 + raw(mac) + struct.pack("!H", 0x0800) + head + udp


def offer(name, frame):
    at = 12
    while len(frame) >= at + 6 and frame[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    ip = at + 2
    if len(frame) < ip + 20:
        return
    bootp = ip + 4 * (bytearray(frame)[ip] & 15) + 8
    if len(frame) < bootp + 240 or frame[bootp + 236:bootp + 240] != b"\x63\x82\x53\x63":
        return
    mac = colons(frame[bootp + 28:bootp + 34])
    if exchange.get(mac) != frame[bootp + 4:bootp + 8]:
        return
    options, at = {}, bootp + 240
    while at + 2 < len(frame) and frame[at:at + 1] != b"\xff":
        code, length = bytearray(frame[at:at + 2])
        if code == 0:
            at += 1
            continue
        options.setdefault(code, frame[at + 2:at + 2 + length])
        at += 2 + length
    if options.get(53) != b"\x02":
        return
    line = " ".join((ask[mac], colons(frame[6:12]), dotted(options.get(54, b"")), dotted(frame[bootp + 16:bootp + 20]), dotted(options.get(1, b"")), dotted(options.get(3, b"")[:4])))
    if line in told or len(told) >= 40:
        return
    told.add(line)
    say("offer %d %s %s" % (now(), line, name))


say("cob-dhcp 1")
sockets, told, sender = {}, set(), None
for name in [link] + more:
    try:
        end = socket.socket(17, 3, 0)
        end.setsockopt(1, 26, struct.pack("HP", len(CODE) // 8, ctypes.addressof(BUFFER)))
        end.bind((name, 3))
    except OSError as failure:
        if name == link:
            stop(failure.strerror)
        continue
    sockets[end] = name
    sender = sender or end
mac = sender.getsockname()[4]
if len(mac) != 6:
    stop("it has no Ethernet address")
own = colons(mac)
say("on %s %s %s" % (link, own, guest))

ask = {own: "host"}
if guest != "-":
    ask[guest] = "guest"
number = random.randrange(0xffffffff)
exchange = dict((address, struct.pack("!I", (number + index) & 0xffffffff)) for index, address in enumerate(sorted(ask)))
sends = [begin, begin + 3.5]
while seconds - (uptime() - begin) > 0:
    left = seconds - (uptime() - begin)
    if sends and uptime() >= sends[0]:
        sends.pop(0)
        for address in sorted(ask, key=lambda entry: ask[entry], reverse=True):
            try:
                sender.send(discover(address))
            except OSError as failure:
                stop(failure.strerror)
            say("sent %d %s" % (now(), ask[address]))
    if sends:
        left = min(left, max(0.01, sends[0] - uptime()))
    for end in select.select(list(sockets), [], [], left)[0]:
        try:
            frame, source = end.recvfrom(2048)
        except OSError:
            del sockets[end]
            continue
        if source[2] != 4:
            offer(sockets[end], frame)
say("end %d" % now())
