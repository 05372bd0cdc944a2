//! Finding guests in `tests/guests` and building them, once per content.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::directives::Directives;
use crate::{paths, sources};

/// A guest's source file and what it says about itself.
#[derive(Clone, Debug)]
pub struct Guest {
    pub name: String,
    pub source: PathBuf,
    pub directives: Directives,
}

/// The directory guests live in.
pub fn directory() -> PathBuf {
    paths::repository().join("tests/guests")
}

/// Every guest, by name.
pub fn discover() -> Result<Vec<Guest>, String> {
    let dir = directory();
    let entries = fs::read_dir(&dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let mut guests = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| compiler(path).is_some())
        .map(load)
        .collect::<Result<Vec<_>, _>>()?;
    guests.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(guests)
}

fn load(source: PathBuf) -> Result<Guest, String> {
    let at = |message: String| format!("{}: {message}", source.display());
    let text = fs::read_to_string(&source).map_err(|e| at(e.to_string()))?;
    let directives = Directives::parse(&text).map_err(at)?;
    let name = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Guest { name, source, directives })
}

fn compiler(source: &Path) -> Option<(&'static str, &'static [&'static str])> {
    Some(match source.extension()?.to_str()? {
        "c" => ("gcc", &["-O1", "-g", "-w"]),
        "cc" => ("g++", &["-O1", "-g", "-w"]),
        "S" => ("gcc", &["-nostdlib", "-static", "-no-pie", "-g"]),
        "rs" => ("rustc", &["--edition=2024", "-Copt-level=1", "-g"]),
        _ => return None,
    })
}

impl Guest {
    /// The executable, built if there is none for the current content.
    pub fn build(&self) -> Result<PathBuf, String> {
        let dir = paths::target().join("guests").join(self.content_hash()?);
        let program = dir.join(&self.name);
        paths::once(&dir, |partial| self.build_in(partial))?;
        Ok(program)
    }

    /// Why it cannot be built or run here.
    pub fn obstacle(&self) -> Option<String> {
        let runtime = self.directives.sanitizer.as_ref().filter(|s| !self.has_runtime(s));
        missing_feature(&self.directives.needs)
            .or_else(|| runtime.map(|s| format!("the compiler's runtime for {s}")))
    }

    fn has_runtime(&self, sanitizer: &str) -> bool {
        let short = match sanitizer {
            "address" => "asan",
            "thread" => "tsan",
            "memory" => "msan",
            "leak" => "lsan",
            _ => "ubsan",
        };
        if is_rust(&self.source) {
            let dir = output(Command::new("rustc").args(["--print", "target-libdir"]));
            let wanted = format!("_rt.{short}.a");
            let names = fs::read_dir(dir).into_iter().flatten().flatten();
            return names.into_iter().any(|f| f.file_name().to_string_lossy().ends_with(&wanted));
        }
        let library = format!("-print-file-name=lib{short}.so");
        Path::new(&output(Command::new("gcc").arg(library))).is_absolute()
    }

    fn build_in(&self, dir: &Path) -> Result<(), String> {
        for library in &self.directives.shared {
            let source = directory().join("lib").join(library);
            let output = dir.join(Path::new(library).with_extension("so"));
            compile(&source, &library_flags(&source), &[], &output)?;
        }
        let mut flags = self.directives.build.clone();
        if let Some(sanitizer) = &self.directives.sanitizer {
            let flag = if is_rust(&self.source) { "-Zsanitizer=" } else { "-fsanitize=" };
            flags.push(format!("{flag}{sanitizer}"));
        }
        if !self.directives.shared.is_empty() {
            let rust = is_rust(&self.source);
            let rpath = if rust { "-Clink-arg=-Wl,-rpath,$ORIGIN" } else { "-Wl,-rpath,$ORIGIN" };
            flags.push(rpath.to_string());
        }
        let out = dir.to_string_lossy();
        let libs: Vec<String> =
            self.directives.libs.iter().map(|lib| lib.replace("$OUT", &out)).collect();
        compile(&self.source, &flags, &libs, &dir.join(&self.name))
    }

    /// A hash of everything the build depends on: the sources, the shared headers, the flags.
    fn content_hash(&self) -> Result<String, String> {
        let mut hasher = blake3::Hasher::new();
        let mut inputs = vec![self.source.clone()];
        inputs.extend(self.directives.shared.iter().map(|lib| directory().join("lib").join(lib)));
        inputs.extend(headers());
        for input in inputs {
            let bytes = fs::read(&input).map_err(|e| format!("{}: {e}", input.display()))?;
            hasher.update(&(bytes.len() as u64).to_le_bytes()).update(&bytes);
        }
        hasher.update(format!("{:?}", compiler(&self.source)).as_bytes());
        Ok(hasher.finalize().to_hex()[..20].to_string())
    }
}

fn headers() -> Vec<PathBuf> {
    let entries = fs::read_dir(directory()).into_iter().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ext| ext == "h" || ext == "ld"))
        .collect();
    found.sort();
    found
}

fn is_rust(source: &Path) -> bool {
    source.extension().is_some_and(|extension| extension == "rs")
}

fn library_flags(source: &Path) -> Vec<String> {
    let flags: &[&str] =
        if is_rust(source) { &["--crate-type=cdylib"] } else { &["-shared", "-fPIC"] };
    flags.iter().map(|flag| flag.to_string()).collect()
}

fn compile(source: &Path, flags: &[String], libs: &[String], output: &Path) -> Result<(), String> {
    let (compiler, defaults) = compiler(source).ok_or("no compiler for this kind of file")?;
    let mut command = Command::new(compiler);
    command.current_dir(directory()).args(defaults).args(flags);
    // Lets a stable rustc take -Z flags.
    command.env("RUSTC_BOOTSTRAP", "1");
    command.arg("-o").arg(output).arg(source).args(libs);
    sources::run(&mut command)
}

/// What a command prints, or nothing.
fn output(command: &mut Command) -> String {
    let out = command.output().map(|out| out.stdout).unwrap_or_default();
    String::from_utf8_lossy(&out).trim().to_string()
}

/// A feature (as in /proc/cpuinfo) that the processor lacks.
fn missing_feature(needs: &[String]) -> Option<String> {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let flags: Vec<&str> = cpuinfo
        .lines()
        .find(|line| line.starts_with("flags"))
        .map(|line| line.split_whitespace().collect())
        .unwrap_or_default();
    needs.iter().find(|need| !flags.contains(&need.as_str())).cloned()
}
