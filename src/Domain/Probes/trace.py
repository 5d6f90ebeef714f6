# P.trace for hosts without Perl: the same arguments and output as trace.pl.
import ctypes, select, socket, struct, sys

seconds, most, pairs = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
NAMES = {1: "DISCOVER", 2: "OFFER", 3: "REQUEST", 4: "DECLINE", 5: "ACK", 6: "NAK", 7: "RELEASE", 8: "INFORM"}
links, wanted, broadcast = {}, {}, set()


def uptime():
    with open("/proc/uptime") as file:
        return float(file.read().split()[0])


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def dotted(four):
    return ".".join(str(byte) for byte in four) if len(four) == 4 else "-"


FILTER = b"".join(struct.pack("HBBI", *line) for line in (
    (0x28, 0, 0, 12), (0x15, 0, 8, 0x0800), (0x30, 0, 0, 23), (0x15, 0, 17, 17), (0x28, 0, 0, 20), (0x45, 15, 0, 0x1fff),
    (0xb1, 0, 0, 14), (0x48, 0, 0, 16), (0x15, 11, 0, 67), (0x15, 10, 11, 68), (0x15, 1, 0, 0x8100), (0x15, 0, 9, 0x88a8),
    (0x28, 0, 0, 16), (0x15, 0, 7, 0x0800), (0x30, 0, 0, 27), (0x15, 0, 5, 17), (0xb1, 0, 0, 18), (0x48, 0, 0, 20),
    (0x15, 1, 0, 67), (0x15, 0, 1, 68), (0x06, 0, 0, 2048), (0x06, 0, 0, 0)))
BUFFER = ctypes.create_string_buffer(FILTER, len(FILTER))


def message(link, way, frame):
    at = 12
    while len(frame) >= at + 6 and frame[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    if len(frame) < at + 22 or frame[at:at + 2] != b"\x08\x00":
        return 0
    to = "all" if frame[:6] == b"\xff" * 6 else "one"
    bootp = at + 2 + 4 * (frame[at + 2] & 15) + 8
    if len(frame) < bootp + 240 or frame[bootp + 236:bootp + 240] != b"\x63\x82\x53\x63" or frame[bootp + 2] != 6:
        return 0
    xid, client, yours = frame[bootp + 4:bootp + 8], frame[bootp + 12:bootp + 16], frame[bootp + 16:bootp + 20]
    mac = ":".join("%02x" % byte for byte in frame[bootp + 28:bootp + 34])
    kind, server, option = 0, b"", bootp + 240
    while option + 2 < len(frame) and frame[option] != 255:
        code, length = frame[option], frame[option + 1]
        if code == 0:
            option += 1
            continue
        value = frame[option + 2:option + 2 + length]
        if code == 53 and len(value) == 1:
            kind = value[0]
        if code == 54 and len(value) == 4:
            server = value
        option += 2 + length
    if kind not in NAMES:
        return 0
    if kind == 3 and to == "all":
        broadcast.add((mac, xid))
    whole = kind == 5 and way == "out" and (client == b"\0\0\0\0" or (mac, xid) in broadcast)
    say("dhcp %d %s %s %s %s %s %s %s %s" % (
        1000 * (uptime() - begin), link, way, NAMES[kind], mac, dotted(yours), dotted(server), to, "whole" if whole else "-"))
    return 2 if whole and (mac in wanted[link] or "-" in wanted[link]) else 1


begin = uptime()
say("cob-trace 1")
for link, mac in zip(pairs[::2], pairs[1::2]):
    known = link in wanted
    wanted.setdefault(link, set()).add(mac)
    if known:
        continue
    try:
        end = socket.socket(17, 3, 0)
        end.setsockopt(1, 26, struct.pack("HP", len(FILTER) // 8, ctypes.addressof(BUFFER)))
        end.bind((link, 3))
    except OSError as failure:
        say("off %s %s" % (link, failure.strerror))
        continue
    links[end] = link
    say("on %s" % link)
say("ready")

lines = 0
while links:
    left = seconds - (uptime() - begin)
    if left <= 0:
        say("end time")
        sys.exit()
    for end in select.select(list(links), [], [], left)[0]:
        try:
            frame, source = end.recvfrom(2048)
        except OSError as failure:
            say("off %s %s" % (links.pop(end), failure.strerror))
            continue
        seen = message(links[end], "out" if source[2] == 4 else "in", frame)
        lines += seen > 0
        if seen == 2 or lines >= most:
            say("end ack" if seen == 2 else "end lines")
            sys.exit()
say("end links")
