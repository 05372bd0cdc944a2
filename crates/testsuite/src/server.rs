//! Servers: started under clew, driven by clients that are not recorded, stopped by a signal.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::cycle::{Session, Subject, with_survivors};
use crate::process::{self, Invocation, Outcome, collect, excerpt, kill_group, wait};

/// What is done with a server. `{port}` in its words and in the server's stands for a free port of
/// the loopback interface.
#[derive(Clone, Debug, Default)]
pub struct Service {
    setup: Vec<Vec<String>>,
    clients: Vec<Client>,
}

/// A program that uses the server.
#[derive(Clone, Debug)]
struct Client {
    argv: Vec<String>,
    prints: Vec<String>,
}

impl Service {
    /// A command that runs, unrecorded, in the fresh working directory before the server starts.
    pub fn setup(mut self, words: &[&str]) -> Self {
        self.setup.push(owned(words));
        self
    }

    /// A command that runs, unrecorded, once the port answers; its output must contain each text.
    pub fn client(mut self, words: &[&str], prints: &[&str]) -> Self {
        self.clients.push(Client { argv: owned(words), prints: owned(prints) });
        self
    }

    /// The programs it needs besides the server.
    pub fn programs(&self) -> Vec<String> {
        let commands = self.setup.iter().chain(self.clients.iter().map(|client| &client.argv));
        commands.filter_map(|argv| argv.first().cloned()).collect()
    }

    /// The cycle of a server: natively, recorded, replayed.
    pub fn check(&self, subject: &Subject, dir: &Path) -> Result<(), String> {
        let native = with_port(subject)?;
        let outcome = self.run(&native.0, native.1, &native.0.argv, dir, "native")?;
        native.0.expect(&outcome).map_err(|error| format!("the native run itself: {error}"))?;
        if process::native_only() {
            return Ok(());
        }
        let (subject, port) = with_port(subject)?;
        let session = Session::new(&subject, dir)?;
        let outcome = self
            .run(&subject, port, &session.argv, dir, "recorded")
            .map_err(|error| session.explain(error))?;
        session.judge(&outcome)
    }

    fn run(
        &self,
        subject: &Subject,
        port: u16,
        argv: &[String],
        dir: &Path,
        label: &str,
    ) -> Result<Outcome, String> {
        subject.fresh_directory(dir)?;
        self.setup
            .iter()
            .try_for_each(|words| self.command(subject, port, dir, words).map(drop))?;
        let outcome = self.serve(subject, port, argv, dir);
        let left = subject.end_survivors(dir);
        let outcome = with_survivors(outcome, left, label)?;
        outcome.keep(dir, label);
        Ok(outcome)
    }

    fn serve(
        &self,
        subject: &Subject,
        port: u16,
        argv: &[String],
        dir: &Path,
    ) -> Result<Outcome, String> {
        let invocation = subject.invocation(dir, argv);
        let started = Instant::now();
        let mut server = invocation.spawn()?;
        let (stdout, stderr) = (collect(server.stdout.take()), collect(server.stderr.take()));
        let used = answers(&mut server, port, invocation.limit())
            .and_then(|()| self.clients.iter().try_for_each(|c| self.call(c, subject, port, dir)));
        // SAFETY: a plain system call, to the process that was started above.
        unsafe { libc::kill(server.id() as i32, libc::SIGTERM) };
        let status = wait(&mut server, invocation.limit());
        let survivors = process::group_exists(&server);
        if status.is_none() {
            kill_group(&server);
            let _ = server.wait();
        }
        let patience = Duration::from_secs(20);
        let stdout = stdout.recv_timeout(patience).unwrap_or_default();
        let stderr = stderr.recv_timeout(patience).unwrap_or_default();
        let shown = format!("\n  server: {}{}", excerpt(&stdout), excerpt(&stderr));
        used.map_err(|error| format!("{error}{shown}"))?;
        let status = status.ok_or_else(|| format!("the server does not end on SIGTERM{shown}"))?;
        Ok(Outcome { stdout, stderr, status, survivors, elapsed: started.elapsed() })
    }

    fn call(
        &self,
        client: &Client,
        subject: &Subject,
        port: u16,
        dir: &Path,
    ) -> Result<(), String> {
        let outcome = self.command(subject, port, dir, &client.argv)?;
        let stdout = String::from_utf8_lossy(&outcome.stdout);
        match client.prints.iter().find(|text| !stdout.contains(*text)) {
            Some(text) => {
                let argv = &client.argv;
                Err(format!("{argv:?} does not print {text:?}: {}", excerpt(&outcome.stdout)))
            }
            None => Ok(()),
        }
    }

    /// Runs a client or a preparation beside the server; it must succeed.
    fn command(
        &self,
        subject: &Subject,
        port: u16,
        dir: &Path,
        words: &[String],
    ) -> Result<Outcome, String> {
        let argv = words.iter().map(|word| place(word, port)).collect::<Vec<_>>();
        let invocation = Invocation { stdin: Vec::new(), ..subject.invocation(dir, &argv) };
        let outcome = invocation.run()?;
        if outcome.code() == 0 {
            return Ok(outcome);
        }
        let (stdout, stderr) = (excerpt(&outcome.stdout), excerpt(&outcome.stderr));
        Err(format!("{argv:?} exits {}: {stdout}{stderr}", outcome.code()))
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| word.to_string()).collect()
}

fn place(word: &str, port: u16) -> String {
    word.replace("{port}", &port.to_string())
}

/// A port of the loopback interface that nobody uses at the moment.
pub fn free_port() -> Result<u16, String> {
    let name = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    name.map(|name| name.port()).map_err(|e| format!("no free port: {e}"))
}

/// The subject with a port that nobody uses at the moment.
fn with_port(subject: &Subject) -> Result<(Subject, u16), String> {
    let port = free_port()?;
    let mut subject = subject.clone();
    subject.place("{port}", &port.to_string());
    for (_, content) in &mut subject.inputs {
        *content = place(&String::from_utf8_lossy(content), port).into_bytes();
    }
    Ok((subject, port))
}

/// Waits until the server accepts a connection.
pub fn answers(server: &mut Child, port: u16, limit: Duration) -> Result<(), String> {
    let deadline = Instant::now() + limit;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if let Ok(Some(status)) = server.try_wait() {
            return Err(format!("the server ends before it answers: {status}"));
        }
        if Instant::now() > deadline {
            return Err(format!("the server does not answer within {limit:?}"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
