# P.arp that counts for hosts without Perl: the same arguments and output as who.pl.
import select, socket, struct, sys

link, sender, seconds, targets = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:]


def uptime():
    with open("/proc/uptime") as file:
        return float(file.read().split()[0])


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def stop(why):
    say("off %s %s\nend" % (link, why))
    sys.exit()


say("cob-who 1")
try:
    end = socket.socket(17, 3, socket.htons(0x0806))
    end.bind((link, 0x0806))
    mac = end.getsockname()[4]
    if len(mac) != 6:
        stop("it has no Ethernet address")
    asked = dict((socket.inet_aton(target), target) for target in targets)
    say("on %s" % link)
    for target in targets:
        say("asked %s" % target)
    told = set()
    until = uptime() + seconds
    sends = [until - seconds, until - seconds + seconds / 3]
    while until - uptime() > 0:
        left = until - uptime()
        if sends and uptime() >= sends[0]:
            sends.pop(0)
            for ask in sorted(asked):
                end.send(b"\xff" * 6 + mac + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + mac + socket.inet_aton(sender) + b"\0" * 6 + ask + b"\0" * 18)
        if sends:
            left = min(left, max(0.01, sends[0] - uptime()))
        if not select.select([end], [], [], max(0, left))[0]:
            continue
        answer, source = end.recvfrom(2048)
        if len(answer) < 42 or source[2] == 4 or answer[12:22] != struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 2) or answer[28:32] not in asked:
            continue
        line = "reply %s %s" % (asked[answer[28:32]], ":".join("%02x" % byte for byte in bytearray(answer[22:28])))
        if line not in told and len(told) < 200:
            told.add(line)
            say(line)
    say("end")
except OSError as failure:
    stop(failure.strerror)
