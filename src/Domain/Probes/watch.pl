# P.trace hop by hop and P.lldp: prints which DHCP messages, guests' ARP packets, LLDP and spanning-tree frames pass the given links. Sends nothing.
# Arguments: seconds, most lines, then a kind (tap, br or up), a link and a MAC ("-" for none) each. It ends early once every guest that it knows by its
# MAC has been given a lease. Core language only: no module is needed.
use strict;
use warnings;

my ($seconds, $most, @links) = @ARGV;
my %name = (1 => 'DISCOVER', 2 => 'OFFER', 3 => 'REQUEST', 4 => 'DECLINE', 5 => 'ACK', 6 => 'NAK', 7 => 'RELEASE', 8 => 'INFORM');
my (%socket, %kind, %waiting, %told, $lines);
$| = 1;

sub uptime { open my $file, '<', '/proc/uptime' or die; my ($now) = split ' ', <$file>; return $now }
my $begin = uptime();
sub say_line { printf "%s %d %s\n", $_[0], 1000 * (uptime() - $begin), $_[1]; $lines++ }
sub dotted { return length $_[0] == 4 ? join('.', unpack 'C4', $_[0]) : '-' }
sub colons { return join ':', unpack '(H2)6', $_[0] }

# ARP, LLDP, the groups of spanning tree and LLDP, UDP to port 67 or 68 (first fragments, with and without a VLAN tag): a busy guest must not be copied.
my $filter = join '', map { pack 'SCCL', @$_ } (
    [0x28, 0, 0, 12], [0x15, 24, 0, 0x0806], [0x15, 23, 0, 0x88cc], [0x15, 6, 0, 0x0800], [0x15, 13, 0, 0x8100], [0x15, 12, 0, 0x88a8], [0x20, 0, 0, 0],
    [0x15, 0, 19, 0x0180c200], [0x28, 0, 0, 4], [0x15, 16, 17, 0], [0x30, 0, 0, 23], [0x15, 0, 15, 17], [0x28, 0, 0, 20], [0x45, 13, 0, 0x1fff],
    [0xb1, 0, 0, 14], [0x48, 0, 0, 16], [0x15, 9, 0, 67], [0x15, 8, 9, 68], [0x28, 0, 0, 16], [0x15, 0, 7, 0x0800], [0x30, 0, 0, 27], [0x15, 0, 5, 17],
    [0xb1, 0, 0, 18], [0x48, 0, 0, 20], [0x15, 1, 0, 67], [0x15, 0, 1, 68], [0x06, 0, 0, 2048], [0x06, 0, 0, 0]);
# The first bytes of any frame, to tell whether there is any.
my $any = pack 'SCCL', 0x06, 0, 0, 64;

sub listen_on { # LINK INDEX FILTER PURPOSE: why not, or nothing
    my ($link, $index, $code, $purpose) = @_;
    my $socket;
    # Protocol 0 hears nothing until the filter is in place and the socket bound to its link.
    socket $socket, 17, 3, 0 or return "$!";
    setsockopt $socket, 1, 26, pack 'S x![J] P', length($code) / 8, $code;
    bind $socket, pack 'S n i S C C x8', 17, 3, $index, 0, 0, 0 or return "$!";
    $socket{fileno $socket} = { link => $link, socket => $socket, purpose => $purpose };
    return;
}

print "cob-watch 1\n";
while (my ($kind, $link, $mac) = splice @links, 0, 3) {
    $waiting{$mac} = 1 if $kind eq 'tap' && $mac ne '-';
    next if $kind{$link};
    my $file;
    if (!open $file, '<', "/sys/class/net/$link/ifindex") { print "off $link there is no such link\n"; next }
    chomp(my $index = <$file>);
    my $why = listen_on($link, $index, $filter, 'messages');
    if (defined $why) { print "off $link $why\n"; next }
    $kind{$link} = $kind;
    listen_on($link, $index, $any, 'alive') if $kind eq 'tap';
    print "on $link\n";
}
print "ready\n";

my $asked = %waiting;
my $grace;
while (%socket) {
    my $left = $seconds - (uptime() - $begin);
    $left = $grace - uptime() if defined $grace && $grace - uptime() < $left;
    last if $left <= 0;
    my $bits = '';
    vec($bits, $_, 1) = 1 for keys %socket;
    next if select(my $ready = $bits, undef, undef, $left) <= 0;
    for my $number (grep { vec $ready, $_, 1 } keys %socket) {
        my ($link, $socket, $purpose) = @{$socket{$number}}{qw(link socket purpose)};
        my $from = recv $socket, my $frame, 2048, 0;
        if (!defined $from) {
            print "off $link $!\n" if $purpose eq 'messages';
            delete $socket{$number};
            next;
        }
        next if length $frame < 14;
        my $way = unpack('x10 C', $from) == 4 ? 'out' : 'in';
        if ($purpose eq 'alive') { alive($number, $link, $way, $frame); next }
        message($link, $way, $frame);
        if ($lines && $lines >= $most) { printf "end %d lines\n", 1000 * (uptime() - $begin); exit }
        # Its last hop may still be on the way to us.
        $grace //= uptime() + 0.5 if $asked && !%waiting;
    }
}
printf "end %d %s\n", 1000 * (uptime() - $begin), defined $grace ? 'leases' : %socket ? 'time' : 'links';

