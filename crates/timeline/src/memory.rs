//! Whether memory is short: checkpoints keep pages that the replay has changed since.

use std::fs;
use std::path::{Path, PathBuf};

/// Memory counts as short if less than this part of it is left.
const PART: u64 = 5;

/// Is little left of the machine's memory, or of what the control group may have?
pub fn is_low() -> bool {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| machine(&text));
    let group = group().and_then(|dir| limited(&dir));
    [machine, group].into_iter().flatten().any(|(left, all)| left < all / PART)
}

/// What is left, and all there is, in bytes, as /proc/meminfo says.
fn machine(text: &str) -> Option<(u64, u64)> {
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib << 10)
    };
    Some((value("MemAvailable:")?, value("MemTotal:")?))
}

/// The directory of this process's control group (version 2).
fn group() -> Option<PathBuf> {
    let text = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = text.lines().find_map(|line| line.strip_prefix("0::/"))?;
    Some(Path::new("/sys/fs/cgroup").join(path))
}

/// The same of the group, or of one above it, that has a limit.
fn limited(dir: &Path) -> Option<(u64, u64)> {
    let number = |dir: &Path, name: &str| -> Option<u64> {
        fs::read_to_string(dir.join(name)).ok()?.trim().parse().ok()
    };
    dir.ancestors().take_while(|dir| dir.starts_with("/sys/fs/cgroup")).find_map(|dir| {
        let (max, current) = (number(dir, "memory.max")?, number(dir, "memory.current")?);
        // Cached files would go first.
        let text = fs::read_to_string(dir.join("memory.stat")).ok()?;
        let cached = text.lines().find_map(|line| line.strip_prefix("inactive_file "));
        let cached = cached.and_then(|value| value.parse().ok()).unwrap_or(0);
        Some((max.saturating_sub(current) + cached, max))
    })
}

#[cfg(test)]
mod tests {
    use super::machine;

    #[test]
    fn reads_meminfo() {
        let text = "MemTotal:       16000 kB\nMemFree:         100 kB\nMemAvailable:    4000 kB\n";
        assert_eq!(machine(text), Some((4000 << 10, 16000 << 10)));
        assert_eq!(machine("MemTotal: 5 kB\n"), None);
        assert_eq!(machine("MemTotal: x kB\nMemAvailable: 1 kB\n"), None);
    }
}
