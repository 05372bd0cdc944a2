//! An asynchronous runtime on several threads: sockets, channels, timers, files, children, signals.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream, UdpSocket, UnixStream};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Mutex, Semaphore, broadcast, mpsc, oneshot};
use tokio::time::{interval, sleep, timeout};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(3).enable_all().build()?;
    runtime.block_on(async {
        sockets().await?;
        channels().await?;
        timers().await?;
        system().await
    })
}

async fn sockets() -> Outcome<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    let _ = write.write_all(format!("{}\n", line.to_uppercase()).as_bytes()).await;
                }
            });
        }
    });
    let clients: Vec<_> = (0..10)
        .map(|client| {
            tokio::spawn(async move {
                let mut stream = BufReader::new(TcpStream::connect(address).await?);
                let mut bytes = 0;
                for n in 0..20 {
                    stream.write_all(format!("client {client} line {n}\n").as_bytes()).await?;
                    let mut answer = String::new();
                    bytes += stream.read_line(&mut answer).await?;
                }
                std::io::Result::Ok(bytes)
            })
        })
        .collect();
    let mut total = 0;
    for client in clients {
        total += client.await??;
    }
    server.abort();
    println!("tcp {total}");
    let (a, b) = (UdpSocket::bind("127.0.0.1:0").await?, UdpSocket::bind("127.0.0.1:0").await?);
    a.send_to(b"datagram", b.local_addr()?).await?;
    let mut buffer = [0; 100];
    println!("udp {}", b.recv(&mut buffer).await?);
    let (mut left, mut right) = UnixStream::pair()?;
    let writer = tokio::spawn(async move { left.write_all(&[7; 500_000]).await });
    let mut received = Vec::new();
    right.read_to_end(&mut received).await?;
    writer.await??;
    println!("unix {}", received.len());
    Ok(())
}

async fn channels() -> Outcome<()> {
    let (sender, mut receiver) = mpsc::channel(4);
    for task in 0..5u64 {
        let sender = sender.clone();
        tokio::spawn(async move {
            for n in 0..100 {
                let _ = sender.send(task * 1000 + n).await;
                if n % 10 == 0 {
                    tokio::task::yield_now().await;
                }
            }
        });
    }
    drop(sender);
    let mut sum = 0;
    while let Some(n) = receiver.recv().await {
        sum += n;
    }
    println!("mpsc {sum}");
    let counter = std::sync::Arc::new((Mutex::new(0), Semaphore::new(2)));
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let counter = counter.clone();
            tokio::spawn(async move {
                let _permit = counter.1.acquire().await;
                *counter.0.lock().await += 1;
            })
        })
        .collect();
    for task in tasks {
        task.await?;
    }
    println!("mutex {}", *counter.0.lock().await);
    let (answer, question) = oneshot::channel();
    std::thread::spawn(move || answer.send(42));
    println!("oneshot {}", question.await?);
    let (sender, mut one) = broadcast::channel(8);
    let mut two = sender.subscribe();
    sender.send("news")?;
    println!("broadcast {} {}", one.recv().await?, two.recv().await?);
    Ok(())
}

async fn timers() -> Outcome<()> {
    let late = timeout(Duration::from_millis(20), sleep(Duration::from_secs(100))).await;
    println!("timeout {}", late.is_err());
    let (sender, mut order) = mpsc::channel(3);
    for delay in [90, 10, 50] {
        let sender = sender.clone();
        tokio::spawn(async move {
            sleep(Duration::from_millis(delay)).await;
            sender.send(delay).await
        });
    }
    println!("order {:?} {:?} {:?}", order.recv().await, order.recv().await, order.recv().await);
    let mut ticks = interval(Duration::from_millis(2));
    for _ in 0..10 {
        ticks.tick().await;
    }
    let blocking = tokio::task::spawn_blocking(|| (0..100_000u64).sum::<u64>());
    println!("blocking {}", blocking.await?);
    let task = tokio::spawn(async { sleep(Duration::from_secs(100)).await });
    task.abort();
    println!("aborted {}", task.await.is_err());
    Ok(())
}

async fn system() -> Outcome<()> {
    tokio::fs::write("file", vec![b'x'; 100_000]).await?;
    println!("file {}", tokio::fs::read("file").await?.len());
    let children = (0..4).map(|n| {
        Command::new("/bin/sh").args(["-c", &format!("sleep 0.0{n}; echo {n}; exit {n}")]).output()
    });
    for child in children.map(tokio::spawn).collect::<Vec<_>>() {
        let output = child.await??;
        println!("child {:?} {:?}", output.status.code(), String::from_utf8(output.stdout)?);
    }
    let mut killed = Command::new("/bin/sleep").arg("100").spawn()?;
    killed.kill().await?;
    println!("killed {}", killed.wait().await?);
    let mut hangups = signal(SignalKind::hangup())?;
    let me = std::process::id().to_string();
    Command::new("/bin/kill").args(["-HUP", &me]).status().await?;
    println!("signal {}", hangups.recv().await.is_some());
    Ok(())
}
