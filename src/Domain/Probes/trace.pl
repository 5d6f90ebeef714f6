# P.trace: prints the DHCP messages that pass the given links, and ends at the first whole DHCPACK for one of the given guests.
# Sends nothing. Arguments: seconds, most lines, then pairs of link and MAC ("-" for any). Core language only: no module is needed.
use strict;
use warnings;

my ($seconds, $most, @pairs) = @ARGV;
my %name = (1 => 'DISCOVER', 2 => 'OFFER', 3 => 'REQUEST', 4 => 'DECLINE', 5 => 'ACK', 6 => 'NAK', 7 => 'RELEASE', 8 => 'INFORM');
my (%link, %wanted, %broadcast);
$| = 1;

sub uptime { open my $file, '<', '/proc/uptime' or die; my ($now) = split ' ', <$file>; return $now }
my $begin = uptime();

# UDP to port 67 or 68, with and without a VLAN tag, first fragments only: a busy guest must not be copied through this program.
my $filter = join '', map { pack 'SCCL', @$_ } (
    [0x28, 0, 0, 12], [0x15, 0, 8, 0x0800], [0x30, 0, 0, 23], [0x15, 0, 17, 17], [0x28, 0, 0, 20], [0x45, 15, 0, 0x1fff],
    [0xb1, 0, 0, 14], [0x48, 0, 0, 16], [0x15, 11, 0, 67], [0x15, 10, 11, 68], [0x15, 1, 0, 0x8100], [0x15, 0, 9, 0x88a8],
    [0x28, 0, 0, 16], [0x15, 0, 7, 0x0800], [0x30, 0, 0, 27], [0x15, 0, 5, 17], [0xb1, 0, 0, 18], [0x48, 0, 0, 20],
    [0x15, 1, 0, 67], [0x15, 0, 1, 68], [0x06, 0, 0, 2048], [0x06, 0, 0, 0]);

print "cob-trace 1\n";
while (my ($link, $mac) = splice @pairs, 0, 2) {
    $wanted{$link}{$mac} = 1;
    next if grep { $_->{name} eq $link } values %link;
    my $file;
    if (!open $file, '<', "/sys/class/net/$link/ifindex") { print "off $link there is no such link\n"; next }
    chomp(my $index = <$file>);
    my $socket;
    # Protocol 0 hears nothing until the filter is in place and the socket bound to its link.
    if (!socket $socket, 17, 3, 0) { print "off $link $!\n"; next }
    setsockopt $socket, 1, 26, pack 'S x![J] P', length($filter) / 8, $filter;
    if (!bind $socket, pack 'S n i S C C x8', 17, 3, $index, 0, 0, 0) { print "off $link $!\n"; next }
    $link{fileno $socket} = { name => $link, socket => $socket };
    print "on $link\n";
}
print "ready\n";

my $lines = 0;
while (%link) {
    my $left = $seconds - (uptime() - $begin);
    if ($left <= 0) { print "end time\n"; exit }
    my $bits = '';
    vec($bits, $_, 1) = 1 for keys %link;
    next if select(my $ready = $bits, undef, undef, $left) <= 0;
    for my $number (grep { vec $ready, $_, 1 } keys %link) {
        my ($link, $socket) = @{$link{$number}}{qw(name socket)};
        my $from = recv $socket, my $frame, 2048, 0;
        if (!defined $from) {
            print "off $link $!\n";
            delete $link{$number};
            next;
        }
        my $ack = message($link, unpack('x10 C', $from) == 4 ? 'out' : 'in', $frame) or next;
        if ($ack == 2) { print "end ack\n"; exit }
        if (++$lines >= $most) { print "end lines\n"; exit }
    }
}
print "end links\n";

sub message { # LINK DIRECTION FRAME: prints it; 0 when it is no DHCP message, 2 when it is an ACK that is waited for
    my ($link, $way, $frame) = @_;
    my $at = 12;
    $at += 4 while length $frame >= $at + 6 && unpack("x$at n", $frame) =~ /^(?:33024|34984)$/;
    return 0 if length $frame < $at + 22 || unpack("x$at n", $frame) != 0x0800;
    my $to = substr($frame, 0, 6) eq "\xff" x 6 ? 'all' : 'one';
    my $bootp = $at + 2 + 4 * (ord(substr $frame, $at + 2) & 15) + 8;
    return 0 if length $frame < $bootp + 240 || substr($frame, $bootp + 236, 4) ne "\x63\x82\x53\x63" || ord(substr $frame, $bootp + 2) != 6;
    my ($xid, $client, $yours) = unpack 'x4 H8 x4 a4 a4', substr $frame, $bootp;
    my $mac = join ':', unpack '(H2)6', substr $frame, $bootp + 28, 6;
    my ($type, $server) = (0, '');
    for (my $option = $bootp + 240; $option + 2 < length $frame && ord(substr $frame, $option) != 255;) {
        my ($code, $length) = unpack 'CC', substr $frame, $option;
        if ($code == 0) { $option++; next }
        my $value = substr $frame, $option + 2, $length;
        $type = ord $value if $code == 53 && length $value == 1;
        $server = $value if $code == 54 && length $value == 4;
        $option += 2 + $length;
    }
    return 0 unless $name{$type};
    $broadcast{$mac, $xid} = 1 if $type == 3 && $to eq 'all';
    my ($client_text, $yours_text, $server_text) = map { length $_ ? join '.', unpack 'C4', $_ : '-' } $client, $yours, $server;
    # A renewal from one host to one host says nothing about broadcasts, so it proves less than a lease that was asked for aloud.
    my $whole = $type == 5 && $way eq 'out' && ($client_text eq '0.0.0.0' || $broadcast{$mac, $xid});
    printf "dhcp %d %s %s %s %s %s %s %s %s\n", 1000 * (uptime() - $begin), $link, $way, $name{$type}, $mac, $yours_text, $server_text, $to, $whole ? 'whole' : '-';
    return $whole && ($wanted{$link}{$mac} || $wanted{$link}{'-'}) ? 2 : 1;
}
