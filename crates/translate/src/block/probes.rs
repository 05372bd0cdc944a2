//! Probes: exits before an instruction, behind which the engine can go on. Single blocks have none.
//!
//! An access that is looked at (`Watching`) is preceded by a filter: with guest rcx spilled, the
//! address's bits 3 to 18 choose a byte of a coarse table, which is zero unless watched memory may be
//! touched. If it may, the low 16 bits choose a byte of a fine one, which has entries for single
//! addresses, so that neighbours of watched memory need not leave the cache either. No flag is touched,
//! and nothing can fault.
//!
//! ```text
//!     mov [spill_rcx], rcx            cold: mov rcx, [spill_rcx]
//!     lea rcx, [address]                    lea rcx, [address]
//!     rorx rcx, rcx, 3                      movzx ecx, cx
//!     movzx ecx, cx                         movzx ecx, byte [rcx + fine]
//!     movzx ecx, byte [rcx + coarse]        jrcxz no
//!     jrcxz ok                              mov rcx, [spill_rcx]; leave
//!     jmp cold                        no:   jmp ok
//! ok: mov rcx, [spill_rcx]
//!     instruction
//! ```
//!
//! The first line is left out while the slot holds rcx anyway, the last as long as instructions follow
//! that do not need it ([`Rcx::Away`]). No branch may enter there.

use super::{Builder, Displaced, Rcx};
use crate::access::{Access, Operand, Segment, accesses};
use crate::cache::{SiteKind, Watching};
use crate::context::{reg, watch};
use crate::context_addr;
use crate::emit::Emitter;
use crate::insn::{self, Action};
use crate::liveness::CodeSource;
use iced_x86::InstructionInfoFactory;

const RCX: u8 = reg::RCX as u8;

/// Accesses of one instruction that have filters, at most; beyond that it leaves always.
const FILTERS: usize = 2;

impl<S: CodeSource> Builder<'_, S> {
    /// Writes the probes of the instruction at `pc`, whose translation begins here: whatever enters at
    /// it, from within the block or without, meets them. `valid`: it is an instruction.
    #[cold]
    pub(super) fn probe(&mut self, pc: u64, valid: bool) {
        if self.rcx == Rcx::Away {
            self.closed.push(pc);
        }
        if self.cache.is_breakpoint(pc) {
            self.stop(SiteKind::Break, pc);
        }
        if valid && self.watching != Watching::None {
            self.watch(pc);
            self.place_rcx();
        } else {
            self.rcx_in_place();
        }
    }

    /// Before the current instruction: rcx stays where it is, if the instruction has nothing to do with
    /// it.
    fn place_rcx(&mut self) {
        if self.rcx != Rcx::Away {
            return;
        }
        let mut factory = InstructionInfoFactory::new();
        let mut used = factory.info(&self.instr).used_registers().iter();
        let uses = used.any(|used| insn::register_number(used.register()) == Some(RCX));
        let copied = matches!(insn::action(&self.instr), Action::Copy | Action::RipRelative);
        if !copied || uses || self.checked.is_some() {
            self.rcx_in_place();
        } else {
            self.displaced = Displaced::Rcx;
        }
    }

    /// Leaves the cache, with everything in place, to go on here.
    fn stop(&mut self, kind: SiteKind, pc: u64) {
        let displaced = if self.rcx == Rcx::Away { Displaced::Rcx } else { Displaced::None };
        let (site, stub) = self.site_with(kind, pc, displaced);
        self.hot.jmp(stub);
        self.go_on_here(site);
    }

    fn go_on_here(&mut self, site: u32) {
        self.cache.sites[site as usize].patch = self.cache.offset(self.hot.pos());
    }

    /// Looks at the instruction's accesses, so far as they are watched.
    fn watch(&mut self, pc: u64) {
        let all = self.watching == Watching::All;
        let mut operands = [None; FILTERS];
        let mut count = 0;
        let mut simple = self.is_plainly_executed();
        for access in accesses(&mut InstructionInfoFactory::new(), &self.instr) {
            if !access.writes && !all {
                continue;
            }
            match self.filterable(&access) {
                Some(operand) if count < FILTERS => operands[count] = Some(operand),
                _ => simple = false,
            }
            count += 1;
        }
        if count == 0 {
            return;
        }
        if !simple {
            return self.stop(SiteKind::Watch, pc);
        }
        let first = self.cache.sites.len() as u32;
        operands.iter().flatten().for_each(|operand| self.filter(pc, operand));
        for site in first..self.cache.sites.len() as u32 {
            self.go_on_here(site);
        }
    }

    /// Is the instruction executed here, by the processor, when it comes to that?
    fn is_plainly_executed(&self) -> bool {
        !matches!(insn::action(&self.instr), Action::Intrinsic | Action::Unsupported)
    }

    fn filterable(&self, access: &Access) -> Option<Operand> {
        let operand = access.operand()?;
        let reachable = match operand.segment {
            Segment::None => true,
            // Base and register are added up in rcx.
            _ => {
                let free = |register| register != Some(RCX);
                self.cache.features().fsgsbase
                    && !operand.short
                    && (operand.base.is_none() || operand.index.is_none())
                    && free(operand.base)
                    && free(operand.index)
                    && operand.base != Some(reg::RSP as u8)
                    && i32::try_from(operand.disp as i64).is_ok()
            }
        };
        (reachable && operand.size <= 64).then_some(operand)
    }

    fn filter(&mut self, pc: u64, operand: &Operand) {
        let coarse = watch::coarse(operand.size) as u32;
        let fine = watch::fine(watch::class(operand.size)) as u32;
        if operand.uses(RCX) {
            self.rcx_in_place();
        }
        self.spill_rcx();
        self.rcx = Rcx::Away;
        let constant = operand.constant();
        if let Some(addr) = constant {
            self.hot.load_byte(coarse + (addr >> 3) as u16 as u32);
        } else if self.cache.features().bmi2 {
            let at = match operand.register() {
                Some(register) => register,
                None => {
                    address_to_rcx(&mut self.hot, operand);
                    RCX
                }
            };
            self.hot.rorx3_rcx(at);
            self.hot.movzx16(RCX, RCX);
            self.hot.load_byte_at_rcx(coarse);
        } else {
            address_to_rcx(&mut self.hot, operand);
            self.hot.movzx16(RCX, RCX);
            self.hot.load_byte_at_rcx(fine);
        }
        let ok = self.hot.jrcxz_short();
        self.hot.jmp(self.cold.pos());
        self.hot.patch_short(ok);
        let on = self.hot.pos();
        match constant {
            Some(addr) => self.cold.load_byte(fine + addr as u16 as u32),
            None => {
                self.cold.load(RCX, context_addr!(spill_rcx));
                address_to_rcx(&mut self.cold, operand);
                self.cold.movzx16(RCX, RCX);
                self.cold.load_byte_at_rcx(fine);
            }
        }
        let no = self.cold.jrcxz_short();
        self.site_with(SiteKind::Watch, pc, Displaced::Rcx);
        self.cold.patch_short(no);
        self.cold.jmp(on);
    }
}

