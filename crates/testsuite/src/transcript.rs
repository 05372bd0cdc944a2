//! What gdb printed, without what differs from run to run and machine to machine: addresses, numbers
//! of processes, events and ticks. Nothing that looks like an error is left out.

/// Lines that say how gdb found symbols.
const NOISE: [&str; 7] = [
    "Reading ",
    "warning: File transfers from remote targets",
    "warning: Missing auto-load script",
    "warning: unable to open /proc file",
    "Remote debugging using ",
    "Use `info auto-load python-scripts",
    "of file DIR/",
];

/// Numbers after these words say nothing.
const COUNTED: [&str; 11] = [
    "event: ",
    "tick: ",
    "tid: ",
    "(s): ",
    "at event ",
    "tick ",
    "Thread ",
    "process ",
    ", thread ",
    "last event is ",
    "__owner = ",
];

/// See the module's documentation. The program's path is left out too.
pub fn normalise(text: &str, program: &str) -> String {
    let dir = program.rsplit_once('/').map_or("", |(dir, _)| dir);
    let text = without_sysroot(text).replace(dir, "DIR");
    let lines = text.lines().filter(|line| !NOISE.iter().any(|noise| line.starts_with(noise)));
    let mut out = String::new();
    for line in lines {
        out.push_str(&general(line));
        out.push('\n');
    }
    out
}

/// A line without what differs from run to run.
pub fn general(line: &str) -> String {
    table(&counted(&addresses(&columns(line)))).trim_end().to_owned()
}

/// Files of the trace by their recorded names.
fn without_sysroot(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_inclusive([' ', '\n', '"', '(', ')']) {
        match word.split_once("/.debug-").and_then(|(_, rest)| rest.split_once("/root/")) {
            Some((_, path)) => out = out + "/" + path,
            None => out.push_str(word),
        }
    }
    out
}

/// Long hexadecimal numbers.
fn addresses(line: &str) -> String {
    let mut parts = line.split("0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        match digits {
            0..5 => out = out + "0x" + part,
            _ => out = out + "ADDRESS" + &part[digits..],
        }
    }
    out
}

fn counted(line: &str) -> String {
    let mut line = line.to_owned();
    for word in COUNTED {
        let mut from = 0;
        while let Some(at) = line[from..].find(word).map(|at| from + at + word.len()) {
            let digits =
                line[at..].bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
            // gdb's own numbers of threads have no dot.
            if digits > 0 && (word != "Thread " || line[at..at + digits].contains('.')) {
                line.replace_range(at..at + digits, "N");
            }
            from = at;
        }
    }
    line
}

/// The list of threads is as wide as its numbers.
fn table(line: &str) -> String {
    if !(line.contains("Thread N") || line.starts_with("  Id")) {
        return line.to_owned();
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The list of checkpoints.
fn columns(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let number = |i: usize| words.get(i).is_some_and(|w| w.bytes().all(|b| b.is_ascii_digit()));
    if words.len() < 4 || !(number(0) && number(1) && number(2)) {
        return line.to_owned();
    }
    format!("{} N N {}", words[0], words[3..].join(" "))
}

/// An error that shows the first difference.
pub fn same(expected: &str, said: &str) -> Result<(), String> {
    let (mut ours, mut theirs) = (expected.lines(), said.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (ours.next(), theirs.next()) {
            (None, None) => return Ok(()),
            (ours, theirs) if ours == theirs => {}
            (ours, theirs) => {
                let show = |line: Option<&str>| line.unwrap_or("(nothing)").to_owned();
                return Err(format!(
                    "line {number} of the transcript differs (CLEW_BLESS=1 accepts)\n  expected: {}\n  \
                     gdb said: {}\n--- all it said:\n{said}",
                    show(ours),
                    show(theirs)
                ));
            }
        }
    }
}
