//! A work-stealing pool: loops, joins, scopes, sorting, a panic that crosses threads.

use rayon::prelude::*;

fn fibonacci(n: u32) -> u64 {
    if n < 12 {
        return (0..n).fold((0, 1), |(a, b), _| (b, a + b)).0;
    }
    let (a, b) = rayon::join(|| fibonacci(n - 1), || fibonacci(n - 2));
    a + b
}

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(4).build_global().expect("a pool");
    println!("fibonacci {}", fibonacci(24));
    let sum: u64 = (0..200_000u64).into_par_iter().map(|n| n * n % 1009).sum();
    println!("sum {sum}");
    let mut numbers: Vec<u32> = (0..100_000u32).map(|n| n.wrapping_mul(2_654_435_761)).collect();
    numbers.par_sort_unstable();
    println!("sorted {} {}", numbers.is_sorted(), numbers[50_000]);
    let words: Vec<String> = (0..5000).into_par_iter().map(|n| format!("word{}", n % 37)).collect();
    let longest = words.par_iter().filter(|word| word.ends_with('7')).count();
    println!("words {longest}");
    let mut parts = [0u64; 16];
    rayon::scope(|scope| {
        for (n, part) in parts.iter_mut().enumerate() {
            scope.spawn(move |_| *part = (0..=n as u64 * 1000).sum());
        }
    });
    println!("scope {}", parts.iter().sum::<u64>());
    std::panic::set_hook(Box::new(|_| {}));
    let caught =
        std::panic::catch_unwind(|| (0..100).into_par_iter().for_each(|n| assert!(n != 57)));
    println!("panic {}", caught.is_err());
}
