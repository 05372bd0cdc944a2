//! Branches, direct and indirect: the ticks they count, the links they become.

use super::{Builder, Displaced, Flow, Rcx};
use crate::cache::SiteKind;
use crate::context_addr;
use crate::insn;
use crate::liveness::CodeSource;
use clew_abi::layout::SHADOW_DISP;
use iced_x86::OpKind;

/// The opcode of `jrcxz` and `jecxz`.
const JRCXZ: u8 = 0xe3;

impl<S: CodeSource> Builder<'_, S> {
    /// A conditional branch in the middle of a block.
    pub(super) fn branch(&mut self, pc: u64, cc: u8, target: u64) {
        self.keep_rcx();
        if target > pc {
            let stub = self.site(SiteKind::Link, target);
            let at = self.hot.jcc(cc, stub.1);
            self.wire(stub.0, at, target);
        } else {
            let over = self.hot.jcc_short(cc ^ 1);
            self.transfer(pc, target);
            self.hot.patch_short(over);
        }
    }

    pub(super) fn count_branch(&mut self, pc: u64, opcode: u8, address32: bool, target: u64) {
        if address32 {
            self.hot.bytes(&[0x67]);
        }
        // Taken: over the short jump that skips the taken side.
        self.hot.bytes(&[opcode, 2]);
        let over = self.hot.jmp_short();
        if opcode != JRCXZ {
            self.rcx = Rcx::InPlace;
        }
        let behind = self.rcx;
        self.transfer(pc, target);
        self.rcx = behind;
        self.hot.patch_short(over);
    }

    pub(super) fn jump(&mut self, pc: u64, target: u64) -> Flow {
        let follow = target > pc
            && self.single.is_none()
            && self.checked.is_none()
            && !self.cache.has_block(target)
            && !self.source.code(target).is_empty()
            && !self.cache.is_unsteady(self.source, target);
        if follow {
            return Flow::Jump(target);
        }
        self.transfer(pc, target);
        Flow::End
    }

    /// A taken direct branch: counts the tick if it goes back, then goes to `target`.
    pub(super) fn transfer(&mut self, pc: u64, target: u64) {
        self.keep_rcx();
        if target > pc {
            return self.link(target);
        }
        let counter = self.counter();
        let link = self.site(SiteKind::Link, target);
        if self.flags_dead(target) {
            let stub = self.tick_stub(target, false, true);
            self.hot.count_tick(counter);
            let at = self.hot.jcc(5, link.1);
            self.wire(link.0, at, target);
            self.note_loop(link.0, pc, target);
            self.hot.jmp(stub);
        } else {
            let stub = self.tick_stub(target, true, false);
            self.hot.load(1, counter);
            self.hot.lea_rcx_minus_tick();
            self.hot.store(counter, 1);
            let out = self.hot.jrcxz_short();
            self.hot.load(1, context_addr!(spill_rcx));
            let at = self.hot.jmp(link.1);
            self.wire(link.0, at, target);
            self.note_loop(link.0, pc, target);
            self.hot.patch_short(out);
            self.hot.jmp(stub);
        }
    }

    /// `jmp` to the block at `target`, or to a stub until there is one.
    pub(super) fn link(&mut self, target: u64) {
        self.keep_rcx();
        let stub = self.site(SiteKind::Link, target);
        let at = self.hot.jmp(stub.1);
        self.wire(stub.0, at, target);
    }

    /// Goes to the translation of the address in rcx.
    pub(super) fn dispatch(&mut self) {
        if self.single.is_some() {
            let here = self.cache.offset(self.hot.pos());
            self.hot.store_imm32(context_addr!(exit_from), here);
            self.hot.jmp(self.cache.miss());
        } else if self.cache.window.has_shadow() {
            self.hot.jmp_shadow(SHADOW_DISP as u32);
        } else {
            self.cache.emit_lookup(&mut self.hot);
        }
    }

    /// Pushes a return address.
    pub(super) fn push_return(&mut self, next: u64) {
        if self.single.is_none() {
            self.cache.returns.push(next);
        }
        match i32::try_from(next as i64) {
            Ok(imm) => self.hot.push_imm32(imm as u32),
            Err(_) => {
                self.cold.align(8);
                let literal = self.cold.pos();
                self.cold.literal(next);
                self.hot.push_literal(literal);
            }
        }
    }

    /// Keeps rcx and loads the operand of an indirect branch into it.
    pub(super) fn indirect_target(&mut self) {
        self.displaced = Displaced::Rcx;
        self.keep_rcx();
        if self.instr.op0_kind() == OpKind::Register {
            let reg = insn::register_number(self.instr.op0_register()).expect("a 64-bit register");
            if reg != 1 {
                self.hot.mov_rcx(reg);
            }
            return;
        }
        let load = self.load_form();
        if self.instr.is_ip_rel_memory_operand() {
            let target = self.instr.ip_rel_memory_address();
            let disp = self.offsets.displacement_offset().wrapping_add(load.shift);
            if self.hot.copy_rip_relative(&load.bytes[..load.len], disp, target).is_err() {
                self.hot.mov_imm64(1, target);
                self.hot.copy_via(&load.bytes[..load.len], disp, 1);
            }
        } else {
            self.hot.bytes(&load.bytes[..load.len]);
        }
    }

    /// `call/jmp r/m64` (FF /2, FF /4) rewritten as `mov rcx, r/m64` (REX.W 8B /r, reg = rcx).
    fn load_form(&self) -> LoadForm {
        let mut bytes = [0u8; 16];
        let opcode = self.opcode_offset();
        // Segment and address-size prefixes stay; a REX prefix, if any, is replaced by one with W.
        let (prefixes, rex) = match self.bytes[..opcode].split_last() {
            Some((&last, rest)) if last & 0xf0 == 0x40 => (rest, last),
            _ => (&self.bytes[..opcode], 0x40),
        };
        let mut len = 0;
        for &prefix in prefixes {
            // Branch hints and BND/NOTRACK mean nothing to a load; FS and GS do.
            if matches!(prefix, 0x64 | 0x65 | 0x67) {
                bytes[len] = prefix;
                len += 1;
            }
        }
        bytes[len] = (rex & 0xfb) | 0x08;
        bytes[len + 1] = 0x8b;
        let modrm = self.bytes[opcode + 1];
        bytes[len + 2] = modrm & 0xc7 | 1 << 3;
        len += 3;
        let rest = &self.bytes[opcode + 2..self.len];
        bytes[len..len + rest.len()].copy_from_slice(rest);
        let shift = len.wrapping_sub(opcode + 2);
        LoadForm { bytes, len: len + rest.len(), shift }
    }

    /// Offset of the opcode byte FF behind its prefixes.
    fn opcode_offset(&self) -> usize {
        self.bytes[..self.len].iter().position(|&b| b == 0xff).expect("an FF group instruction")
    }
}

struct LoadForm {
    bytes: [u8; 16],
    len: usize,
    /// What to add (wrapping) to offsets into the original instruction.
    shift: usize,
}
