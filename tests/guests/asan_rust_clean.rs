// AddressSanitizer (LLVM's runtime, linked statically) in a Rust program: nothing is found, no leaks.
// sanitizer: address
fn main() {
    let handles: Vec<_> = (0..4u64).map(|n| std::thread::spawn(move || vec![n; 100])).collect();
    let all: Vec<u64> = handles.into_iter().flat_map(|h| h.join().unwrap()).collect();
    println!("{}", all.iter().sum::<u64>());
}
