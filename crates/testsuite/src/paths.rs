//! Where things are: the repository, the executable under test, scratch space.

use std::path::{Path, PathBuf};

/// The repository's root directory.
pub fn repository() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).expect("the crate lies two levels below the root").to_path_buf()
}

/// Cargo's target directory, found from the running test's own path.
pub fn target() -> PathBuf {
    let executable = std::env::current_exe().expect("the test's own path");
    executable
        .ancestors()
        .find(|dir| dir.join("CACHEDIR.TAG").exists())
        .map_or_else(|| repository().join("target"), Path::to_path_buf)
}

/// The `clew` executable under test, or what to do about its absence.
pub fn clew() -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os("CLEW_BIN") {
        let path = PathBuf::from(path);
        return path
            .canonicalize()
            .map_err(|e| format!("CLEW_BIN names {}, which cannot be used: {e}", path.display()));
    }
    let candidates = [target(), repository().join("target")]
        .into_iter()
        .flat_map(|dir| [dir.join("release/clew"), dir.join("debug/clew")]);
    candidates
        .into_iter()
        .find(|path| path.exists())
        .ok_or_else(|| "no clew executable: `cargo build --release`, or set CLEW_BIN".to_string())
}

/// Fills the directory `dir` with `make` unless it is there: it appears complete, or not at all.
pub fn once(dir: &Path, make: impl FnOnce(&Path) -> Result<(), String>) -> Result<(), String> {
    if dir.exists() {
        return Ok(());
    }
    let partial = dir.with_extension(format!("partial-{}", std::process::id()));
    std::fs::create_dir_all(&partial).map_err(|e| format!("{}: {e}", partial.display()))?;
    make(&partial)?;
    // Another test process may have been faster: its result is as good.
    if std::fs::rename(&partial, dir).is_err() {
        std::fs::remove_dir_all(&partial).map_err(|e| format!("{}: {e}", partial.display()))?;
    }
    Ok(())
}

/// A fresh, empty directory for one trial.
pub fn scratch(suite: &str, trial: &str) -> std::io::Result<PathBuf> {
    let dir = target().join("testsuite").join(suite).join(trial.replace('/', "_"));
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    std::fs::create_dir_all(&dir)?;
    Ok(dir)
}

/// Removes what a passing trial left, unless `CLEW_KEEP` asks to keep it.
pub fn discard(dir: &Path) {
    if std::env::var_os("CLEW_KEEP").is_none() {
        let _ = std::fs::remove_dir_all(dir);
    }
}