impl Operand {
    /// The address if it is known here.
    fn constant(&self) -> Option<u64> {
        let known = self.base.is_none() && self.index.is_none() && self.segment == Segment::None;
        known.then_some(self.disp)
    }

    fn uses(&self, register: u8) -> bool {
        self.base == Some(register) || self.index == Some(register)
    }

    /// The register that holds the address.
    fn register(&self) -> Option<u8> {
        let alone = self.index.is_none() && self.segment == Segment::None && !self.short;
        if alone && self.disp == 0 { self.base } else { None }
    }
}

/// Computes an operand's address. Its registers are in place, and rcx is spilled.
fn address_to_rcx(e: &mut Emitter, operand: &Operand) {
    if operand.segment == Segment::None {
        return e.lea(RCX, operand);
    }
    e.segment_base_to_rcx(operand.segment);
    let (index, scale) = match operand.base {
        Some(base) => (Some(base), 1),
        None => (operand.index, operand.scale),
    };
    e.lea(RCX, &Operand { base: Some(RCX), index, scale, ..*operand });
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use iced_x86::{Decoder, DecoderOptions, Register};
    use std::vec::Vec;

    fn decode(code: &[u8]) -> iced_x86::Instruction {
        let mut bytes = Vec::from(code);
        bytes.resize(16, 0x90);
        Decoder::with_ip(64, &bytes, 0x1_1234_0000, DecoderOptions::NONE).decode()
    }

    /// What the emitter writes as `lea`, decoded, is what was to be addressed.
    #[test]
    fn lea_is_encoded_as_asked() {
        for (base, index) in (0..17).flat_map(|b| (0..17).map(move |x| (b, x))) {
            let name = |n: u8| (n < 16).then_some(n);
            let (base, index) = (name(base), name(index).filter(|&n| n != 4));
            if base.is_none() && index.is_none() {
                continue;
            }
            for scale in [1, 2, 4, 8] {
                for disp in [0, 1, -128, 127, 128, -129, i64::from(i32::MIN), i64::from(i32::MAX)] {
                    let short = scale == 2;
                    let segment = Segment::None;
                    let disp = disp as u64;
                    let operand = Operand { base, index, scale, disp, short, segment, size: 8 };
                    let mut buf = [0u8; 16];
                    let start = buf.as_mut_ptr() as u64;
                    // SAFETY: the buffer is this test's.
                    let mut e = unsafe { Emitter::new(start, start + 16) };
                    e.lea(RCX, &operand);
                    let len = (e.pos() - start) as usize;
                    let instr = decode(&buf[..len]);
                    assert_eq!(instr.len(), len);
                    assert_eq!(instr.mnemonic(), iced_x86::Mnemonic::Lea);
                    let target = if short { Register::ECX } else { Register::RCX };
                    assert_eq!(instr.op0_register(), target);
                    let number = |r: Register| (r != Register::None).then(|| r.number() as u8);
                    assert_eq!(number(instr.memory_base()), base);
                    assert_eq!(number(instr.memory_index()), index);
                    if index.is_some() {
                        assert_eq!(instr.memory_index_scale() as u8, scale);
                    }
                    assert_eq!(instr.memory_displacement64(), disp);
                }
            }
        }
    }

    #[test]
    fn rorx_is_encoded_as_asked() {
        for src in 0..16 {
            let mut buf = [0u8; 16];
            let start = buf.as_mut_ptr() as u64;
            // SAFETY: the buffer is this test's.
            let mut e = unsafe { Emitter::new(start, start + 16) };
            e.rorx3_rcx(src);
            let instr = decode(&buf[..6]);
            assert_eq!(instr.code(), iced_x86::Code::VEX_Rorx_r64_rm64_imm8);
            assert_eq!(instr.op0_register(), Register::RCX);
            assert_eq!(instr.op1_register().number() as u8, src);
            assert_eq!(instr.immediate8(), 3);
        }
    }

    /// The operands that are looked at, as text.
    fn operands(code: &[u8]) -> Vec<std::string::String> {
        accesses(&mut InstructionInfoFactory::new(), &decode(code))
            .map(|access| {
                let kind = match (access.reads, access.writes) {
                    (true, true) => "rw",
                    (true, false) => "r",
                    _ => "w",
                };
                match access.operand() {
                    Some(o) => std::format!(
                        "{kind} {:?}+{:?}*{}+({}) {:?} {}",
                        o.base,
                        o.index,
                        o.scale,
                        o.disp as i64,
                        o.segment,
                        o.size
                    ),
                    None => std::format!("{kind} {:?}", access.extent),
                }
            })
            .collect()
    }

    #[test]
    fn accesses_are_found() {
        // push rax; pop rax; call rel32; ret; leave
        assert_eq!(operands(&[0x50]), ["w Some(4)+None*1+(-8) None 8"]);
        assert_eq!(operands(&[0x58]), ["r Some(4)+None*1+(0) None 8"]);
        assert_eq!(operands(&[0xe8, 0, 0, 0, 0]), ["w Some(4)+None*1+(-8) None 8"]);
        assert_eq!(operands(&[0xc3]), ["r Some(4)+None*1+(0) None 8"]);
        assert_eq!(operands(&[0xc9]), ["r Some(5)+None*1+(0) None 8"]);
        // mov [rip+0x10], eax; lea rax, [rdi]; nop [rax]
        assert_eq!(operands(&[0x89, 0x05, 0x10, 0, 0, 0]), ["w None+None*1+(4600365078) None 4"]);
        assert!(operands(&[0x48, 0x8d, 0x07]).is_empty());
        assert!(operands(&[0x0f, 0x1f, 0x00]).is_empty());
        // mov fs:[0x10], rax; add [rcx+rdx*4+0x20], eax; pop [rsp+8]
        assert_eq!(
            operands(&[0x64, 0x48, 0x89, 0x04, 0x25, 0x10, 0, 0, 0]),
            ["w None+None*1+(16) Fs 8"]
        );
        assert_eq!(operands(&[0x01, 0x44, 0x91, 0x20]), ["rw Some(1)+Some(2)*4+(32) None 4"]);
        assert_eq!(
            operands(&[0x8f, 0x44, 0x24, 0x08]),
            ["w Some(4)+None*1+(16) None 8", "r Some(4)+None*1+(0) None 8"]
        );
        // rep movsb; bts [rdi], rax; xsave [rdi]; vpscatterdd [rax+zmm1*4]{k1}, zmm2
        let rep = operands(&[0xf3, 0xa4]);
        assert!(rep.iter().all(|access| access.ends_with("Repeated(1)")), "{rep:?}");
        assert_eq!(operands(&[0x48, 0x0f, 0xab, 0x07]), ["rw BitString(8, RAX)"]);
        assert!(operands(&[0x0f, 0xae, 0x27]).iter().all(|access| access.ends_with("Unknown")));
        let scatter = operands(&[0x62, 0xf2, 0x7d, 0x49, 0xa0, 0x14, 0x88]);
        assert_eq!(scatter, ["w Scattered(4)"]);
    }
}
