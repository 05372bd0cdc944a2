//! What the examinations found: a line for each, and a table at the end.

use anyhow::{Result, bail};
use clew_testsuite::transparency::Difference;
use serde::Serialize;

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Recorded as natively, and every process replays.
    Same,
    /// It differs, and is known to.
    Known,
    /// The recorded run differs.
    Recording,
    /// A process does not replay.
    Replay,
    /// It does not pass natively.
    NotNatively,
    /// It is not run.
    LeftOut,
}

/// One program's.
#[derive(Serialize)]
pub struct Line {
    pub name: String,
    pub verdict: Verdict,
    pub detail: String,
    pub command: String,
    /// Tests of it that pass in two native runs, and how many of them do recorded.
    pub tests: usize,
    pub passed: usize,
    /// Those that end otherwise recorded than natively, and are not known to.
    #[serde(serialize_with = "shown")]
    pub differing: Vec<Difference>,
    /// Seconds.
    pub native: f64,
    pub recorded: f64,
    pub processes: usize,
    /// Fewer than the processes if there was not the time for all of them.
    pub replayed: usize,
}

impl Line {
    pub fn of(name: String, verdict: Verdict, detail: impl Into<String>) -> Self {
        Self {
            name,
            verdict,
            detail: detail.into(),
            command: String::new(),
            tests: 0,
            passed: 0,
            differing: Vec::new(),
            native: 0.0,
            recorded: 0.0,
            processes: 0,
            replayed: 0,
        }
    }

    fn print(&self) {
        let Self { name, native, recorded, processes, replayed, detail, tests, passed, .. } = self;
        let tests = if *tests > 0 { format!("{passed} of {tests} tests, ") } else { String::new() };
        let times = format!(
            "{tests}native {native:.2} s, recorded {recorded:.2} s, {replayed} of {processes} processes replayed"
        );
        match self.verdict {
            Verdict::Same => println!("{name:16} same        {times}"),
            Verdict::Known => println!("{name:16} known       {tests}{detail}"),
            Verdict::Recording => println!("{name:16} RECORDING   {detail}"),
            Verdict::Replay => println!("{name:16} REPLAY      {detail}"),
            Verdict::NotNatively => println!("{name:16} not native  {}", first_lines(detail)),
            Verdict::LeftOut => println!("{name:16} left out    {detail}"),
        }
        for difference in self.differing.iter().map(line) {
            println!("    {difference}");
        }
    }
}

fn line(difference: &Difference) -> String {
    let Difference { test, natively, recorded } = difference;
    format!("{test}: natively {natively}, recorded {recorded}")
}

fn shown<S: serde::Serializer>(differing: &[Difference], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(differing.iter().map(line))
}

/// The beginning of what somebody may have said at length, on one line.
fn first_lines(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" / ").chars().take(200).collect()
}

#[derive(Serialize)]
struct Counts {
    programs: usize,
    left_out: usize,
    passed_natively: usize,
    passed_recorded: usize,
    replayed: usize,
    known: usize,
    /// Of all programs.
    tests_passed_natively: usize,
    tests_passed_recorded: usize,
    processes: usize,
    processes_replayed: usize,
}

#[derive(Serialize)]
pub struct Summary {
    #[serde(skip)]
    json: bool,
    lines: Vec<Line>,
}

impl Summary {
    pub fn new(json: bool) -> Self {
        Self { json, lines: Vec::new() }
    }

    pub fn add(&mut self, line: Line) {
        if !self.json {
            line.print();
        }
        self.lines.push(line);
    }

    fn count(&self, verdicts: &[Verdict]) -> usize {
        self.lines.iter().filter(|line| verdicts.contains(&line.verdict)).count()
    }

    fn sum(&self, of: fn(&Line) -> usize) -> usize {
        self.lines.iter().map(of).sum()
    }

    fn counts(&self) -> Counts {
        use Verdict::*;
        Counts {
            programs: self.lines.len(),
            left_out: self.count(&[LeftOut]),
            passed_natively: self.count(&[Same, Known, Recording, Replay]),
            passed_recorded: self.count(&[Same, Replay]),
            replayed: self.count(&[Same]),
            known: self.count(&[Known]),
            tests_passed_natively: self.sum(|line| line.tests),
            tests_passed_recorded: self.sum(|line| line.passed),
            processes: self.sum(|line| line.processes),
            processes_replayed: self.sum(|line| line.replayed),
        }
    }

    /// Prints the table, or all of it as JSON. Fails if a program differs that is not known to.
    pub fn conclude(&self) -> Result<()> {
        let counts = self.counts();
        if self.json {
            let document = serde_json::json!({ "counts": counts, "programs": self.lines });
            println!("{}", serde_json::to_string_pretty(&document)?);
        } else {
            print_table(&counts);
        }
        let differ = |line: &&Line| matches!(line.verdict, Verdict::Recording | Verdict::Replay);
        let differing: Vec<&str> =
            self.lines.iter().filter(differ).map(|line| line.name.as_str()).collect();
        if !differing.is_empty() {
            bail!("differ: {}; their traces are kept, see above", differing.join(", "));
        }
        Ok(())
    }
}

fn print_table(counts: &Counts) {
    let rows = [
        ("programs", counts.programs),
        ("left out", counts.left_out),
        ("passed natively", counts.passed_natively),
        ("passed recorded", counts.passed_recorded),
        ("replayed", counts.replayed),
        ("known to differ", counts.known),
        ("tests natively", counts.tests_passed_natively),
        ("tests recorded", counts.tests_passed_recorded),
        ("processes", counts.processes),
        ("of them replayed", counts.processes_replayed),
    ];
    println!();
    for (what, count) in rows {
        println!("{what:16} {count:5}");
    }
}
