//! `int 0x80` from 64-bit code: system calls by the i386 table.
//!
//! Those whose arguments mean the same in both tables are made as the x86-64 call; others are
//! answered with ENOSYS. Numbers: arch/x86/entry/syscalls/syscall_32.tbl and syscall_64.tbl.

use crate::state::{Engine, ctx};
use crate::{supervisor, sys};
use clew_translate::context::reg::*;

/// Bytes of the `int 0x80` instruction.
const LEN: u64 = 2;

/// (i386 number, x86-64 number).
#[rustfmt::skip]
const SAME: &[(u32, u16)] = &[
    (1, 60), (3, 0), (4, 1), (5, 2), (6, 3), (8, 85), (9, 86), (10, 87), (12, 80), (14, 133), (15, 90),
    (LSEEK, 8), (20, 39), (29, 34), (33, 21), (36, 162), (37, 62), (38, 82), (39, 83), (40, 84), (41, 32),
    (42, 22), (57, 109), (60, 95), (61, 161), (63, 33), (64, 110), (65, 111), (66, 112), (83, 88),
    (85, 89), (91, 11), (94, 91), (97, 141), (118, 74), (122, 63), (125, 10), (132, 121), (133, 81),
    (143, 73), (144, 26), (147, 124), (148, 75), (150, 149), (151, 150), (158, 24), (183, 79), (199, 102),
    (200, 104), (201, 107), (202, 108), (218, 27), (219, 28), (224, 186), (238, 200), (252, 231),
    (270, 234), (295, 257), (296, 258), (301, 263), (304, 266), (305, 267), (306, 268), (307, 269),
    (330, 292), (331, 293), (355, 318), (356, 319), (403, 228),
];
/// Its offset is signed.
const LSEEK: u32 = 19;

impl Engine {
    /// The instruction at `ctx().pc`. Registers other than rax stay.
    pub fn int80(&mut self) {
        // A signal that interrupted the call found the guest's registers in place.
        if self.replaying() && self.signal_first() {
            return;
        }
        let c = ctx();
        let saved = c.gpr;
        let pc = c.pc;
        let number = saved[RAX] as u32;
        let Some((_, to)) = SAME.iter().find(|(from, _)| *from == number) else {
            if !self.replaying() {
                let text =
                    alloc_crate::format!("int 0x80: i386 system call {number} is not supported");
                supervisor::warn(&text);
            }
            c.gpr[RAX] = -i64::from(sys::ENOSYS) as u64;
            c.pc = pc + LEN;
            return;
        };
        let low = |register: usize| saved[register] & 0xffff_ffff;
        c.gpr[RAX] = u64::from(*to);
        c.gpr[RDI] = low(RBX);
        c.gpr[RSI] = if number == LSEEK { saved[RCX] as i32 as u64 } else { low(RCX) };
        c.gpr[RDX] = low(RDX);
        c.gpr[R10] = low(RSI);
        c.gpr[R8] = low(RDI);
        c.gpr[R9] = low(RBP);
        self.system_call();
        let c = ctx();
        let result = c.gpr[RAX];
        c.gpr = saved;
        // Where it was interrupted before it was made it is made again.
        if c.pc != pc {
            c.gpr[RAX] = result;
        }
    }
}
