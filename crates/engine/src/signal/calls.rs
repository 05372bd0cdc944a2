//! The signal system calls that the engine answers itself, alike while recording and replaying.

use super::host;
use super::{Action, UNBLOCKABLE, bit, frame, sync_mask};
use crate::calls::Outcome;
use crate::state::Engine;
use crate::sys;
use clew_syscalls::Call;

fn errno(e: u32) -> i64 {
    -(e as i64)
}

/// `rt_sigaction`.
pub fn sigaction(engine: &mut Engine, args: &[u64; 6]) -> i64 {
    let [signo, new, old, size, ..] = *args;
    if size != 8 || !(1..=64).contains(&signo) {
        return errno(sys::EINVAL);
    }
    let was = engine.task.process().actions[signo as usize];
    if new != 0 {
        let mut words = [0u8; 32];
        if !sys::read_guest(new, &mut words) {
            return errno(sys::EFAULT);
        }
        if UNBLOCKABLE & bit(signo as u32) != 0 {
            return errno(sys::EINVAL);
        }
        let word = |i: usize| u64::from_le_bytes(core::array::from_fn(|k| words[8 * i + k]));
        engine.task.process().actions[signo as usize] = Action {
            handler: word(0),
            flags: word(1),
            restorer: word(2),
            mask: word(3) & !UNBLOCKABLE,
        };
        engine.task.signals.drop_ignored(word(0), signo as u32);
        if engine.recording() {
            host::update(&engine.task.process().actions, signo as u32);
        }
    }
    let bytes = [was.handler, was.flags, was.restorer, was.mask].map(u64::to_le_bytes).concat();
    if old != 0 && !sys::write_guest(old, &bytes) {
        return errno(sys::EFAULT);
    }
    0
}

/// `rt_sigprocmask`.
pub fn sigprocmask(engine: &mut Engine, args: &[u64; 6]) -> i64 {
    let [how, new, old, size, ..] = *args;
    if size != 8 {
        return errno(sys::EINVAL);
    }
    let was = engine.task.signals.blocked;
    if new != 0 {
        let Some(set) = sys::read_u64(new) else { return errno(sys::EFAULT) };
        let blocked = match how as u32 {
            0 => was | set,
            1 => was & !set,
            2 => set,
            _ => return errno(sys::EINVAL),
        };
        engine.task.signals.blocked = blocked & !UNBLOCKABLE;
        if engine.recording() {
            sync_mask(engine.task.signals.blocked);
            engine.look_for_signals();
        }
    }
    if old != 0 && !sys::write_guest(old, &was.to_le_bytes()) {
        return errno(sys::EFAULT);
    }
    0
}

/// `sigaltstack`.
pub fn sigaltstack(engine: &mut Engine, args: &[u64; 6]) -> i64 {
    frame::sigaltstack(engine, args[0], args[1])
}

/// Signals that the engine keeps because the kernel must not block them (`TaskSignals::sent`).
impl Engine {
    /// `rt_sigpending`, while recording: what the kernel holds back, and what the engine does.
    pub fn sigpending(&mut self, call: &Call) -> Option<Outcome> {
        let held = self.task.signals.held_back();
        if held == 0 {
            return None;
        }
        let outcome = self.plain(call);
        if outcome.result == 0
            && let Some(set) = sys::read_u64(call.args[0])
        {
            sys::write_guest(call.args[0], &(set | held).to_le_bytes());
        }
        Some(outcome)
    }

    /// `rt_sigtimedwait` for one of them, while recording.
    pub fn take_sent(&mut self, call: &Call) -> Option<Outcome> {
        let [set, info, ..] = call.args;
        let taken = self.task.signals.take_held_back(sys::read_u64(set)?)?;
        let mut written = alloc_crate::vec::Vec::new();
        if info != 0 && sys::write_guest(info, &taken.info.map(u64::to_le_bytes).concat()) {
            written.push((info, size_of_val(&taken.info) as u64));
        }
        Some(Outcome { result: taken.signo.into(), written, ..Outcome::default() })
    }
}
