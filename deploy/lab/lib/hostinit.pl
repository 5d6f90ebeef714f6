#!/usr/bin/perl
# Makes the mount, pid, uts and ipc namespaces of a host, builds its root by running SETUP inside, then stays as
# the host's process 1. Prints the pid (as seen outside) and returns when SETUP is done; exit 1 if SETUP failed.
#
#   hostinit.pl LOG SETUP ARG...        (started inside the host's network namespace)
use strict;
use warnings;
use POSIX ();

my %unshare = (x86_64 => 272, aarch64 => 97);
my $unshare = $unshare{ (POSIX::uname())[4] } // die "hostinit: unknown machine type, add its unshare number\n";
use constant NAMESPACES => 0x00020000 | 0x04000000 | 0x08000000 | 0x20000000;    # mount, uts, ipc, pid

my ($log, @setup) = @ARGV;
syscall($unshare, NAMESPACES) == 0 or die "hostinit: unshare: $! (needs root)\n";
pipe(my $ready, my $done) or die "hostinit: pipe: $!\n";
my $pid = fork // die "hostinit: fork: $!\n";
if ($pid) {
    print "$pid\n";
    close $done;
    exit((<$ready> // '') eq "ready\n" ? 0 : 1);
}

close $ready;
POSIX::setsid();
open STDIN, '<', '/dev/null';
open STDOUT, '>>', $log or die "hostinit: $log: $!\n";
open STDERR, '>&', \*STDOUT;
POSIX::close($_) for grep { $_ != fileno($done) } 3 .. 63;
exit 1 if system(@setup) != 0;
$0 = 'init';
syswrite($done, "ready\n");
close $done;
# After SETUP: the kernel then reaps every orphan by itself. Before it, sshd would inherit this.
$SIG{CHLD} = 'IGNORE';
select(undef, undef, undef, undef) while 1;
