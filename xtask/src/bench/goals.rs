//! What is promised of each kind of work: the most it may cost, and what is aimed for.

use serde::{Serialize, Serializer};

/// One line of the table of goals.
#[derive(Debug, PartialEq)]
pub struct Goal {
    /// What rows, and the first lines of kernels (`// goal: KEY`), call it.
    pub key: &'static str,
    pub work: &'static str,
    /// Which runs it is about, where there are several.
    pub of: Of,
    pub unit: Unit,
    pub at_most: f64,
    pub aim: f64,
}

/// The runs that a goal limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Of {
    Both,
    Recording,
    Replay,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    /// A multiple: of the native time, or of another cost.
    Times,
    Percent,
    /// Millions of bytes.
    Megabytes,
}

/// Goals of each CPU-bound row, beside its own: their figures are the geometric means of all rows.
pub const SUITE: [&str; 2] = ["suite recording", "suite replay"];

#[rustfmt::skip]
pub static GOALS: [Goal; 27] = {
    use Of::*;
    use Unit::*;
    const fn goal(key: &'static str, work: &'static str, of: Of, unit: Unit, at_most: f64, aim: f64) -> Goal {
        Goal { key, work, of, unit, at_most, aim }
    }
    [
        goal("suite recording", "CPU-bound suite, geometric mean, record", Recording, Times,     1.25, 1.1),
        goal("suite replay",  "CPU-bound suite, geometric mean, replay",   Replay,    Times,     1.25, 1.1),
        goal("worst",         "the worst of it",                           Both,      Times,     1.9,  1.5),
        goal("interpreters",  "python, perl, lua, node: the worst",        Both,      Times,     1.6,  1.3),
        goal("getppid",       "1,000,000 getppid",                         Both,      Times,     3.0,  2.0),
        goal("pipe",          "200,000 one-byte pipe writes and reads",    Both,      Times,     3.0,  2.0),
        goal("reads",         "300,000 reads of 4 KiB",                    Both,      Times,     2.5,  1.6),
        goal("clock",         "clock_gettime through the vDSO",            Both,      Times,     6.0,  3.0),
        goal("true",          "true, alone",                               Both,      Times,     8.0,  4.0),
        goal("trues",         "100 true from bash",                        Recording, Times,     6.0,  3.0),
        goal("configure",     "a script like ./configure",                 Recording, Times,     4.0,  2.5),
        goal("make",          "make -j2 with gcc",                         Recording, Times,     2.2,  1.6),
        goal("mutex",         "4 threads on one hot mutex",                Both,      Times,     3.0,  2.2),
        goal("conditions",    "producers/consumers, condition variables",  Both,      Times,     3.0,  2.2),
        goal("redis",         "redis: requests per second lost",           Recording, Percent,   60.0, 40.0),
        goal("nginx",         "nginx: requests per second lost",           Recording, Percent,   60.0, 40.0),
        goal("trace growth",  "trace of CPU-bound work, per minute",       Recording, Megabytes, 2.0,  0.5),
        goal("trace of reads", "trace of reading 1 GB from files",         Recording, Megabytes, 1050.0, 300.0),
        goal("waiting",       "replay of work that slept 90 %",            Replay,    Times,     0.3,  0.15),
        goal("memory small",  "memory over the guest's own, small",        Recording, Megabytes, 8.0,  3.0),
        goal("memory large",  "memory over the guest's own, large",        Recording, Percent,   15.0, 8.0),
        goal("events",        "cost per event, 100 against 10 times",      Both,      Times,     1.5,  1.1),
        goal("processes",     "cost per process, 100 against 10 times",    Both,      Times,     1.5,  1.1),
        goal("threads",       "cost per thread, 100 against 10 times",     Both,      Times,     1.5,  1.1),
        goal("threads alive", "the same, all alive at once",               Both,      Times,     1.5,  1.1),
        goal("files",         "cost per mapped file, 100 against 10 times", Both,     Times,     1.5,  1.1),
        goal("files kept",    "the same, all kept mapped",                 Both,      Times,     1.5,  1.1),
    ]
};

/// The goal that is called so.
pub fn goal(key: &str) -> Option<&'static Goal> {
    GOALS.iter().find(|goal| goal.key == key)
}

/// One measured value that a goal limits.
#[derive(Serialize)]
pub struct Figure {
    #[serde(serialize_with = "as_key")]
    pub goal: &'static Goal,
    /// The row, and which of its runs.
    pub what: String,
    pub value: f64,
}

fn as_key<S: Serializer>(goal: &&'static Goal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(goal.key)
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Aim,
    Ok,
    Over,
}

impl Verdict {
    /// As in a row; `Aim` is as good as any other that holds.
    pub fn word(self) -> &'static str {
        match self {
            Self::Aim | Self::Ok => "ok",
            Self::Over => "OVER",
        }
    }
}

