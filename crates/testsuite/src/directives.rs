//! The comment directives at the top of a guest's source: how to build it and what to expect.

use std::time::Duration;

/// How a guest is built, run and judged. See `tests/guests/README.md` for the words.
#[derive(Clone, Debug, Default)]
pub struct Directives {
    pub build: Vec<String>,
    pub libs: Vec<String>,
    pub shared: Vec<String>,
    pub args: Vec<String>,
    pub env: Vec<(String, String)>,
    pub stdin: Vec<u8>,
    pub exit: i32,
    pub nondeterministic: bool,
    pub warns: bool,
    /// The guest can tell which of its pages were touched, as memory checksums do.
    pub no_memory_check: bool,
    pub needs: Vec<String>,
    /// What `-fsanitize=` is given. The guest is skipped if the compiler lacks the runtime.
    pub sanitizer: Option<String>,
    pub ignored: bool,
    pub timeout: Duration,
}

impl Directives {
    /// Reads the leading `// word: value` lines of a source file.
    pub fn parse(source: &str) -> Result<Self, String> {
        let mut parsed = Self { timeout: Duration::from_secs(30), ..Self::default() };
        for line in source.lines().map_while(|line| line.strip_prefix("//")) {
            match line.trim().split_once(':') {
                Some((word, value)) => parsed.apply(word, value.trim())?,
                None if line.trim().contains('-') && !line.trim().contains(' ') => {
                    return Err(format!("a directive without a colon: {line:?}"));
                }
                None => {}
            }
        }
        Ok(parsed)
    }

    fn apply(&mut self, word: &str, value: &str) -> Result<(), String> {
        let words = || value.split_whitespace().map(str::to_string);
        match word {
            "build" => self.build.extend(words()),
            "libs" => self.libs.extend(words()),
            "shared" => self.shared.extend(words()),
            "args" => self.args.extend(words()),
            "needs" => self.needs.extend(words()),
            "sanitizer" => self.sanitizer = Some(value.into()),
            "stdin" => self.stdin.extend(value.replace("\\n", "\n").bytes()),
            "exit" => self.exit = parse_exit(value)?,
            "nondeterministic" => self.nondeterministic = true,
            "warns" => self.warns = true,
            "no-memory-check" => self.no_memory_check = true,
            "ignored" => self.ignored = true,
            "timeout" => {
                let seconds = value.parse().map_err(|_| format!("bad timeout {value:?}"))?;
                self.timeout = Duration::from_secs(seconds);
            }
            "env" => {
                let (name, value) = value.split_once('=').ok_or("env wants NAME=VALUE")?;
                self.env.push((name.into(), value.into()));
            }
            "env-fill" => {
                let bytes: usize = value.parse().map_err(|_| format!("bad env-fill {value:?}"))?;
                self.env.extend(filler(bytes));
            }
            // Prose that happens to contain a colon.
            _ if word.contains(' ') || word.starts_with(char::is_uppercase) => {}
            _ => return Err(format!("unknown directive {word:?}")),
        }
        Ok(())
    }
}

/// Variables that fill the environment up to a size; one string may have at most 128 KiB.
fn filler(bytes: usize) -> impl Iterator<Item = (String, String)> {
    const EACH: usize = 100_000;
    (0..bytes.div_ceil(EACH)).map(|n| (format!("FILL{n:03}"), "x".repeat(EACH)))
}

fn parse_exit(value: &str) -> Result<i32, String> {
    match value.strip_prefix("signal ") {
        Some(name) => {
            signal_number(name).map(|n| 128 + n).ok_or_else(|| format!("unknown signal {name:?}"))
        }
        None => value.parse().map_err(|_| format!("bad exit {value:?}")),
    }
}

fn signal_number(name: &str) -> Option<i32> {
    Some(match name {
        "ABRT" => libc::SIGABRT,
        "ALRM" => libc::SIGALRM,
        "BUS" => libc::SIGBUS,
        "FPE" => libc::SIGFPE,
        "ILL" => libc::SIGILL,
        "KILL" => libc::SIGKILL,
        "PIPE" => libc::SIGPIPE,
        "SEGV" => libc::SIGSEGV,
        "SYS" => libc::SIGSYS,
        "TERM" => libc::SIGTERM,
        "TRAP" => libc::SIGTRAP,
        "USR1" => libc::SIGUSR1,
        "XCPU" => libc::SIGXCPU,
        _ => return None,
    })
}
