//! Replays under a debugger that cannot be, and clients that vanish or talk nonsense.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clew_testsuite::paths;

use super::{Check, clew, expect, write};

pub const CHECKS: [(&str, Check); 10] = [
    ("debugger_missing", |dir| {
        record(dir)?;
        let missing = clew(dir, &["replay", "-d", "no-such-debugger", "trace"])?;
        expect(&missing, &[1], &["no-such-debugger", "install"])?;
        let missing = clew(dir, &["replay", "-d", "/etc/passwd", "trace"])?;
        expect(&missing, &[1], &["/etc/passwd"])
    }),
    ("debugger_fails", |dir| {
        record(dir)?;
        expect(&clew(dir, &["replay", "-d", "/bin/false", "trace"])?, &[1], &[])
    }),
    ("debugger_killed", |dir| {
        record(dir)?;
        let script = dir.join("debugger");
        write(&script, "#!/bin/sh\nkill -9 $$\n", 0o755)?;
        let killed = clew(dir, &["replay", "-d", "./debugger", "trace"])?;
        expect(&killed, &[1], &["the debugger was killed by sigkill"])
    }),
    ("debugger_none_in_path", |dir| {
        record(dir)?;
        let path = [("PATH", "/no/such/directory")];
        expect(&super::clew_with(dir, &["replay", "trace"], &path)?, &[1], &["gdb", "install"])
    }),
    ("debugger_port_in_use", |dir| {
        record(dir)?;
        let other = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
        let port = other.local_addr().map_err(|e| e.to_string())?.port().to_string();
        expect(&clew(dir, &["replay", "-s", &port, "trace"])?, &[1], &[&port, "uses it"])
    }),
    ("debugger_event_out_of_range", |dir| {
        record(dir)?;
        let late = clew(dir, &["replay", "-g", "99999999", "-d", "true", "trace"])?;
        expect(&late, &[1], &["last event is"])
    }),
    ("debugger_no_such_process", |dir| {
        record(dir)?;
        for option in ["-p", "-f"] {
            let absent = clew(dir, &["replay", option, "99999999", "-d", "true", "trace"])?;
            expect(&absent, &[1], &["99999999", "clew ps"])?;
        }
        let absent = clew(dir, &["replay", "-p", "no-such-program", "-d", "true", "trace"])?;
        expect(&absent, &[1], &["no-such-program"])
    }),
    ("debugger_client_vanishes", |dir| {
        record(dir)?;
        let mut server = Server::start(dir, &[])?;
        let mut client = server.connect()?;
        client.write_all(b"+$vCont;c#a8").map_err(|e| e.to_string())?;
        drop(client);
        server.ends()
    }),
    ("debugger_garbage_on_the_port", |dir| {
        record(dir)?;
        let mut server = Server::start(dir, &["-k"])?;
        for garbage in
            [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xff; 70_000], b"$$$$####$g#00$\x03\x03--"]
        {
            let mut client = server.connect()?;
            client.write_all(garbage).map_err(|e| e.to_string())?;
            server.answers(&mut client)?;
        }
        server.kill();
        Ok(())
    }),
    ("debugger_second_client", |dir| {
        record(dir)?;
        let mut server = Server::start(dir, &["-k"])?;
        let mut first = server.connect()?;
        server.answers(&mut first)?;
        let mut second = server.connect()?;
        match second.read(&mut [0; 16]) {
            Ok(0) => {}
            other => return Err(format!("the second client was not turned away: {other:?}")),
        }
        server.answers(&mut first)?;
        drop(first);
        let mut third = server.connect()?;
        server.answers(&mut third)?;
        server.kill();
        Ok(())
    }),
];

fn record(dir: &Path) -> Result<(), String> {
    expect(&clew(dir, &["record", "-o", "trace", "--", "/bin/echo", "recorded"])?, &[0], &[])
}

/// A `clew replay -s 0`.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(dir: &Path, options: &[&str]) -> Result<Self, String> {
        let mut child = Command::new(paths::clew()?)
            .args(["replay", "-s", "0"])
            .args(options)
            .arg("trace")
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| e.to_string())?;
        let mut line = String::new();
        let stdout = child.stdout.take().ok_or("no pipe")?;
        BufReader::new(stdout).read_line(&mut line).map_err(|e| e.to_string())?;
        let port = line
            .split("127.0.0.1:")
            .nth(1)
            .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
        let port = port.and_then(|port| port.parse().ok());
        match port {
            Some(port) if line.starts_with("gdb ") => Ok(Self { child, port }),
            _ => {
                let _ = child.kill();
                Err(format!("no command to connect with: {line:?}"))
            }
        }
    }

    fn connect(&self) -> Result<TcpStream, String> {
        // One that has just been left is free a little later.
        std::thread::sleep(Duration::from_millis(300));
        let client = TcpStream::connect(("127.0.0.1", self.port)).map_err(|e| e.to_string())?;
        client.set_read_timeout(Some(Duration::from_secs(20))).map_err(|e| e.to_string())?;
        Ok(client)
    }

    fn answers(&mut self, client: &mut TcpStream) -> Result<(), String> {
        client.write_all(b"$qC#b4").map_err(|e| e.to_string())?;
        let mut heard = Vec::new();
        let mut byte = [0];
        while !heard.windows(3).any(|part| part == b"$QC") {
            match client.read(&mut byte) {
                Ok(1) => heard.push(byte[0]),
                other => {
                    let status = self.child.try_wait();
                    return Err(format!(
                        "no answer: {other:?}, server {status:?}, heard {heard:?}"
                    ));
                }
            }
        }
        Ok(())
    }

    /// It is to end by itself, with success.
    fn ends(&mut self) -> Result<(), String> {
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            if let Ok(Some(status)) = self.child.try_wait() {
                return if status.success() {
                    Ok(())
                } else {
                    Err(format!("it ended with {status}"))
                };
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.kill();
        Err("the server did not end".into())
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