sub alive { # NUMBER LINK WAY FRAME: the first frame of the guest and the first one to it alone are enough
    my ($number, $link, $way, $frame) = @_;
    my $what = $way eq 'in' ? 'heard' : !(ord($frame) & 1) && unpack('x12 n', $frame) != 0x0806 ? 'unicast' : return;
    say_line($what, $link) unless $told{$what, $link}++;
    delete $socket{$number} if $told{'heard', $link} && $told{'unicast', $link};
}

sub message { # LINK WAY FRAME
    my ($link, $way, $frame) = @_;
    my $at = 12;
    $at += 4 while length $frame >= $at + 6 && unpack("x$at n", $frame) =~ /^(?:33024|34984)$/;
    my $type = unpack "x$at n", $frame;
    return lldp($link, $way, $frame) if $type == 0x88cc;
    return arp($link, $way, substr $frame, $at + 2) if $type == 0x0806;
    return dhcp($link, $way, $frame, $at + 2) if $type == 0x0800;
    # A length, not a type, and the reserved port 0x42 on both sides: spanning tree.
    return unless $type <= 1500 && length $frame >= 21 && substr($frame, 14, 3) eq "\x42\x42\x03" && $told{'bpdu', $link, $way}++ < 3;
    say_line('bpdu', "$link $way " . (length $frame >= 52 && ord(substr $frame, 20, 1) != 0x80 ? unpack 'x50 n', $frame : '-'));
}

sub arp { # LINK WAY PACKET: what guests ask and what they are told
    my ($link, $way, $packet) = @_;
    return unless $kind{$link} eq 'tap' && length $packet >= 28 && substr($packet, 0, 6) eq pack 'n n C C', 1, 0x0800, 6, 4;
    my ($operation, $mac, $sender, $target) = unpack 'x6 n a6 a4 x6 a4', $packet;
    return unless $way eq 'in' ? $operation == 1 || $operation == 2 : $operation == 2;
    my $line = join ' ', $link, $way, $operation == 1 ? 'ask' : 'reply', colons($mac), dotted($sender), dotted($target);
    return if $told{$line}++ >= 4 || $told{'arp', $link}++ >= 40;
    say_line('arp', $line);
}

sub lldp { # LINK WAY FRAME
    my ($link, $way, $frame) = @_;
    return if $way eq 'out' || $told{'lldp', $link}++;
    for (my $at = 14; $at + 2 <= length $frame;) {
        my $head = unpack "x$at n", $frame;
        my ($type, $value) = ($head >> 9, substr $frame, $at + 2, $head & 0x1ff);
        last if $type == 0;
        ($type, $value) = ('pvid', substr $value, 4, 2) if $type == 127 && substr($value, 0, 4) eq "\x00\x80\xc2\x01";
        say_line('lldp', "$link $type " . unpack 'H*', substr $value, 0, 200) if length $value && $type =~ /^(?:[1245]|pvid)$/;
        $at += 2 + ($head & 0x1ff);
    }
}

sub dhcp { # LINK WAY FRAME OFFSET of the IPv4 header
    my ($link, $way, $frame, $ip) = @_;
    return if length $frame < $ip + 20;
    my $bootp = $ip + 4 * (ord(substr $frame, $ip) & 15) + 8;
    return if length $frame < $bootp + 240 || substr($frame, $bootp + 236, 4) ne "\x63\x82\x53\x63" || ord(substr $frame, $bootp + 2) != 6;
    my ($exchange, $client, $yours) = unpack 'x4 H8 x4 a4 a4', substr $frame, $bootp;
    my $mac = colons(substr $frame, $bootp + 28, 6);
    my %option;
    for (my $at = $bootp + 240; $at + 2 < length $frame && ord(substr $frame, $at) != 255;) {
        my ($code, $length) = unpack 'CC', substr $frame, $at;
        if ($code == 0) { $at++; next }
        $option{$code} //= substr $frame, $at + 2, $length;
        $at += 2 + $length;
    }
    my $type = $name{length($option{53} // '') == 1 ? ord $option{53} : 0} or return;
    say_line('dhcp', join ' ', $link, $way, $type, $mac, $exchange, dotted($yours), dotted($client), (map { dotted($option{$_} // '') } 54, 50, 1),
        dotted(substr $option{3} // '', 0, 4), unpack('H*', substr $option{61} // '', 0, 64) || '-', colons(substr $frame, 6, 6), substr($frame, 0, 6) eq "\xff" x 6 ? 'all' : 'one');
    delete $waiting{$mac} if $type eq 'ACK' && $way eq 'out' && $kind{$link} eq 'tap';
}
