//! The engine's descriptors and memory, where a call finds them by other means than an argument that is a
//! descriptor: they are not there.

use super::Outcome;
use super::special::is_reserved;
use crate::descriptors;
use crate::state::Engine;
use crate::sys::{self, *};
use crate::window::guest_may_map;
use alloc_crate::vec::Vec;
use clew_abi::layout::{ENGINE, PAGE, Range, SHARING, TASKS};
use clew_abi::orders::fd;
use clew_syscalls::{Call, Kind};

/// `struct pollfd`.
const POLLFD: usize = 8;
/// Nobody has this descriptor.
const NOWHERE: i32 = i32::MAX;
/// What stands for the engine's memory in a call: a page that nobody can have (`vm.mmap_min_addr`).
const NOTHING: u64 = 0x8000;
/// What stands for its high memory, if the kernel is to read or write there: it looks first whether a buffer
/// would end beyond all addresses. The area of the last possible task.
const NOTHING_HIGH: u64 = TASKS.end - PAGE;

impl Engine {
    /// `poll` of descriptors that the guest does not have: for the length of the call they have another
    /// number.
    pub fn poll_hidden(&mut self, call: &Call) -> Option<Outcome> {
        let [fds, count, ..] = call.args;
        let mut hidden = Vec::new();
        let mut polled = [0u8; POLLFD * 64];
        let mut left = count as u32 as usize;
        let mut at = fds;
        while left > 0 {
            let part = &mut polled[..POLLFD * left.min(64)];
            if !sys::read_guest(at, part) {
                break;
            }
            for (i, entry) in part.chunks_exact(POLLFD).enumerate() {
                let number = u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
                if is_reserved(number.into()) {
                    hidden.push((at.wrapping_add((POLLFD * i) as u64), number));
                }
            }
            left -= part.len() / POLLFD;
            at = at.wrapping_add(part.len() as u64);
        }
        if hidden.is_empty() {
            return None;
        }
        for &(at, _) in &hidden {
            sys::write_guest(at, &NOWHERE.to_le_bytes());
        }
        let outcome = self.plain(call);
        for (at, number) in hidden {
            sys::write_guest(at, &number.to_le_bytes());
        }
        Some(outcome)
    }

    /// `select` of such descriptors: their bits are beyond what the kernel looks at.
    pub fn select_hidden(&mut self, call: &Call) -> Option<Outcome> {
        let [count, sets @ ..] = call.args;
        let own = (fd::BASE..=fd::LAST).map(descriptors::number);
        let own = own.filter(|&number| (number as u64) < u64::from(count as u32));
        let mut hidden = Vec::new();
        for number in own {
            for at in sets[..3].iter().filter(|&&set| set != 0).map(|set| set + number as u64 / 8) {
                let mut byte = [0];
                let bit = 1u8 << (number % 8);
                if (count as i32) > 0 && sys::read_guest(at, &mut byte) && byte[0] & bit != 0 {
                    hidden.push((at, bit));
                }
            }
        }
        if hidden.is_empty() {
            return None;
        }
        change_bits(&hidden, |byte, bit| byte & !bit);
        let outcome = self.plain(call);
        change_bits(&hidden, |byte, bit| byte | bit);
        Some(outcome)
    }
}

fn change_bits(bits: &[(u64, u8)], change: impl Fn(u8, u8) -> u8) {
    for &(at, bit) in bits {
        let mut byte = [0];
        if sys::read_guest(at, &mut byte) {
            sys::write_guest(at, &[change(byte[0], bit)]);
        }
    }
}

/// Does a message pass on a descriptor that the guest does not have?
pub fn sends_reserved(call: &Call) -> bool {
    const MSGHDR: u64 = 64;
    const MOST: u64 = 1024;
    let count = if call.nr == __NR_sendmmsg { u64::from(call.args[2] as u32).min(MOST) } else { 1 };
    (0..count).any(|i| passes_reserved(call.args[1].wrapping_add(MSGHDR * i)))
}

/// The same of one `struct msghdr`.
fn passes_reserved(message: u64) -> bool {
    const CONTROL: u64 = 32;
    const HEAD: u64 = 16;
    const RIGHTS: u64 = 1 | 1 << 32;
    let word = |at: u64| sys::read_u64(at);
    let (Some(mut at), Some(len)) = (word(message + CONTROL), word(message + CONTROL + 8)) else {
        return false;
    };
    let end = at.saturating_add(len.min(1 << 20));
    while at.saturating_add(HEAD) <= end {
        let (Some(len), Some(kind)) = (word(at), word(at + 8)) else { break };
        if len < HEAD {
            break;
        }
        let last = at.saturating_add(len).min(end);
        let mut files = (at + HEAD..last.saturating_sub(3)).step_by(4);
        if kind == RIGHTS
            && files.any(|at| sys::read_u32(at).is_some_and(|n| is_reserved(n.into())))
        {
            return true;
        }
        at = at.saturating_add(len.next_multiple_of(8));
    }
    false
}

/// Is a buffer that begins here in the engine's memory?
#[inline]
pub fn is_engines(addr: u64) -> bool {
    // Most arguments are small numbers, or lead to the stack or to mappings.
    (ENGINE.start..SHARING.end).contains(&addr) && !guest_may_map(Range::new(addr, addr + 1))
}

/// Did [`without_engine`] put something in place of a high pointer? The kernel will find nothing there.
pub fn is_changed(call: &Call) -> bool {
    call.args.iter().any(|arg| (NOTHING_HIGH..NOTHING_HIGH + PAGE).contains(arg))
}

/// A call without pointers to the engine's memory: it is as if nothing were there. `None`: it has none.
pub fn without_engine(call: &Call) -> Option<Call> {
    if !call.args.iter().any(|&arg| is_engines(arg)) {
        return None;
    }
    let shape = clew_syscalls::shape(call)?;
    let mut args = call.args;
    for (arg, row) in args.iter_mut().zip(shape.args) {
        let number = matches!(
            row.kind,
            Kind::Int
                | Kind::Long
                | Kind::Uint
                | Kind::Size
                | Kind::Hex
                | Kind::Mode
                | Kind::ModeIfCreated(_)
                | Kind::Fd
                | Kind::DirFd
                | Kind::Pid
                | Kind::Signo
                | Kind::Flags(_)
                | Kind::Enum(_)
                | Kind::Command
        );
        if !number && is_engines(*arg) {
            let high = *arg > NOTHING_HIGH >> 1 && !matches!(row.kind, Kind::Ptr);
            *arg = *arg % PAGE + if high { NOTHING_HIGH } else { NOTHING };
        }
    }
    (args != call.args).then_some(Call { nr: call.nr, args })
}
