#!/usr/bin/perl
# The stand-in for QEMU: holds a host-side tap (vnetN) and a guest-side tap (eth0) and copies frames
# between them. Needs only perl-base. Started inside the host's network and pid namespace, so it dies
# with the host; when it dies its taps vanish, as they do when a QEMU dies.
#
#   relay.pl GUEST TAP GUEST_NETNS_FILE [strict]
#
# strict: the guest takes no notice of the word that a frame's checksum is still to be filled in, as some clients do.
# Prints nothing and returns once both taps exist; a child stays behind.
use strict;
use warnings;
use POSIX ();
use Fcntl;
use Errno;

use constant {
    TUNSETIFF => 0x400454ca, TUNSETOFFLOAD => 0x400454d0,
    IFF_TAP => 0x0002, IFF_NO_PI => 0x1000, IFF_VNET_HDR => 0x4000,
    OFFLOADS => 0x01 | 0x02 | 0x04,    # checksum, TSO4, TSO6: what a virtio guest negotiates
    CLONE_NEWNET => 0x40000000,
    FRAME => 65536 + 14 + 12,          # the largest offloaded frame plus the vnet header
};
my %setns = (x86_64 => 308, aarch64 => 268);
my $setns = $setns{ (POSIX::uname())[4] } // die "relay: unknown machine type, add its setns number\n";

my ($guest, $tap, $netns, $strict) = @ARGV;
die "usage: relay.pl GUEST TAP GUEST_NETNS_FILE [strict]\n" unless defined $netns;

# A tap belongs to the network namespace in which /dev/net/tun was opened.
sub open_tap {
    my ($name) = @_;
    sysopen(my $fh, '/dev/net/tun', O_RDWR | O_NONBLOCK) or die "relay: /dev/net/tun: $!\n";
    my $request = pack('a16 S x22', $name, IFF_TAP | IFF_NO_PI | IFF_VNET_HDR);
    ioctl($fh, TUNSETIFF, $request) or die "relay: cannot make tap $name: $!\n";
    ioctl($fh, TUNSETOFFLOAD, OFFLOADS) or die "relay: offloads of $name: $!\n";
    return $fh;
}

my $host_side = open_tap($tap);
open(my $ns, '<', $netns) or die "relay: $netns: $!\n";
syscall($setns, fileno($ns), CLONE_NEWNET) == 0 or die "relay: setns $netns: $!\n";
close $ns;
my $guest_side = open_tap('eth0');

# Twice: the first child leaves the caller's session, the second is an orphan of the host's init.
exit 0 if fork // die "relay: fork: $!\n";
POSIX::setsid();
exit 0 if fork // die "relay: fork: $!\n";
chdir '/';
open STDIN, '<', '/dev/null'; open STDOUT, '>', '/dev/null'; open STDERR, '>', '/dev/null';
POSIX::close($_) for grep { $_ != fileno($host_side) && $_ != fileno($guest_side) } 3 .. 63;
$0 = "cob-guest $guest $tap";

my ($h, $g) = (fileno $host_side, fileno $guest_side);
my $mask = '';
vec($mask, $_, 1) = 1 for $h, $g;
while (1) {
    # Blocks for as long as nothing comes: an idle guest costs nothing.
    my $ready = $mask;
    next if select($ready, undef, undef, undef) < 0;
    copy($host_side, $guest_side) if vec($ready, $h, 1);
    copy($guest_side, $host_side) if vec($ready, $g, 1);
}

# At most 256 frames in one go, so that one busy direction cannot starve the other.
sub copy {
    my ($from, $to) = @_;
    for (1 .. 256) {
        my $n = sysread($from, my $frame, FRAME);
        if (!defined $n) {
            return if $!{EAGAIN} || $!{EINTR};
            # EIO/EBADFD: the interface is down (keep waiting, gently) or gone for good (stop).
            exit 0 if $!{EBADFD};
            select(undef, undef, undef, 0.05);
            return;
        }
        # The flags and the kind of segmentation of the virtio header: a whole frame then counts as one that was checked by nobody.
        substr($frame, 0, 1, "\0") if $strict && $from == $host_side && ord(substr $frame, 1, 1) == 0;
        # A frame for an interface that is down is refused with EIO: lost, as on a real wire.
        syswrite($to, $frame);
    }
}
