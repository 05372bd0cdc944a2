//! Messages on the control socket, an `AF_UNIX` `SOCK_SEQPACKET` pair: one message per packet, a
//! [`Header`] followed by `len` bytes. All integers are little-endian.

/// Longest payload of one message in bytes.
pub const MAX_PAYLOAD: usize = 32 * 1024;

/// Precedes every message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Header {
    pub kind: u32,
    /// Bytes of payload after the header.
    pub len: u32,
    /// Meaning depends on the kind.
    pub arg: u64,
}

pub const HEADER_LEN: usize = 16;

impl Header {
    pub fn to_bytes(self) -> [u8; HEADER_LEN] {
        let mut out = [0; HEADER_LEN];
        out[0..4].copy_from_slice(&self.kind.to_le_bytes());
        out[4..8].copy_from_slice(&self.len.to_le_bytes());
        out[8..16].copy_from_slice(&self.arg.to_le_bytes());
        out
    }

    /// `None` when there are too few bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let word = |i: usize| Some(u32::from_le_bytes(bytes.get(i..i + 4)?.try_into().ok()?));
        let arg = u64::from_le_bytes(bytes.get(8..16)?.try_into().ok()?);
        Some(Self { kind: word(0)?, len: word(4)?, arg })
    }
}

/// Engine to supervisor, while recording: segment `arg` of this process's stream is complete; the
/// payload is the stream's name. Its file is renamed from `.raw` to `.free` once it is compressed,
/// and the engine may then use it again.
pub const SEGMENT_FULL: u32 = 1;
/// Engine to supervisor: a line for the user, without a newline, `clew: ` not included.
pub const WARNING: u32 = 2;
/// Engine to supervisor: the engine failed and is about to exit with 125; the payload is its crash
/// report (several lines).
pub const CRASH: u32 = 3;

/// Engine to supervisor, while replaying: the guest wrote the payload to its original descriptor
/// `arg & 0xff` (1 or 2) at event `arg >> 8`.
pub const OUTPUT: u32 = 16;
/// Engine to supervisor: please send the stored file whose key is the payload. The answer is one
/// packet with kind [`FILE`] (`arg` 0 on success, an errno otherwise) and, on success, the
/// descriptor as `SCM_RIGHTS`: read-only if the request's `arg` is 0, a private copy that may be
/// changed if it is [`WRITABLE_COPY`].
pub const NEED_FILE: u32 = 17;
pub const WRITABLE_COPY: u64 = 1;
/// Supervisor to engine: the answer to [`NEED_FILE`].
pub const FILE: u32 = 18;
/// Engine to supervisor: replay departed from the recording at event `arg`; the payload is a report
/// for the user (several lines, both states).
pub const DIVERGED: u32 = 19;
/// Engine to supervisor: the replay came to the end of the stream (`arg`: event number of the last
/// event replayed); the payload is an [`END_EXITED`], [`END_KILLED`] or [`END_TRUNCATED`] byte and
/// an `i32` exit code or signal.
pub const ENDED: u32 = 20;

/// Engine to supervisor, while replaying: please send segment `arg` of the stream. Answered with
/// [`SEGMENT`], or with [`FILE`] whose `arg` is `ENOENT` if there is no such segment. The segment before
/// it is looked at no more: its memory may be used for another one.
pub const NEED_SEGMENT: u32 = 21;
/// Engine to supervisor, while replaying: please send the snapshot of translated code whose file name
/// is the payload, if there is one whose checksum has been compared. The answer is as for
/// [`NEED_FILE`].
pub const NEED_CODE: u32 = 22;
/// Supervisor to engine: the segment that was asked for is in place `arg` of the window
/// (`layout::SEGMENT_PLACES`): in the file that comes along, which is to be mapped there, or, if none
/// does, in the one that is mapped there already.
pub const SEGMENT: u32 = 23;

/// The guest called `exit_group`: code follows.
pub const END_EXITED: u8 = 0;
/// The guest was killed by a signal: its number follows.
pub const END_KILLED: u8 = 1;
/// The recording stops here (its processes were killed from outside).
pub const END_TRUNCATED: u8 = 2;
