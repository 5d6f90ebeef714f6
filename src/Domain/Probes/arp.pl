# P.arp: asks by ARP for one address and prints who answers. Arguments: link, address, sender's address (0.0.0.0 for none), requests, seconds for each.
use strict;
use warnings;

my ($link, $target, $sender, $requests, $seconds) = @ARGV;
$| = 1;

sub first { my ($name) = @_; open my $file, '<', $name or return; my $line = <$file>; chomp $line if defined $line; return $line }
sub uptime { return (split ' ', first('/proc/uptime'))[0] }
sub stop { print "off $link $_[0]\nend\n"; exit }

print "cob-arp 1\n";
my $index = first("/sys/class/net/$link/ifindex") // stop('there is no such link');
my $mac = pack '(H2)6', split /:/, first("/sys/class/net/$link/address") // '';
stop('it has no Ethernet address') unless length $mac == 6;
socket my $socket, 17, 3, 0 or stop("$!");
bind $socket, pack 'S n i S C C x8', 17, 0x0806, $index, 0, 0, 0 or stop("$!");
my ($ask, $own) = map { pack 'C4', split /\./ } $target, $sender;
my $frame = pack 'a6 a6 n n n C C n a6 a4 a6 a4 x18', "\xff" x 6, $mac, 0x0806, 1, 0x0800, 6, 4, 1, $mac, $own, "\0" x 6, $ask;
print "on $link\n";

my %seen;
for (1 .. $requests) {
    defined syswrite $socket, $frame or stop("$!");
    my $until = uptime() + $seconds;
    while ((my $left = $until - uptime()) > 0) {
        vec(my $ready = '', fileno $socket, 1) = 1;
        next if select($ready, undef, undef, $left) <= 0;
        my $from = recv $socket, my $answer, 2048, 0;
        defined $from or stop("$!");
        next if length $answer < 42 || unpack('x10 C', $from) == 4 || substr($answer, 12, 10) ne pack 'n n n C C n', 0x0806, 1, 0x0800, 6, 4, 2;
        next if substr($answer, 28, 4) ne $ask;
        my $who = join ':', unpack '(H2)6', substr $answer, 22, 6;
        print "reply $who\n" unless $seen{$who}++;
        last;
    }
    last if %seen;
}
print "end\n";
