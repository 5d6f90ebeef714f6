# P.arp that counts: asks by ARP for some addresses and prints all who answer, not only the first. Arguments: link, sender's address (0.0.0.0 for none), seconds, addresses.
use strict;
use warnings;

my ($link, $sender, $seconds, @targets) = @ARGV;
$| = 1;

sub first { my ($name) = @_; open my $file, '<', $name or return; my $line = <$file>; chomp $line if defined $line; return $line }
sub uptime { return (split ' ', first('/proc/uptime'))[0] }
sub stop { print "off $link $_[0]\nend\n"; exit }

print "cob-who 1\n";
my $index = first("/sys/class/net/$link/ifindex") // stop('there is no such link');
my $mac = pack '(H2)6', split /:/, first("/sys/class/net/$link/address") // '';
stop('it has no Ethernet address') unless length $mac == 6;
socket my $socket, 17, 3, 0 or stop("$!");
bind $socket, pack 'S n i S C C x8', 17, 0x0806, $index, 0, 0, 0 or stop("$!");
my %asked = map { (pack('C4', split /\./), $_) } @targets;
print "on $link\n";
print "asked $_\n" for @targets;

my %told;
my $until = uptime() + $seconds;
my @sends = map { $until - $seconds + $_ * $seconds / 3 } 0 .. 1;
while ((my $left = $until - uptime()) > 0) {
    if (@sends && uptime() >= $sends[0]) {
        shift @sends;
        for my $ask (sort keys %asked) {
            defined syswrite $socket, pack 'a6 a6 n n n C C n a6 a4 a6 a4 x18',
                "\xff" x 6, $mac, 0x0806, 1, 0x0800, 6, 4, 1, $mac, pack('C4', split /\./, $sender), "\0" x 6, $ask or stop("$!");
        }
    }
    if (@sends && $sends[0] - uptime() < $left) { $left = $sends[0] - uptime(); $left = 0.01 if $left < 0.01 }
    vec(my $ready = '', fileno $socket, 1) = 1;
    next if select($ready, undef, undef, $left) <= 0;
    my $from = recv $socket, my $answer, 2048, 0;
    defined $from or stop("$!");
    next if length $answer < 42 || unpack('x10 C', $from) == 4 || substr($answer, 12, 10) ne pack 'n n n C C n', 0x0806, 1, 0x0800, 6, 4, 2;
    my $target = $asked{substr $answer, 28, 4} // next;
    my $line = "reply $target " . join ':', unpack '(H2)6', substr $answer, 22, 6;
    print "$line\n" unless $told{$line}++ || keys %told > 200;
}
print "end\n";
