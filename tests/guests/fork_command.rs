// Rust's Command: output, status, pipes, environment, a missing program, a kill.
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

fn main() {
    let out = Command::new("/bin/echo").args(["one", "two"]).output().unwrap();
    println!("{:?} {}", String::from_utf8_lossy(&out.stdout), out.status);
    let status = Command::new("/bin/sh").args(["-c", "exit 9"]).status().unwrap();
    println!("{:?} {:?}", status.code(), status.signal());
    println!("{:?}", Command::new("/no/such/program").spawn().err().map(|e| e.kind()));
    let mut cat = Command::new("/bin/cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    cat.stdin.take().unwrap().write_all(b"through cat").unwrap();
    let out = cat.wait_with_output().unwrap();
    println!("{}", String::from_utf8_lossy(&out.stdout));
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg("echo $NAME in $(basename $(pwd)); echo to stderr >&2").env("NAME", "value").current_dir("/usr");
    let out = shell.output().unwrap();
    println!("{:?} {:?}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    let mut sleeper = Command::new("/bin/sleep").arg("1000").spawn().unwrap();
    println!("{:?}", sleeper.try_wait().unwrap());
    sleeper.kill().unwrap();
    println!("{}", sleeper.wait().unwrap());
}
