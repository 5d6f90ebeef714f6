#!/usr/bin/perl
# Sends frames into one port of a bridge and says whether they come out of another. Runs in the namespace of the far ends of the
# ports; the host with the bridge is the namespace named by the first argument. Commands come line by line on standard input:
#   exec FILE                     run a shell script on the host; answers "done CODE"
#   send IN OUT MILLISECONDS HEX  send a frame by far end IN, wait for it at far end OUT; answers "arrived" or "none"
use strict;
use warnings;
use Socket;

$| = 1;
my $host = shift @ARGV;
my %port;
for my $name (@ARGV) {
    socket(my $socket, 17, SOCK_RAW, unpack('S', pack('n', 3))) or die "socket: $!";
    my $index = do { local @ARGV = ("/sys/class/net/$name/ifindex"); my $line = <>; chomp $line; $line };
    bind($socket, pack('S n i S C C a8', 17, 3, $index, 0, 0, 0, '')) or die "bind $name: $!";
    setsockopt($socket, SOL_SOCKET, SO_RCVBUF, 4 << 20);
    $port{$name} = $socket;
}
print "ready\n";

while (my $line = <STDIN>) {
    my ($word, @arguments) = split ' ', $line;
    if ($word eq 'exec') {
        my $code = system('ip', 'netns', 'exec', $host, 'sh', $arguments[0]);
        print 'done ', $code >> 8, "\n";
    } elsif ($word eq 'send') {
        my ($in, $out, $limit, $hex) = @arguments;
        my $frame = pack 'H*', $hex;
        my $token = substr $frame, -8;
        drain($port{$out});
        defined send($port{$in}, $frame, 0) or warn "send $in: $!";
        print arrives($port{$out}, $token, $limit / 1000) ? "arrived\n" : "none\n";
    }
}

sub drain {
    my $socket = shift;
    while (readable($socket, 0)) { recv $socket, my $data, 2048, 0 }
}

sub arrives {
    my ($socket, $token, $limit) = @_;
    while (readable($socket, $limit)) {
        my $from = recv $socket, my $data, 2048, 0;
        # Type 4 is what this far end sends itself.
        my $type = (unpack 'S n i S C C a8', $from)[4];
        return 1 if $type != 4 && index($data, $token) >= 0;
    }
    return 0;
}

sub readable {
    my ($socket, $limit) = @_;
    my $bits = '';
    vec($bits, fileno $socket, 1) = 1;
    return select($bits, undef, undef, $limit) > 0;
}
