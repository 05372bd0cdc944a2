// Rust: panics caught, also when thrown through a shared library; collections, formatting.
// shared: through.c
// libs: -Clink-arg=-L$OUT -Clink-arg=-l:through.so
use std::collections::{BTreeMap, HashSet};
use std::panic::catch_unwind;

unsafe extern "C-unwind" {
    fn through(f: extern "C-unwind" fn(i32), n: i32) -> i32;
}

extern "C-unwind" fn panics_at_seven(n: i32) {
    assert_ne!(n, 7, "seven");
}

fn main() {
    std::panic::set_hook(Box::new(|_| ()));
    for n in [3, 10, 5, 8] {
        let result = catch_unwind(|| unsafe { through(panics_at_seven, n) });
        println!("{n} {}", result.is_ok());
    }
    let caught = catch_unwind(|| Vec::<i32>::new()[3]).is_err();
    let map: BTreeMap<_, _> = (0..100u32).map(|n| (n * 7919 % 101, n)).collect();
    let set: HashSet<_> = map.values().map(|n| n % 10).collect();
    println!("{caught} {:?} {}", map.iter().nth(5), set.len());
    let dividend: i32 = std::env::args().count() as i32;
    println!("{}", catch_unwind(|| 1 / (dividend - 1)).is_err());
}
