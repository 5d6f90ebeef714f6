# P.arp for hosts without Perl: the same arguments and output as arp.pl.
import select, socket, struct, sys

link, target, sender, requests, seconds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5])


def uptime():
    with open("/proc/uptime") as file:
        return float(file.read().split()[0])


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def stop(why):
    say("off %s %s\nend" % (link, why))
    sys.exit()


say("cob-arp 1")
try:
    end = socket.socket(17, 3, socket.htons(0x0806))
    end.bind((link, 0x0806))
    mac = end.getsockname()[4]
    if len(mac) != 6:
        stop("it has no Ethernet address")
    ask = socket.inet_aton(target)
    frame = b"\xff" * 6 + mac + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + mac + socket.inet_aton(sender) + b"\0" * 6 + ask + b"\0" * 18
    say("on %s" % link)
    seen = set()
    for _ in range(requests):
        end.send(frame)
        until = uptime() + seconds
        while until - uptime() > 0:
            if not select.select([end], [], [], max(0, until - uptime()))[0]:
                continue
            answer, source = end.recvfrom(2048)
            if len(answer) < 42 or source[2] == 4 or answer[12:22] != struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 2) or answer[28:32] != ask:
                continue
            who = ":".join("%02x" % byte for byte in answer[22:28])
            if who not in seen:
                seen.add(who)
                say("reply %s" % who)
            break
        if seen:
            break
    say("end")
except OSError as failure:
    stop(failure.strerror)
