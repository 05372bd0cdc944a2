use strict;
use warnings;

my (%count, @flags);
for my $i (1 .. 1_500_000) {
    my $key = $i * $i % 9973;
    $count{"key$key"} += length $key;
}
my $total = 0;
$total += $count{$_} for sort keys %count;

my $n = 2_000_000;
for (my $i = 2; $i * $i < $n; $i++) {
    next if $flags[$i];
    for (my $j = $i * $i; $j < $n; $j += $i) { $flags[$j] = 1 }
}
my $primes = grep { !$flags[$_] } 2 .. $n - 1;

my $text = join ' ', map { "word$_" x ($_ % 3 + 1) } 1 .. 80_000;
my $hits = 0;
$hits++ while $text =~ /\bword(\d)\d*\1(?=\s)/g;
(my $swapped = $text) =~ s/(word)(\d+)/$2$1/g;
print "$total $primes $hits ", unpack('%32C*', $swapped), "\n";
