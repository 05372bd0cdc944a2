//! A small bank. Two tellers take deposits of one franc each; an auditor counts at the end.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

const TELLERS: u64 = 2;
const DEPOSITS: u64 = 30;

#[unsafe(no_mangle)]
static BALANCE: AtomicU64 = AtomicU64::new(0);

/// Every access is atomic, but the two together are not.
#[inline(never)]
fn deposit(francs: u64) {
    let before = BALANCE.load(SeqCst);
    let after = with_receipt(before, francs);
    BALANCE.store(after, SeqCst);
}

/// Writes the receipt, and says what the balance will be.
#[inline(never)]
fn with_receipt(before: u64, francs: u64) -> u64 {
    let mut receipt = [0u8; 24];
    let mut rest = before + francs;
    for digit in receipt.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    std::hint::black_box(&receipt);
    before + francs
}

#[inline(never)]
fn audit() {
    let balance = BALANCE.load(SeqCst);
    assert_eq!(balance, TELLERS * DEPOSITS, "money is lost");
}

fn main() {
    let teller = || (0..DEPOSITS).for_each(|_| deposit(1));
    let tellers: Vec<_> = (0..TELLERS).map(|_| thread::spawn(teller)).collect();
    for teller in tellers {
        teller.join().unwrap();
    }
    audit();
}