impl Goal {
    pub fn verdict(&self, value: f64) -> Verdict {
        match value {
            value if value <= self.aim => Verdict::Aim,
            value if value <= self.at_most => Verdict::Ok,
            _ => Verdict::Over,
        }
    }

    /// The figures of one row: the runs it is about, of those that were measured.
    pub fn figures(
        &'static self,
        row: &str,
        record: Option<f64>,
        replay: Option<f64>,
    ) -> Vec<Figure> {
        let record = record.filter(|_| self.of != Of::Replay).map(|value| ("record", value));
        let replay = replay.filter(|_| self.of != Of::Recording).map(|value| ("replay", value));
        let name = |run| match self.unit {
            Unit::Times => format!("{row}, {run}"),
            Unit::Percent | Unit::Megabytes => row.to_string(),
        };
        let figure = |(run, value)| Figure { goal: self, what: name(run), value };
        record.into_iter().chain(replay).map(figure).collect()
    }

    /// A value in this goal's unit.
    pub fn show(&self, value: f64) -> String {
        match self.unit {
            Unit::Times => format!("{value:.2}"),
            // No minus before a zero.
            Unit::Percent => format!("{:.0} %", value.round() + 0.0),
            Unit::Megabytes if value < 100.0 => format!("{value:.2} MB"),
            Unit::Megabytes => format!("{value:.0} MB"),
        }
    }
}

/// The worst verdict of a row's figures, as a word; a dash if nothing limits them.
pub fn word(figures: &[Figure]) -> &'static str {
    let verdicts = figures.iter().map(|figure| figure.goal.verdict(figure.value));
    verdicts.max_by_key(|verdict| *verdict as u8).map_or("-", Verdict::word)
}

/// What became of one goal.
#[derive(Serialize)]
pub struct Line {
    work: &'static str,
    measured: f64,
    /// Which figure that is.
    what: String,
    at_most: f64,
    aim: f64,
    verdict: Verdict,
    #[serde(skip)]
    goal: &'static Goal,
}

/// Every goal that has figures, in the table's order.
pub fn summarise(figures: &[Figure]) -> Vec<Line> {
    GOALS.iter().filter_map(|goal| line(goal, figures)).collect()
}

fn line(goal: &'static Goal, figures: &[Figure]) -> Option<Line> {
    let own: Vec<&Figure> = figures.iter().filter(|figure| figure.goal == goal).collect();
    let worst = own.iter().max_by(|a, b| a.value.total_cmp(&b.value))?;
    let (measured, what) = if SUITE.contains(&goal.key) {
        let logarithms = own.iter().map(|figure| figure.value.ln()).sum::<f64>();
        ((logarithms / own.len() as f64).exp(), format!("of {}", own.len()))
    } else {
        (worst.value, worst.what.clone())
    };
    let verdict = goal.verdict(measured);
    let Goal { work, at_most, aim, .. } = *goal;
    Some(Line { work, measured, what, at_most, aim, verdict, goal })
}

pub const HEADING: &str = "\
work                                         measured    at most   aim for  verdict";

impl Line {
    pub fn row(&self) -> String {
        let verdict = match self.verdict {
            Verdict::Aim => "ok, as aimed",
            verdict => verdict.word(),
        };
        format!(
            "{:<42} {:>10} {:>10} {:>9}  {verdict:<12}  {}",
            self.work,
            self.goal.show(self.measured),
            self.goal.show(self.at_most),
            self.goal.show(self.aim),
            self.what
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_aims_are_below_limits() {
        for (n, goal) in GOALS.iter().enumerate() {
            assert!(GOALS[..n].iter().all(|other| other.key != goal.key), "{}", goal.key);
            assert!(goal.aim < goal.at_most, "{}", goal.key);
        }
    }

    #[test]
    fn a_suite_counts_as_its_mean_and_other_goals_as_their_worst() {
        let mut figures = Vec::new();
        for (row, record) in [("a", 1.0), ("b", 4.0)] {
            for key in ["suite recording", "worst"] {
                let goal = goal(key).expect("a goal");
                figures.extend(goal.figures(row, Some(record), Some(1.5)));
            }
        }
        let lines = summarise(&figures);
        let seen: Vec<_> = lines.iter().map(|line| (line.measured, line.what.as_str())).collect();
        assert_eq!(seen, [(2.0, "of 2"), (4.0, "b, record")]);
        assert_eq!(lines[0].verdict, Verdict::Over);
    }

    #[test]
    fn what_was_not_measured_is_not_judged() {
        let goal = goal("waiting").expect("a goal");
        assert_eq!(word(&goal.figures("row", Some(9.0), None)), "-");
        assert_eq!(word(&goal.figures("row", Some(9.0), Some(0.2))), "ok");
        assert_eq!(goal.verdict(f64::NAN), Verdict::Over);
    }
}
