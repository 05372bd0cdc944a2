//! What is timed: the kernels of `bench/kernels`, real programs, and builds.

use anyhow::{Context, Result, ensure};

use super::goals::{self, Goal};
use super::source::Source;
use super::{Bench, builds, programs};

/// One thing to time.
pub struct Work {
    pub name: String,
    pub group: String,
    pub argv: Vec<String>,
    /// What limits it.
    pub goal: Option<&'static Goal>,
    /// The number of operations one run makes, for work measured per operation.
    pub operations: Option<u64>,
    pub snapshots: Snapshots,
    /// It starts processes.
    pub tree: bool,
}

/// The snapshots of translated code that a recording finds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Snapshots {
    /// Those of earlier recordings of the same.
    Warm,
    /// None.
    Cold,
}

/// Groups of work that computes, all of which are the CPU-bound suite.
const CPU_BOUND: [&str; 6] = ["calls", "loops", "indirect", "simd", "programs", "interpreters"];

/// The others.
const OTHERS: [&str; 5] = ["syscall", "startup", "builds", "threads", "waiting"];

impl Work {
    /// Work of one process, without a goal.
    pub fn new(group: &str, name: &str, argv: Vec<String>) -> Self {
        Self {
            name: name.to_string(),
            group: group.to_string(),
            argv,
            goal: None,
            operations: None,
            snapshots: Snapshots::Warm,
            tree: false,
        }
    }

    pub fn goal(self, key: &str) -> Result<Self> {
        let goal = goals::goal(key).with_context(|| format!("{}: no goal {key:?}", self.name))?;
        Ok(Self { goal: Some(goal), ..self })
    }

    pub fn is_cpu_bound(&self) -> bool {
        CPU_BOUND.contains(&self.group.as_str())
    }
}

/// Everything that is wanted, built and ready to run.
pub fn collect(bench: &Bench) -> Result<Vec<Work>> {
    let mut all = kernels(bench)?;
    all.extend(programs::collect(bench)?);
    all.extend(builds::collect(bench)?);
    let place = |group: &str| CPU_BOUND.iter().chain(&OTHERS).position(|other| *other == group);
    all.sort_by_key(|work| place(&work.group));
    Ok(all)
}

fn kernels(bench: &Bench) -> Result<Vec<Work>> {
    let mut kernels = Vec::new();
    for source in Source::all("kernels")? {
        let (name, group) = (source.name(), source.directive("group").unwrap_or_default());
        let known = CPU_BOUND.iter().chain(&OTHERS).any(|known| *known == group);
        ensure!(known, "{name}: `// group: {group}` is none");
        if bench.wants(group, &name) {
            kernels.push(kernel(&source, group)?);
        }
    }
    Ok(kernels)
}

fn kernel(source: &Source, group: &str) -> Result<Work> {
    let mut work = Work::new(group, &source.name(), vec![source.build()?]);
    work.operations = source.directive("operations").and_then(|number| number.parse().ok());
    let worst = work.is_cpu_bound().then_some("worst");
    match source.directive("goal").or(worst) {
        Some(key) => work.goal(key),
        None => Ok(work),
    }
}
