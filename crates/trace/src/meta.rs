//! `meta.json`: what was recorded, where, and how it ended.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clew_abi::layout;
use clew_abi::record::FORMAT_VERSION;
use serde::{Deserialize, Serialize};

use crate::processor::Abilities;
use crate::{Error, Result, ResultExt};

/// Name of the file within a trace.
pub const FILE: &str = "meta.json";

/// Largest `meta.json` that is read, in bytes: arguments and environment are limited by the kernel
/// to 6 MiB, which JSON escapes can make six times longer; some 40 for each process come to that.
const MAX_LEN: u64 = 64 << 20;

/// The contents of `meta.json`. Keys are stable: scripts read them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Meta {
    /// [`FORMAT_VERSION`]: readers refuse a greater one.
    pub format: u32,
    /// Version of the clew that recorded.
    pub clew: String,
    /// As the user gave it (not as a `#!` line changed it).
    pub argv: Vec<String>,
    /// The file that runs: the program, or a script's interpreter.
    pub program: String,
    pub environment: Vec<String>,
    pub cwd: String,
    pub machine: Machine,
    /// When the recording began, RFC 3339.
    pub started: String,
    pub options: Options,
    /// `RLIMIT_STACK` in bytes; none if unlimited.
    pub stack_limit: Option<u64>,
    /// Size of a segment of an event stream.
    pub segment_bytes: u64,
    /// None while the recording runs, or if the recorder was killed.
    pub outcome: Option<Outcome>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Machine {
    pub cpu: String,
    pub kernel: String,
    /// Cores the recorder was allowed to use.
    pub cores: u32,
    /// What a replay depends on.
    #[serde(flatten)]
    pub abilities: Abilities,
}

/// The options that shape a recording.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    pub chaos: bool,
    pub seed: Option<u64>,
    /// What the seed came to, in words.
    pub policy: Option<String>,
    pub slice_ticks: u64,
    pub num_cores: u64,
    pub no_follow: bool,
    /// As in the engine's orders.
    pub cpuid_clear: [u64; 6],
}

/// How a recording ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    #[serde(flatten)]
    pub ended: Ended,
    /// Whether its stream holds the first process's end. It does not if the process was killed
    /// from outside, by `SIGKILL`.
    pub complete: bool,
    /// The streams that hold their process's end. Others' processes were killed, or still ran when
    /// the first one had ended.
    #[serde(default)]
    pub ended_streams: Vec<u32>,
    /// The pid of each stream's process. It says which streams to look at, and they decide. Streams
    /// may be missing: processes may begin after the first one has ended.
    #[serde(default)]
    pub pids: BTreeMap<u32, u32>,
    pub elapsed_seconds: f64,
    /// Events and bytes of event data, of all processes; of those that still ran, up to then.
    pub events: u64,
    pub raw_bytes: u64,
    pub compressed_bytes: u64,
    /// Processes that have a stream.
    pub processes: u64,
    pub files: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// With this exit code.
    Exited(i32),
    /// By this signal.
    Signaled(i32),
}

impl Meta {
    /// Writes the file such that a reader sees the old or the new one, never a part.
    pub fn write(&self, dir: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).tried(|| "describe the recording")?;
        write_atomically(&dir.join(FILE), &text)
    }

    /// Reads and checks the file of the trace in `dir`.
    pub fn read(dir: &Path) -> Result<Self> {
        let tried = || format!("open the trace {}", dir.display());
        let path = dir.join(FILE);
        let bytes = read_limited(&path, MAX_LEN).tried(tried).map_err(|e| {
            e.advise("A trace is a directory that `clew record` made; see `clew ls`.")
        })?;
        let read = serde_json::from_slice::<Self>(&bytes);
        let format = read.as_ref().map_or_else(|_| format_of(&bytes), |meta| meta.format);
        if format > FORMAT_VERSION {
            let cause = format!("it has format {format}, this clew reads up to {FORMAT_VERSION}");
            return Err(Error::new(tried(), cause).advise("Open it with a newer clew."));
        }
        let damaged = |e| Error::new(tried(), format!("meta.json is damaged ({e})"));
        let meta = read.map_err(damaged)?;
        meta.check().map_err(|cause| Error::new(tried(), cause))?;
        Ok(meta)
    }

    /// Whether the recorder saw the end of the process whose stream this is.
    pub fn ended(&self, stream: u32) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.ended_streams.contains(&stream))
    }

    /// The streams of the processes with this pid, as far as the recorder noted them.
    pub fn streams_of(&self, pid: u32) -> impl Iterator<Item = u32> {
        let noted = self.outcome.iter().flat_map(|outcome| &outcome.pids);
        noted.filter_map(move |(&stream, &noted)| (noted == pid).then_some(stream))
    }

    fn check(&self) -> Result<(), String> {
        let bytes = self.segment_bytes;
        if bytes == 0 || bytes > layout::SEGMENT.len() || !bytes.is_multiple_of(layout::PAGE) {
            return Err(format!("meta.json is damaged (segments of {bytes} bytes)"));
        }
        Ok(())
    }
}

/// The format of a file that could not be understood: a newer one may have other keys. 0 if that is
/// not told.
fn format_of(bytes: &[u8]) -> u32 {
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }
    serde_json::from_slice(bytes).map_or(0, |version: Version| version.format)
}

impl Machine {
    /// The machine this runs on, without its processor's abilities.
    pub fn current() -> Self {
        let uname = rustix::system::uname();
        let kernel = uname.release().to_string_lossy().into_owned();
        let cores = rustix::thread::sched_getaffinity(None).map_or(1, |set| set.count());
        Self { cpu: cpu_name(), kernel, cores, abilities: Abilities::default() }
    }
}

/// The processor's brand string, from CPUID: `/proc/cpuinfo` takes a hundred times longer.
fn cpu_name() -> String {
    use std::arch::x86_64::__cpuid;
    if __cpuid(0x8000_0000).eax < 0x8000_0004 {
        return "unknown".into();
    }
    let mut text = Vec::with_capacity(48);
    for leaf in 0x8000_0002..=0x8000_0004 {
        let regs = __cpuid(leaf);
        for reg in [regs.eax, regs.ebx, regs.ecx, regs.edx] {
            text.extend_from_slice(&reg.to_le_bytes());
        }
    }
    String::from_utf8_lossy(&text).trim_matches(['\0', ' ']).to_owned()
}

/// Writes a file under another name and renames it into place.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let tmp = path.with_extension("tmp");
    let written = fs::write(&tmp, bytes).and_then(|()| fs::rename(&tmp, path));
    let full = written.as_ref().is_err_and(|e| e.kind() == std::io::ErrorKind::StorageFull);
    written.tried(|| format!("write {}", path.display())).map_err(|e| match full {
        true => e.advise("Free some space, or choose another place: CLEW_TRACE_DIR, `-o DIR`."),
        false => e,
    })
}

/// Reads a regular file that is at most `limit` bytes long.
pub(crate) fn read_limited(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let file = crate::files::open_regular(path)?;
    let len = file.metadata()?.len();
    if len > limit {
        return Err(std::io::Error::other(format!("it is {len} bytes long")));
    }
    let mut bytes = Vec::with_capacity(len as usize);
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
