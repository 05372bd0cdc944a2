// AddressSanitizer (LLVM's runtime, linked statically) in a Rust program finds a read past a vector.
// sanitizer: address
// env: ASAN_OPTIONS=symbolize=0
// nondeterministic:
// exit: 1
fn main() {
    let handles: Vec<_> = (0..4u64).map(|n| std::thread::spawn(move || vec![n; 100])).collect();
    let all: Vec<u64> = handles.into_iter().flat_map(|h| h.join().unwrap()).collect();
    println!("{}", all.iter().sum::<u64>());
    let past = all.as_ptr().wrapping_add(all.capacity());
    println!("{}", unsafe { past.read_volatile() });
}
