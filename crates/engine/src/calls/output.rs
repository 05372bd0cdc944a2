//! Output that does not pass through guest memory: `sendfile`, `copy_file_range` and `splice` to one of
//! the guest's standard streams. Its bytes are recorded, so that a replay can show them.

use super::Outcome;
use crate::state::Engine;
use crate::sys::{self, *};
use alloc_crate::vec::Vec;
use clew_abi::record::{REC_STDERR, REC_STDOUT};
use clew_syscalls::Call;

/// Most bytes moved by one call, so that they fit the call's own record: less than asked for is a
/// result that every caller expects.
const LIMIT: u64 = 128 << 10;

impl Engine {
    /// The call, if its destination is a standard stream; `None` otherwise.
    pub fn moved_output(&mut self, call: &Call) -> Option<Outcome> {
        // Destination, source, the source's offset (a pointer), the length.
        let (to, from, offset, len) = match call.nr {
            __NR_sendfile => (0, 1, 2, 3),
            __NR_copy_file_range => (2, 0, 1, 4),
            __NR_splice => (2, 0, 1, 4),
            _ => return None,
        };
        let flag = match self.files.stdio(call.args[to] as i32) {
            1 => REC_STDOUT,
            2 => REC_STDERR,
            _ => return None,
        };
        let source = call.args[from] as i32;
        let start = match call.args[offset] {
            // SAFETY: descriptors only. SEEK_CUR.
            0 => unsafe { syscall!(__NR_lseek, source, 0, 1) },
            at => sys::read_u64(at)? as i64,
        };
        if start < 0 {
            // A pipe's bytes cannot be looked at twice; callers fall back to reading and writing.
            return Some(Outcome::of(-(EINVAL as i64)));
        }
        let mut args = call.args;
        args[len] = args[len].min(LIMIT);
        let result = self.kernel(&Call { nr: call.nr, args });
        let mut outcome = Outcome::of(result);
        if result > 0 {
            outcome.flags = flag;
            outcome.output = read_back(source, start as u64, result as usize);
        }
        for pointer in [offset, if call.nr == __NR_sendfile { offset } else { 3 }] {
            let at = call.args[pointer];
            if at != 0 && !outcome.written.contains(&(at, 8)) {
                outcome.written.push((at, 8));
            }
        }
        Some(outcome)
    }
}

impl Engine {
    /// Makes a write of output that a pipe takes at once, without letting others run, so that events
    /// are in the order of the output and none is lost at the end. `None` if it has to wait.
    pub fn write_at_once(&mut self, call: &Call) -> Option<i64> {
        const PIPE_BUF: u64 = 4096;
        const FIFO: u32 = 0o010000;
        const TYPE: u32 = 0o170000;
        const NOWAIT: u64 = 8;
        let [file, addr, count, ..] = call.args;
        let single = [addr, count];
        let (vectors, number, len) = match call.nr {
            __NR_write => (single.as_ptr() as u64, 1, count),
            __NR_writev if count <= 16 => {
                let lens = (0..count).map(|i| sys::read_u64(addr.wrapping_add(16 * i + 8)));
                (addr, count, lens.sum::<Option<u64>>()?)
            }
            _ => return None,
        };
        let is_pipe = || sys::fstat(file as i32).is_some_and(|st| st.st_mode & TYPE == FIFO);
        if len > PIPE_BUF || self.files.stdio(file as i32) == 0 || !is_pipe() {
            return None;
        }
        // The position -1 is the file's own.
        let args = [file, vectors, number, u64::MAX, u64::MAX, NOWAIT];
        let result = self.kernel(&Call { nr: __NR_pwritev2, args });
        let waits = [EAGAIN, EOPNOTSUPP, ENOSYS].into_iter().any(|e| result == -i64::from(e));
        (!waits).then_some(result)
    }
}

/// What was moved from a file.
fn read_back(file: i32, start: u64, len: usize) -> Vec<u8> {
    let mut out = alloc_crate::vec![0u8; len];
    let mut done = 0;
    while done < len {
        let n = sys::pread(file, &mut out[done..], start + done as u64);
        if n <= 0 {
            break;
        }
        done += n as usize;
    }
    out.truncate(done);
    out
}
