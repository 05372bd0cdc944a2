//! What `bench` measures: the kernels of `bench/kernels`, real programs, and builds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clew_testsuite::data::log_lines;
use clew_testsuite::project;

use crate::cargo;

/// One thing to measure.
pub struct Benchmark {
    pub name: String,
    pub group: String,
    pub argv: Vec<String>,
    /// The number of operations one run makes, for work measured per operation.
    pub operations: Option<u64>,
    pub snapshots: Snapshots,
}

/// The snapshots of translated code that a recording finds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Snapshots {
    /// Those of earlier recordings of the same.
    Warm,
    /// None.
    Cold,
}

/// Every benchmark whose group or name contains `filter`, built and ready to run.
pub fn collect(filter: &str) -> Result<Vec<Benchmark>> {
    let scratch = cargo::target().join("bench");
    fs::create_dir_all(&scratch)?;
    let mut all = Vec::new();
    for source in sources()? {
        let kernel = Kernel::read(&source)?;
        if kernel.name.contains(filter) || kernel.group.contains(filter) {
            all.push(kernel.build(&scratch)?);
        }
    }
    all.extend(
        programs(&scratch)?
            .into_iter()
            .chain(builds(&scratch)?)
            .filter(|program| program.name.contains(filter) || program.group.contains(filter)),
    );
    let order = ["calls", "loops", "indirect", "simd", "programs", "syscall", "startup", "builds"];
    all.sort_by_key(|b| (order.iter().position(|group| *group == b.group), b.name.clone()));
    Ok(all)
}

struct Kernel {
    source: PathBuf,
    name: String,
    group: String,
    build: Vec<String>,
    operations: Option<u64>,
}

impl Kernel {
    fn read(source: &Path) -> Result<Self> {
        let text = fs::read_to_string(source)?;
        let directive = |word: &str| {
            let prefix = format!("// {word}: ");
            text.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or("").to_string()
        };
        Ok(Self {
            source: source.to_path_buf(),
            name: source.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            group: directive("group"),
            build: directive("build").split_whitespace().map(str::to_string).collect(),
            operations: directive("operations").parse().ok(),
        })
    }

    fn build(self, scratch: &Path) -> Result<Benchmark> {
        let program = scratch.join(&self.name);
        let age = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
        if age(&program).is_none_or(|built| age(&self.source).is_some_and(|edited| edited > built))
        {
            let plus = self.source.extension().is_some_and(|extension| extension == "cc");
            let mut compiler = Command::new(if plus { "g++" } else { "gcc" });
            compiler.args(["-O2", "-w"]).args(&self.build).arg("-o").arg(&program);
            let status = compiler.arg(&self.source).arg("-lm").status().context("a C compiler")?;
            ensure!(status.success(), "cannot build {}", self.source.display());
        }
        let argv = vec![program.to_string_lossy().into_owned()];
        Ok(Benchmark {
            name: self.name,
            group: self.group,
            argv,
            operations: self.operations,
            snapshots: Snapshots::Warm,
        })
    }
}

fn sources() -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(cargo::repository().join("bench/kernels"))?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let is_source = |path: &PathBuf| path.extension().is_some_and(|e| e == "c" || e == "cc");
    Ok(paths.into_iter().filter(is_source).collect())
}

const PYTHON: &str = "
def sieve(n):
    flags = [True] * n
    for i in range(2, n):
        if flags[i]:
            for j in range(i * i, n, i):
                flags[j] = False
    return sum(flags)
def words(n):
    counts = {}
    for i in range(n):
        key = str(i * i % 9973)
        counts[key] = counts.get(key, 0) + len(key)
    return sum(counts.values())
print(sieve(700000), words(500000))
";

fn programs(scratch: &Path) -> Result<Vec<Benchmark>> {
    let text = scratch.join("text");
    if !text.exists() {
        fs::write(&text, log_lines(16 << 20))?;
    }
    let text = text.to_string_lossy().into_owned();
    let candidates: [(&str, &str, &[&str]); 5] = [
        ("python", "programs", &["/usr/bin/python3", "-c", PYTHON]),
        ("gzip", "programs", &["/usr/bin/gzip", "-kc", &text]),
        ("xz", "programs", &["/usr/bin/xz", "-1", "-T1", "-kc", &text]),
        ("sort", "programs", &["/usr/bin/sort", "--parallel=1", &text]),
        ("true", "startup", &["/usr/bin/true"]),
    ];
    let present = candidates.into_iter().filter(|(_, _, argv)| Path::new(argv[0]).exists());
    Ok(present
        .map(|(name, group, argv)| Benchmark {
            name: name.to_string(),
            group: group.to_string(),
            argv: argv.iter().map(|word| word.to_string()).collect(),
            operations: None,
            snapshots: Snapshots::Warm,
        })
        .collect())
}

/// `make` of a project of small files, all of it each time, with snapshots and without.
fn builds(scratch: &Path) -> Result<Vec<Benchmark>> {
    if !["/usr/bin/make", "/usr/bin/gcc"].iter().all(|tool| Path::new(tool).exists()) {
        return Ok(Vec::new());
    }
    let place = scratch.join("project");
    for (name, text) in project::files(50) {
        let path = place.join(name);
        fs::create_dir_all(path.parent().context("a parent directory")?)?;
        if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            fs::write(&path, text)?;
        }
    }
    let place = place.to_string_lossy().into_owned();
    let argv = ["/usr/bin/make", "-B", "-s", "-j2", "-C", &place].map(str::to_string);
    let build = |name: &str, snapshots| Benchmark {
        name: name.to_string(),
        group: "builds".to_string(),
        argv: argv.to_vec(),
        operations: None,
        snapshots,
    };
    Ok(vec![
        build("make -j2 of 50 files", Snapshots::Warm),
        build("the same, cold", Snapshots::Cold),
    ])
}
