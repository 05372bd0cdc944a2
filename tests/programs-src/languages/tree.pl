# Perl: fork and exec, pipes, signals, ithreads.
use strict; use warnings; use threads; use threads::shared; use Thread::Queue; use POSIX ':sys_wait_h';
$| = 1;
my @pids = map { my $n = $_; my $pid = fork // die; exit $n if !$pid; $pid } 1 .. 5;
print join(' ', map { waitpid $_, 0; $? >> 8 } @pids), "\n";
open my $out, '-|', 'seq 5 | tail -n 2' or die; print "read $_" while <$out>; close $out;
open my $in, '|-', 'tr a-z A-Z' or die; print $in "written\n"; close $in; print "status $?\n";
pipe my $r, my $w; if (!fork) { close $r; print $w "child $_\n" for 1 .. 3; exit } close $w; print <$r>; wait;
my $ready = 0; $SIG{USR2} = sub { $ready = 1 };
my $child = fork // die;
if (!$child) { $SIG{USR1} = sub { print "child: USR1\n"; exit 6 }; kill USR2 => getppid; sleep 1 while 1 }
select undef, undef, undef, 0.02 until $ready || waitpid($child, WNOHANG);
print `echo backticks`, system('sh', '-c', 'exit 3') >> 8, "\n";
kill USR1 => $child if $ready; waitpid $child, 0; print "ended ", $? >> 8, "\n";
my $died = eval { local $SIG{ALRM} = sub { die "alarm\n" }; alarm 1; sleep 20; 1 } ? '' : $@; print "got $died";
my ($sum, $queue) : shared = (0); my $work = Thread::Queue->new(1 .. 50); $work->end;
my @threads = map { threads->create(sub { my $n = 0; while (defined(my $i = $work->dequeue)) { lock $sum; $sum += $i; $n++ } $n }) } 1 .. 3;
my $done = 0; $done += $_->join for @threads; print "threads $sum $done\n";
exec '/bin/echo', 'the end';
