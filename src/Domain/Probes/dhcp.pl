# P.dhcp: sends two DHCPDISCOVERs, and no REQUEST ever, so that no lease is taken; prints who makes an OFFER.
# Arguments: link, guest-style MAC ("-" to ask with the link's own only), seconds to listen, further links to listen on.
use strict;
use warnings;

my ($link, $guest, $seconds, @more) = @ARGV;
$| = 1;

sub first { my ($name) = @_; open my $file, '<', $name or return; my $line = <$file>; chomp $line if defined $line; return $line }
sub uptime { return (split ' ', first('/proc/uptime'))[0] }
sub stop { print "off $link $_[0]\n"; exit }
sub dotted { return length $_[0] == 4 ? join('.', unpack 'C4', $_[0]) : '-' }
sub colons { return join ':', unpack '(H2)6', $_[0] }

my $begin = uptime();
print "cob-dhcp 1\n";
my $own = first("/sys/class/net/$link/address") // stop('there is no such link');
stop('it has no Ethernet address') unless $own =~ /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/;

# UDP to port 68, with and without a VLAN tag.
my $filter = join '', map { pack 'SCCL', @$_ } (
    [0x28, 0, 0, 12], [0x15, 2, 0, 0x0800], [0x15, 6, 0, 0x8100], [0x06, 0, 0, 0], [0x30, 0, 0, 23], [0x15, 0, 9, 17], [0xb1, 0, 0, 14], [0x48, 0, 0, 16],
    [0x15, 5, 6, 68], [0x28, 0, 0, 16], [0x15, 0, 4, 0x0800], [0xb1, 0, 0, 18], [0x48, 0, 0, 20], [0x15, 0, 1, 68], [0x06, 0, 0, 2048], [0x06, 0, 0, 0]);
my (%socket, $sender);
for my $name ($link, @more) {
    my $index = first("/sys/class/net/$name/ifindex");
    my $why = 'there is no such link';
    if (defined $index && socket my $socket, 17, 3, 0) {
        setsockopt $socket, 1, 26, pack 'S x![J] P', length($filter) / 8, $filter;
        if (bind $socket, pack 'S n i S C C x8', 17, 3, $index, 0, 0, 0) {
            $socket{fileno $socket} = { name => $name, socket => $socket };
            $sender //= $socket;
            next;
        }
    }
    $why = "$!" if defined $index;
    stop($why) if $name eq $link;
}
print "on $link $own $guest\n";

my %ask = ($own => 'host');
$ask{$guest} = 'guest' if $guest ne '-';
my (%exchange, %told);
my $number = int(rand 0xffffffff);
$exchange{$_} = pack 'N', ($number++ & 0xffffffff) for keys %ask;

sub sum { my $sum = 0; $sum += $_ for unpack 'n*', $_[0]; $sum = ($sum >> 16) + ($sum & 0xffff) while $sum >> 16; return ~$sum & 0xffff }
sub discover { # MAC: a frame; the broadcast flag is set, for an answer to an address that nobody has yet could not be delivered
    my ($mac) = @_;
    my $raw = pack '(H2)6', split /:/, $mac;
    my $id = "\0cob-probe " . $mac;
    my $options = pack 'C C C', 53, 1, 1;
    $options .= pack('C C', 61, length $id) . $id . pack('C C C5', 55, 5, 1, 3, 6, 51, 54) . "\xff";
    my $bootp = pack 'C C C C a4 n n a4 a4 a4 a4 a16 a64 a128 N', 1, 1, 6, 0, $exchange{$mac}, 0, 0x8000, ("\0" x 4) x 4, $raw, '', '', 0x63825363;
    $bootp .= $options;
    $bootp .= "\0" x (300 - length $bootp) if length $bootp < 300;
    my $udp = pack('n n n n', 68, 67, 8 + length $bootp, 0) . $bootp;
    my $ip = pack 'C C n n n C C n a4 a4', 0x45, 0x10, 20 + length $udp, 0, 0, 64, 17, 0, "\0" x 4, "\xff" x 4;
    substr $ip, 10, 2, pack 'n', sum($ip);
    return "\xff" x 6 . $raw . pack('n', 0x0800) . $ip . $udp;
}

my @sends = map { $begin + $_ } 0, 3.5;
while ((my $left = $seconds - (uptime() - $begin)) > 0) {
    if (@sends && uptime() >= $sends[0]) {
        shift @sends;
        for my $mac (sort { $ask{$b} cmp $ask{$a} } keys %ask) {
            defined syswrite $sender, discover($mac) or stop("$!");
            printf "sent %d %s\n", 1000 * (uptime() - $begin), $ask{$mac};
        }
    }
    if (@sends && $sends[0] - uptime() < $left) { $left = $sends[0] - uptime(); $left = 0.01 if $left < 0.01 }
    my $bits = '';
    vec($bits, $_, 1) = 1 for keys %socket;
    next if select(my $ready = $bits, undef, undef, $left) <= 0;
    for my $end (map { $socket{$_} } grep { vec $ready, $_, 1 } keys %socket) {
        my $from = recv $end->{socket}, my $frame, 2048, 0;
        if (!defined $from) { delete $socket{fileno $end->{socket}}; next }
        offer($end->{name}, $frame) unless unpack('x10 C', $from) == 4;
    }
}
printf "end %d\n", 1000 * (uptime() - $begin);

sub offer { # LINK FRAME
    my ($name, $frame) = @_;
    my $at = 12;
    $at += 4 while length $frame >= $at + 6 && unpack("x$at n", $frame) =~ /^(?:33024|34984)$/;
    my $ip = $at + 2;
    return if length $frame < $ip + 20;
    my $bootp = $ip + 4 * (ord(substr $frame, $ip) & 15) + 8;
    return if length $frame < $bootp + 240 || substr($frame, $bootp + 236, 4) ne "\x63\x82\x53\x63";
    my ($exchange, $yours) = unpack 'x4 a4 x8 a4', substr $frame, $bootp;
    my $mac = colons(substr $frame, $bootp + 28, 6);
    return unless $ask{$mac} && $exchange{$mac} eq $exchange;
    my %option;
    for (my $option = $bootp + 240; $option + 2 < length $frame && ord(substr $frame, $option) != 255;) {
        my ($code, $length) = unpack 'CC', substr $frame, $option;
        if ($code == 0) { $option++; next }
        $option{$code} //= substr $frame, $option + 2, $length;
        $option += 2 + $length;
    }
    return unless ($option{53} // '') eq "\x02";
    my $line = join ' ', $ask{$mac}, colons(substr $frame, 6, 6), dotted($option{54} // ''), dotted($yours), dotted($option{1} // ''), dotted(substr $option{3} // '', 0, 4);
    return if $told{$line}++ || keys %told > 40;
    printf "offer %d %s %s\n", 1000 * (uptime() - $begin), $line, $name;
}
