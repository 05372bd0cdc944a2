//! A guest that generates random x86-64 code, runs it and prints what it did to registers, flags,
//! vectors and memory, as a hash per sequence. The same seed prints the same every time, so a
//! native, a recorded and a replayed run can be compared.
//!
//! `fuzz-insn SEED COUNT` runs COUNT sequences (`--no-fault-flags` leaves out the flags at faults);
//! `fuzz-insn SEED --show N` prints the code of sequence N and its state before and after, to find
//! out what a differing line is about.

mod catalogue;
mod generate;
mod islands;
mod machine;
mod memory;
mod operand;
mod random;

use generate::Generator;
use machine::Machine;
use random::Random;

/// Sequences generated, then run, before the code area is used again.
const BATCH: u64 = 32;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<u64>().unwrap_or_else(|_| usage());
    if let Some(seed) = words.first() {
        memory::place(number(seed));
        islands::build(number(seed));
    }
    match words[..] {
        [seed, "--show", n] => show(number(seed), number(n)),
        [seed, count] => run(number(seed), number(count), true),
        [seed, count, "--no-fault-flags"] => run(number(seed), number(count), false),
        _ => usage(),
    }
}

fn usage() -> ! {
    eprintln!("usage: fuzz-insn SEED COUNT [--no-fault-flags] | SEED --show N");
    std::process::exit(2)
}

fn run(seed: u64, count: u64, fault_flags: bool) {
    let machine = Machine::new();
    let generator = Generator::new();
    for first in (0..count).step_by(BATCH as usize) {
        let batch = first..count.min(first + BATCH);
        // Each sequence is a function of the seed and its number alone.
        let entries: Vec<u64> = machine.write_code(first / BATCH, |code| {
            batch
                .clone()
                .map(|n| {
                    code.place(|ip| {
                        generator.sequence(seed, n, ip, machine::stays_writable(n / BATCH))
                    })
                })
                .collect()
        });
        for (n, entry) in batch.zip(entries) {
            let report = machine.execute(entry, &mut Random::new(seed, n, 1));
            let shown =
                if fault_flags { &*report } else { report.split(" flags ").next().unwrap_or("") };
            println!("{n} {shown}");
        }
    }
}

fn show(seed: u64, n: u64) {
    let machine = Machine::new();
    let generator = Generator::new();
    let first = n / BATCH * BATCH;
    let entries: Vec<u64> = machine.write_code(first / BATCH, |code| {
        (first..=n)
            .map(|n| {
                code.place(|ip| generator.sequence(seed, n, ip, machine::stays_writable(n / BATCH)))
            })
            .collect()
    });
    let entry = entries[(n - first) as usize];
    println!("{}", machine.disassemble(entry));
    println!("before:\n{}", machine.prepare(&mut Random::new(seed, n, 1)));
    let report = machine.execute(entry, &mut Random::new(seed, n, 1));
    println!("after:\n{}\n{n} {report}", machine.state());
}
