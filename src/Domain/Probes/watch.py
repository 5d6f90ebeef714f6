# P.trace hop by hop and P.lldp for hosts without Perl: the same arguments and output as watch.pl.
import binascii, ctypes, select, socket, struct, sys

seconds, most, links = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
NAMES = {1: "DISCOVER", 2: "OFFER", 3: "REQUEST", 4: "DECLINE", 5: "ACK", 6: "NAK", 7: "RELEASE", 8: "INFORM"}
sockets, kinds, waiting, told, lines = {}, {}, set(), {}, 0


def uptime():
    with open("/proc/uptime") as file:
        return float(file.read().split()[0])


begin = uptime()


def now():
    return int(1000 * (uptime() - begin))


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def tell(word, rest):
    global lines
    say("%s %d %s" % (word, now(), rest))
    lines += 1


def dotted(four):
    return ".".join(str(byte) for byte in bytearray(four)) if len(four) == 4 else "-"


def colons(six):
    return ":".join("%02x" % byte for byte in bytearray(six))


def digits(value):
    return binascii.hexlify(value).decode("ascii")


def count(*key):
    told[key] = told.get(key, 0) + 1
    return told[key]


def program(*code):
    text = b"".join(struct.pack("HBBI", *line) for line in code)
    return len(code), ctypes.create_string_buffer(text, len(text))


FILTER = program(
    (0x28, 0, 0, 12), (0x15, 24, 0, 0x0806), (0x15, 23, 0, 0x88cc), (0x15, 6, 0, 0x0800), (0x15, 13, 0, 0x8100), (0x15, 12, 0, 0x88a8), (0x20, 0, 0, 0),
    (0x15, 0, 19, 0x0180c200), (0x28, 0, 0, 4), (0x15, 16, 17, 0), (0x30, 0, 0, 23), (0x15, 0, 15, 17), (0x28, 0, 0, 20), (0x45, 13, 0, 0x1fff),
    (0xb1, 0, 0, 14), (0x48, 0, 0, 16), (0x15, 9, 0, 67), (0x15, 8, 9, 68), (0x28, 0, 0, 16), (0x15, 0, 7, 0x0800), (0x30, 0, 0, 27), (0x15, 0, 5, 17),
    (0xb1, 0, 0, 18), (0x48, 0, 0, 20), (0x15, 1, 0, 67), (0x15, 0, 1, 68), (0x06, 0, 0, 2048), (0x06, 0, 0, 0))
ANY = program((0x06, 0, 0, 64))


def listen_on(link, code, purpose):
    end = socket.socket(17, 3, 0)
    end.setsockopt(1, 26, struct.pack("HP", code[0], ctypes.addressof(code[1])))
    end.bind((link, 3))
    sockets[end] = (link, purpose)


def alive(end, link, way, frame):
    if way == "in":
        what = "heard"
    elif not bytearray(frame)[0] & 1 and frame[12:14] != b"\x08\x06":
        what = "unicast"
    else:
        return
    if count(what, link) == 1:
        tell(what, link)
    if ("heard", link) in told and ("unicast", link) in told:
        del sockets[end]


