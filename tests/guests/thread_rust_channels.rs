// Rust channels: many senders, a bounded one that blocks, hang-ups, timeouts, thread locals dropped.
use std::cell::RefCell;
use std::sync::mpsc::{RecvTimeoutError, channel, sync_channel};
use std::thread;
use std::time::Duration;

struct Drops(u32);
impl Drop for Drops {
    fn drop(&mut self) {
        println!("dropped {}", self.0);
    }
}
thread_local!(static LOCAL: RefCell<Drops> = const { RefCell::new(Drops(1)) });

fn main() {
    let (sender, receiver) = channel();
    for n in 0..5u64 {
        let sender = sender.clone();
        thread::spawn(move || (0..100).for_each(|i| sender.send(n * 1000 + i).unwrap()));
    }
    drop(sender);
    println!("{}", receiver.iter().map(|x| x * x % 1009).sum::<u64>());
    let (sender, receiver) = sync_channel(2);
    let producer = thread::spawn(move || {
        (0..50).for_each(|i| sender.send(i).unwrap());
        LOCAL.with_borrow_mut(|local| local.0 = 50);
    });
    let got: Vec<i32> = receiver.iter().collect();
    producer.join().unwrap();
    println!("{} {:?}", got.len(), got.iter().max());
    let (sender, receiver) = sync_channel::<String>(0);
    let timed = receiver.recv_timeout(Duration::from_millis(3));
    println!("{}", matches!(timed, Err(RecvTimeoutError::Timeout)));
    let rendezvous = thread::spawn(move || sender.send("met".to_string()));
    println!("{:?} {:?}", receiver.recv(), rendezvous.join().unwrap());
    println!("{:?}", receiver.recv());
    let (sender, receiver) = channel();
    drop(receiver);
    println!("{:?}", sender.send(5));
}
