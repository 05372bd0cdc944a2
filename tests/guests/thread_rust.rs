// Rust threads: scoped, named, returning values, panicking, parked; Mutex, RwLock, Condvar, Barrier.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex, Once, OnceLock, RwLock};
use std::thread;

fn main() {
    std::panic::set_hook(Box::new(|_| ()));
    let mut data = vec![1, 2, 3, 4, 5, 6];
    thread::scope(|s| {
        for (n, half) in data.chunks_mut(3).enumerate() {
            s.spawn(move || half.iter_mut().for_each(|x| *x = *x * 10 + n));
        }
    });
    println!("{data:?}");
    let named = thread::Builder::new().name("worker".into()).stack_size(100_000);
    println!("{:?}", named.spawn(|| thread::current().name().map(String::from)).unwrap().join());
    let poisoned = Arc::new(Mutex::new(7));
    let inside = poisoned.clone();
    let panicked = thread::spawn(move || {
        let _guard = inside.lock().unwrap();
        panic!("while holding the lock");
    });
    println!("{} {}", panicked.join().is_err(), poisoned.lock().is_err());
    let pair = Arc::new((Mutex::new(0), Condvar::new(), RwLock::new(String::new())));
    let (barrier, leaders) = (Arc::new(Barrier::new(4)), Arc::new(AtomicUsize::new(0)));
    let handles: Vec<_> = (0..4)
        .map(|n| {
            let (pair, barrier, leaders) = (pair.clone(), barrier.clone(), leaders.clone());
            thread::spawn(move || {
                let turn = pair.1.wait_while(pair.0.lock().unwrap(), |turn| *turn != n);
                *turn.unwrap() += 1;
                pair.2.write().unwrap().push_str(&format!("{n} "));
                pair.1.notify_all();
                leaders.fetch_add(barrier.wait().is_leader() as usize, Ordering::Relaxed);
                pair.2.read().unwrap().len()
            })
        })
        .collect();
    let lengths: Vec<_> = handles.into_iter().map(|handle| handle.join().unwrap()).collect();
    println!("{lengths:?} {} {}", leaders.load(Ordering::Relaxed), pair.0.lock().unwrap());
    let parked = thread::spawn(|| thread::park());
    parked.thread().unpark();
    parked.join().unwrap();
    static ONCE: Once = Once::new();
    static CELL: OnceLock<usize> = OnceLock::new();
    thread::scope(|s| {
        for _ in 0..3 {
            s.spawn(|| ONCE.call_once(|| assert!(CELL.set(9).is_ok())));
        }
    });
    println!("{:?} {}", CELL.get(), thread::available_parallelism().is_ok());
}
