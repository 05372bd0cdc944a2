//! Building the programs of `tests/gdb/guests` and `tests/guide`: not optimised, with symbols, once per
//! content.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use crate::{paths, sources};

/// The executable. A line `// library: FILE` in its source names a library to be built beside it, a line
/// `// build: FLAGS` what the compiler is given besides.
pub fn build(file: &str) -> Result<PathBuf, String> {
    // Sessions share programs, and run side by side.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().map_err(|_| "another build panicked")?;
    let source = directory(file).join(file);
    let text = fs::read_to_string(&source).map_err(|e| format!("{}: {e}", source.display()))?;
    let directive = |name| text.lines().find_map(|line| line.strip_prefix(name));
    let library = directive("// library: ");
    let flags: Vec<&str> = directive("// build: ").unwrap_or_default().split_whitespace().collect();
    let mut hasher = blake3::Hasher::new();
    hasher.update(text.as_bytes());
    if let Some(library) = library {
        hasher.update(&fs::read(directory(library).join(library)).unwrap_or_default());
    }
    let hash = hasher.finalize().to_hex()[..20].to_string();
    let dir = paths::target().join("debuggees").join(hash);
    let name = Path::new(file).with_extension("");
    paths::once(&dir, |partial| {
        compile(file, &partial.join(&name), &flags)?;
        match library {
            Some(library) => {
                let output = partial.join(Path::new(library).with_extension("so"));
                compile(library, &output, &["-shared", "-fPIC"])
            }
            None => Ok(()),
        }
    })?;
    Ok(dir.join(name))
}

fn directory(file: &str) -> PathBuf {
    let of_the_guide = paths::repository().join("tests/guide");
    match of_the_guide.join(file).exists() {
        true => of_the_guide,
        false => paths::repository().join("tests/gdb/guests"),
    }
}

fn compile(file: &str, output: &Path, flags: &[&str]) -> Result<(), String> {
    let (compiler, defaults): (_, &[&str]) =
        match Path::new(file).extension().and_then(|e| e.to_str()) {
            Some("c") => ("gcc", &["-O0", "-g", "-w", "-pthread"]),
            Some("cc") => ("g++", &["-O0", "-g", "-w", "-std=c++17"]),
            Some("rs") => ("rustc", &["--edition=2024", "-Copt-level=0", "-g"]),
            _ => return Err(format!("{file}: no compiler for this kind of file")),
        };
    let mut command = Command::new(compiler);
    // Libraries are looked for when it is known what they are needed for.
    command.current_dir(directory(file)).args(defaults).arg("-o").arg(output).arg(file).args(flags);
    sources::run(&mut command)
}