def message(link, way, frame):
    at = 12
    while len(frame) >= at + 6 and frame[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    kind = struct.unpack("!H", frame[at:at + 2])[0]
    if kind == 0x88cc:
        lldp(link, way, frame)
    elif kind == 0x0806:
        arp(link, way, frame[at + 2:])
    elif kind == 0x0800:
        dhcp(link, way, frame, at + 2)
    elif kind <= 1500 and len(frame) >= 21 and frame[14:17] == b"\x42\x42\x03" and count("bpdu", link, way) <= 3:
        delay = str(struct.unpack("!H", frame[50:52])[0]) if len(frame) >= 52 and frame[20:21] != b"\x80" else "-"
        tell("bpdu", "%s %s %s" % (link, way, delay))


def arp(link, way, packet):
    if kinds[link] != "tap" or len(packet) < 28 or packet[:6] != struct.pack("!HHBB", 1, 0x0800, 6, 4):
        return
    operation, mac, sender, target = struct.unpack("!H6s4s6x4s", packet[6:28])
    if not (operation in (1, 2) if way == "in" else operation == 2):
        return
    line = " ".join((link, way, "ask" if operation == 1 else "reply", colons(mac), dotted(sender), dotted(target)))
    if count(line) <= 4 and count("arp", link) <= 40:
        tell("arp", line)


def lldp(link, way, frame):
    if way == "out" or count("lldp", link) > 1:
        return
    at = 14
    while at + 2 <= len(frame):
        head = struct.unpack("!H", frame[at:at + 2])[0]
        kind, value = str(head >> 9), frame[at + 2:at + 2 + (head & 0x1ff)]
        if kind == "0":
            break
        if kind == "127" and value[:4] == b"\x00\x80\xc2\x01":
            kind, value = "pvid", value[4:6]
        if value and kind in ("1", "2", "4", "5", "pvid"):
            tell("lldp", "%s %s %s" % (link, kind, digits(value[:200])))
        at += 2 + (head & 0x1ff)


def dhcp(link, way, frame, ip):
    if len(frame) < ip + 20:
        return
    bootp = ip + 4 * (bytearray(frame)[ip] & 15) + 8
    if len(frame) < bootp + 240 or frame[bootp + 236:bootp + 240] != b"\x63\x82\x53\x63" or frame[bootp + 2:bootp + 3] != b"\x06":
        return
    mac = colons(frame[bootp + 28:bootp + 34])
    options, at = {}, bootp + 240
    while at + 2 < len(frame) and frame[at:at + 1] != b"\xff":
        code, length = bytearray(frame[at:at + 2])
        if code == 0:
            at += 1
            continue
        options.setdefault(code, frame[at + 2:at + 2 + length])
        at += 2 + length
    kind = NAMES.get(bytearray(options.get(53, b"\0"))[0] if len(options.get(53, b"")) == 1 else 0)
    if not kind:
        return
    tell("dhcp", " ".join((
        link, way, kind, mac, digits(frame[bootp + 4:bootp + 8]), dotted(frame[bootp + 16:bootp + 20]), dotted(frame[bootp + 12:bootp + 16]),
        dotted(options.get(54, b"")), dotted(options.get(50, b"")), dotted(options.get(1, b"")), dotted(options.get(3, b"")[:4]),
        digits(options.get(61, b"")[:64]) or "-", colons(frame[6:12]), "all" if frame[:6] == b"\xff" * 6 else "one")))
    if kind == "ACK" and way == "out" and kinds[link] == "tap":
        waiting.discard(mac)


say("cob-watch 1")
for kind, link, mac in zip(links[::3], links[1::3], links[2::3]):
    if kind == "tap" and mac != "-":
        waiting.add(mac)
    if link in kinds:
        continue
    try:
        listen_on(link, FILTER, "messages")
    except OSError as failure:
        say("off %s %s" % (link, failure.strerror))
        continue
    kinds[link] = kind
    if kind == "tap":
        try:
            listen_on(link, ANY, "alive")
        except OSError:
            pass
    say("on %s" % link)
say("ready")

asked, grace = bool(waiting), None
while sockets:
    left = seconds - (uptime() - begin)
    if grace is not None:
        left = min(left, grace - uptime())
    if left <= 0:
        break
    for end in select.select(list(sockets), [], [], left)[0]:
        link, purpose = sockets[end]
        try:
            frame, source = end.recvfrom(2048)
        except OSError as failure:
            if purpose == "messages":
                say("off %s %s" % (link, failure.strerror))
            del sockets[end]
            continue
        if len(frame) < 14:
            continue
        way = "out" if source[2] == 4 else "in"
        if purpose == "alive":
            alive(end, link, way, frame)
            continue
        message(link, way, frame)
        if lines >= most:
            say("end %d lines" % now())
            sys.exit()
        if asked and not waiting and grace is None:
            grace = uptime() + 0.5
say("end %d %s" % (now(), "leases" if grace is not None else "time" if sockets else "links"))
