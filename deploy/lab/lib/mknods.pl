#!/usr/bin/perl
# Makes many character devices in one process: lines "PATH MODE MAJOR MINOR" on stdin. (One mknod process
# each would be a third of the time a host needs to start.)
use strict;
use warnings;
use POSIX ();

# mknodat(2): the one call that exists on both.
my %mknodat = (x86_64 => 259, aarch64 => 33);
my $mknodat = $mknodat{ (POSIX::uname())[4] } // die "mknods: unknown machine type, add its mknodat number\n";
umask 0;
while (<STDIN>) {
    my ($path, $mode, $major, $minor) = split;
    syscall($mknodat, -100, $path, 0020000 | oct $mode, $major << 8 | $minor) == 0 or die "mknods: $path: $!\n";
}
