//! Turns the guest code at one address into a superblock.
//!
//! A block has two entries. The *indirect entry*, which the shadow map points at, counts the tick of
//! the indirect branch that came here and reloads guest rcx; it falls into the *direct entry*, where
//! direct branches arrive. From there guest instructions follow each other as copies, through
//! unconditional forward jumps and past conditional branches, until something ends the block.
//! Out-of-line code (exit stubs, literals) goes to the cache's cold part.
//!
//! Code that may change unnoticed (on pages that are rewritten often, or mapped twice) is translated
//! into *checked* blocks: they begin by comparing the guest's bytes with those that were translated,
//! and end after the first instruction that writes memory. A *single* block holds one instruction,
//! is entered once, and every way out of it leads to the engine.

use crate::cache::{Cache, NO_BLOCK, Site, SiteKind};
use crate::context::{COUNTERS, counter_addr};
use crate::context_addr;
use crate::emit::Emitter;
use crate::insn::{self, Action};
use crate::liveness::{CodeSource, flags_dead};
use alloc::vec::Vec;
use clew_abi::layout::{CACHE, PAGE, SHADOW_DISP};
use iced_x86::{
    ConstantOffsets, Decoder, DecoderError, DecoderOptions, FlowControl, Instruction,
    InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register,
};

/// Guest instructions in one block at most.
pub(crate) const MAX_INSTRUCTIONS: u32 = 96;
/// Guest bytes in a checked block at most (more if the first instruction is longer).
const MAX_CHECKED: u64 = 32;
/// Longest instruction, in bytes.
const MAX_LEN: usize = 15;
/// Cache bytes a block may need at most in each part: every instruction's translation is shorter
/// than 128 bytes.
pub const MAX_HOT: usize = 128 * MAX_INSTRUCTIONS as usize;
pub const MAX_COLD: usize = 128 * MAX_INSTRUCTIONS as usize;

/// Where guest registers are while an instruction's translation runs, if not in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Displaced {
    None,
    /// Guest rcx is in `spill_rcx`.
    Rcx,
    /// The register of this number is in `spill_scratch`.
    Scratch(u8),
    /// Guest rcx is in `spill_rcx`, rdx in `spill_scratch`.
    Check,
}

/// Per-instruction notes of a block, packed: host length, guest length and kind in one byte each.
pub mod map {
    pub const PLAIN: u8 = 0;
    pub const RCX: u8 = 1;
    /// The register's number follows.
    pub const SCRATCH: u8 = 2;
    /// The guest goes on at the eight-byte address that follows.
    pub const JUMP: u8 = 3;
    /// A part of the check before the first instruction; its guest length is zero.
    pub const CHECK: u8 = 4;
}

/// Why translation stopped before the first instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `pc` is not executable.
    NotExecutable,
    /// The cache is full: flush it and try again.
    Full,
}

struct Builder<'a, S> {
    cache: &'a mut Cache,
    source: &'a S,
    hot: Emitter,
    cold: Emitter,
    block: u32,
    instr: Instruction,
    /// The bytes of the current instruction.
    bytes: [u8; 15],
    len: usize,
    offsets: ConstantOffsets,
    displaced: Displaced,
    mark: u64,
    /// Where the checked bytes end, in a checked block.
    checked: Option<u64>,
    single: bool,
    /// Pages that the proofs about flags rest on.
    proof_pages: Vec<u64>,
}

/// Translates the guest code at `pc` and returns the new block's number.
pub fn translate(cache: &mut Cache, source: &impl CodeSource, pc: u64) -> Result<u32, Refusal> {
    build(cache, source, pc, false)
}

/// Translates the instruction at `pc` alone (with the next one if that belongs to it, as behind
/// `mov ss`). The block is found by nobody and replaced by the next of its kind.
pub fn translate_single(
    cache: &mut Cache,
    source: &impl CodeSource,
    pc: u64,
) -> Result<u32, Refusal> {
    cache.drop_single();
    let single = build(cache, source, pc, true)?;
    cache.keep_single(single);
    Ok(single)
}

fn build(
    cache: &mut Cache,
    source: &impl CodeSource,
    pc: u64,
    single: bool,
) -> Result<u32, Refusal> {
    let code = source.code(pc);
    if code.is_empty() {
        return Err(Refusal::NotExecutable);
    }
    let last = pc + (code.len().min(MAX_LEN) - 1) as u64;
    let unsteady = cache.is_unsteady(source, pc) || cache.is_unsteady(source, last);
    let checked = (unsteady && !single).then(|| checked_end(code, pc));
    let (hot, cold) = cache.emitters().ok_or(Refusal::Full)?;
    let block = cache.begin_block(pc);
    let mut builder = Builder {
        cache,
        source,
        hot,
        cold,
        block,
        instr: Instruction::default(),
        bytes: [0; 15],
        len: 0,
        offsets: ConstantOffsets::default(),
        displaced: Displaced::None,
        mark: 0,
        checked,
        single,
        proof_pages: Vec::new(),
    };
    builder.entries(pc);
    builder.body(pc);
    let Builder { cache, hot, cold, proof_pages, .. } = builder;
    if !single {
        proof_pages.iter().for_each(|&page| cache.note_page(block, page));
    }
    cache.end_block(block, hot.pos(), cold.pos());
    Ok(block)
}

/// Where a checked block at `pc` ends at the latest: after what writes memory or leaves for good.
fn checked_end(code: &[u8], pc: u64) -> u64 {
    let mut decoder = Decoder::with_ip(64, code, pc, DecoderOptions::NONE);
    let mut factory = InstructionInfoFactory::new();
    let mut instr = Instruction::default();
    let mut end = pc;
    while decoder.can_decode() {
        decoder.decode_out(&mut instr);
        let first = end == pc;
        if instr.is_invalid() {
            return if first { pc + code.len().min(MAX_LEN) as u64 } else { end };
        }
        if !first && instr.next_ip() > pc + MAX_CHECKED {
            return end;
        }
        end = instr.next_ip();
        let goes_on =
            matches!(instr.flow_control(), FlowControl::Next | FlowControl::ConditionalBranch);
        if !goes_on || writes_memory(&mut factory, &instr) {
            return end;
        }
    }
    end
}

fn writes_memory(factory: &mut InstructionInfoFactory, instr: &Instruction) -> bool {
    use OpAccess::{NoMemAccess, None, Read, CondRead};
    let quiet = |access| matches!(access, NoMemAccess | None | Read | CondRead);
    factory.info(instr).used_memory().iter().any(|m| !quiet(m.access()))
}

/// `mov ss` and `pop ss` keep single-step traps off until after the next instruction.
fn holds_traps(instr: &Instruction) -> bool {
    instr.op_count() > 0 && instr.op0_kind() == OpKind::Register && instr.op0_register() == Register::SS
}

impl<S: CodeSource> Builder<'_, S> {
    /// The indirect entry, up to the direct one.
    fn entries(&mut self, pc: u64) {
        self.hot.align(16);
        let counter = self.counter();
        if self.single {
            self.cache.set_single_entry(self.block, self.hot.pos());
            return;
        }
        let dead = self.flags_dead(pc);
        let stub = self.tick_stub(pc, true, dead);
        if dead {
            self.cache.set_indirect_entry(self.block, self.hot.pos());
            self.hot.count_tick(counter);
            self.hot.jcc(4, stub);
        } else {
            let out = self.hot.pos();
            self.hot.jmp(stub);
            self.cache.set_indirect_entry(self.block, self.hot.pos());
            self.hot.load(1, counter);
            self.hot.lea_rcx_minus_tick();
            self.hot.store(counter, 1);
            self.hot.jrcxz(out);
        }
        self.hot.load(1, context_addr!(spill_rcx));
        self.cache.set_direct_entry(self.block, self.hot.pos());
        if let Some(end) = self.checked {
            self.check(pc, end);
        }
    }

    /// Compares the guest's bytes with what they are now; leaves if they have changed. Flags are
    /// not touched, and every access is aligned.
    fn check(&mut self, pc: u64, end: u64) {
        let stale = self.site_with(SiteKind::Stale, pc, Displaced::Check).1;
        let mut mark = self.hot.pos();
        self.hot.store(context_addr!(spill_rcx), 1);
        self.hot.store(context_addr!(spill_scratch), 2);
        let mut at = pc;
        while at < end {
            let aligned = |size: &u64| at.is_multiple_of(*size) && at + size <= end;
            let size = [8, 4, 2].into_iter().find(aligned).unwrap_or(1);
            let mut word = [0; 8];
            let code = self.source.code(at);
            word[..size as usize].copy_from_slice(&code[..size as usize]);
            self.hot.load_from(1, size as u8, at);
            self.hot.mov_imm64(2, u64::from_le_bytes(word).wrapping_neg());
            self.hot.add_rdx_to_rcx();
            let same = self.hot.jrcxz_short();
            self.hot.jmp(stale);
            self.hot.patch_short(same);
            self.note_check(mark);
            mark = self.hot.pos();
            at += size;
        }
        self.hot.load(1, context_addr!(spill_rcx));
        self.hot.load(2, context_addr!(spill_scratch));
        self.note_check(mark);
    }

    fn note_check(&mut self, since: u64) {
        let host_len = (self.hot.pos() - since) as u8;
        self.cache.map.extend_from_slice(&[host_len, map::CHECK << 4]);
    }

    /// May a tick on the way to `target` destroy the flags?
    fn flags_dead(&mut self, target: u64) -> bool {
        if self.single || self.checked.is_some() {
            return false;
        }
        let (cache, source) = (&*self.cache, self.source);
        let unsteady = |addr| cache.is_unsteady(source, addr);
        flags_dead(source, unsteady, target, &mut self.proof_pages)
    }

    fn counter(&mut self) -> u32 {
        self.cache.next_counter = (self.cache.next_counter + 1) % COUNTERS;
        counter_addr(self.cache.next_counter)
    }

    fn body(&mut self, mut pc: u64) {
        let mut count = 0;
        let mut run_start = pc;
        // Past a conditional branch there may be a block already; elsewhere looking is not worth it.
        let mut fell_through = false;
        let mut factory = InstructionInfoFactory::new();
        let mut steady_page = pc / PAGE;
        'run: loop {
            let code = self.source.code(pc);
            let mut decoder = Decoder::with_ip(64, code, pc, DecoderOptions::NONE);
            loop {
                let known = fell_through && self.cache.has_block(pc);
                let complete = self.checked.is_some_and(|end| pc >= end);
                if count == MAX_INSTRUCTIONS || known || complete {
                    self.link(pc);
                    break 'run;
                }
                fell_through = false;
                let offset = decoder.position();
                if !decoder.can_decode() {
                    self.link(pc);
                    break 'run;
                }
                let mut instr = core::mem::take(&mut self.instr);
                decoder.decode_out(&mut instr);
                self.instr = instr;
                count += 1;
                self.mark = self.hot.pos();
                self.displaced = Displaced::None;
                let last_page = self.instr.next_ip().wrapping_sub(1) / PAGE;
                if count > 1 && self.checked.is_none() && last_page != steady_page {
                    steady_page = last_page;
                    if [pc, last_page * PAGE].iter().any(|&a| self.cache.is_unsteady(self.source, a)) {
                        self.link(pc);
                        break 'run;
                    }
                }
                if self.instr.is_invalid() {
                    let fetch = decoder.last_error() == DecoderError::NoMoreBytes;
                    if fetch && count > 1 {
                        // Decided when, and if, control gets there.
                        self.link(pc);
                    } else {
                        self.invalid(pc, code.len() - offset, fetch);
                    }
                    break 'run;
                }
                self.len = self.instr.len();
                self.bytes[..self.len].copy_from_slice(&code[offset..offset + self.len]);
                self.offsets = decoder.get_constant_offsets(&self.instr);
                let next = pc + self.len as u64;
                match self.instruction(pc, next) {
                    Flow::Next => {
                        self.note(map::PLAIN, None);
                        fell_through = self.instr.is_jcc_short_or_near();
                        pc = next;
                        let alone = self.single && !holds_traps(&self.instr);
                        let wrote =
                            self.checked.is_some() && writes_memory(&mut factory, &self.instr);
                        if alone || wrote {
                            self.link(pc);
                            break 'run;
                        }
                    }
                    Flow::Jump(target) => {
                        self.note(map::JUMP, Some(target));
                        self.cache.note_guest_range(self.block, run_start, next);
                        steady_page = target / PAGE;
                        pc = target;
                        run_start = target;
                        continue 'run;
                    }
                    Flow::End => {
                        self.note(map::PLAIN, None);
                        pc = next;
                        break 'run;
                    }
                }
            }
        }
        if !self.single {
            self.cache.note_guest_range(self.block, run_start, pc.max(run_start + 1));
        }
    }

    /// Adds the current instruction to the block's map.
    fn note(&mut self, kind: u8, jump: Option<u64>) {
        let host_len = (self.hot.pos() - self.mark) as u8;
        let len = self.len as u8;
        match (self.displaced, jump) {
            (_, Some(target)) => {
                self.cache.map.extend_from_slice(&[host_len, len | map::JUMP << 4]);
                self.cache.map.extend_from_slice(&target.to_le_bytes());
            }
            (Displaced::None, None) => {
                self.cache.map.extend_from_slice(&[host_len, len | kind << 4])
            }
            (Displaced::Rcx, None) => {
                self.cache.map.extend_from_slice(&[host_len, len | map::RCX << 4])
            }
            (Displaced::Scratch(reg), None) => {
                self.cache.map.extend_from_slice(&[host_len, len | map::SCRATCH << 4, reg])
            }
            (Displaced::Check, None) => unreachable!("no instruction is a check"),
        }
    }

    fn instruction(&mut self, pc: u64, next: u64) -> Flow {
        if self.single
            && let Some(flow) = self.single_instruction(pc, next)
        {
            return flow;
        }
        match insn::action(&self.instr) {
            Action::Copy => self.hot.bytes(&self.bytes[..self.len]),
            Action::RipRelative => self.rip_relative(),
            Action::Branch { cc, target } => self.branch(pc, cc, target),
            Action::CountBranch { opcode, address32, target } => {
                self.count_branch(pc, opcode, address32, target)
            }
            Action::Jump { target } => return self.jump(pc, target),
            Action::Call { target } => {
                self.push_return(next);
                self.transfer(pc, target);
                return Flow::End;
            }
            Action::JumpIndirect => {
                self.indirect_target();
                self.dispatch();
                return Flow::End;
            }
            Action::CallIndirect => {
                self.indirect_target();
                self.push_return(next);
                self.dispatch();
                return Flow::End;
            }
            Action::Return { release } => {
                self.displaced = Displaced::Rcx;
                self.hot.store(context_addr!(spill_rcx), 1);
                self.hot.pop(1);
                if release != 0 {
                    self.hot.lea_rsp(release as u32);
                }
                self.dispatch();
                return Flow::End;
            }
            Action::PopFlags { short } => {
                // The engine's read must not fault: the processor tries first.
                self.displaced = Displaced::Rcx;
                self.hot.store(context_addr!(spill_rcx), 1);
                if short {
                    self.hot.load_cx_from_stack();
                } else {
                    self.hot.load_rcx_from_stack();
                }
                self.hot.load(1, context_addr!(spill_rcx));
                return self.leave(SiteKind::Intrinsic, pc);
            }
            Action::Syscall => return self.leave(SiteKind::Syscall, pc),
            Action::Intrinsic => return self.leave(SiteKind::Intrinsic, pc),
            Action::Trap => return self.leave(SiteKind::Trap, pc),
            Action::Unsupported => return self.leave(SiteKind::Unsupported, pc),
            Action::Fault => {
                self.hot.bytes(&self.bytes[..self.len]);
                return Flow::End;
            }
        }
        Flow::Next
    }

    /// Goes to the translation of the address in rcx.
    fn dispatch(&mut self) {
        if self.single {
            self.hot.jmp(CACHE.start);
        } else {
            self.hot.jmp_shadow(SHADOW_DISP as u32);
        }
    }

    /// What a single block does in another way: `pushf`, which shows the trap flag, and repeated
    /// string instructions, of which it does one round.
    fn single_instruction(&mut self, pc: u64, next: u64) -> Option<Flow> {
        use Mnemonic::*;
        let instr = self.instr;
        let repeated = instr.has_rep_prefix() || instr.has_repne_prefix();
        match instr.mnemonic() {
            Pushf | Pushfq => return Some(self.leave(SiteKind::Intrinsic, pc)),
            Movsb | Movsw | Movsd | Movsq | Stosb | Stosw | Stosd | Stosq | Lodsb | Lodsw | Lodsd
            | Lodsq | Cmpsb | Cmpsw | Cmpsd | Cmpsq | Scasb | Scasw | Scasd | Scasq
                if repeated && instr.is_string_instruction() => {}
            _ => return None,
        }
        let prefixes = self.bytes[..self.len]
            .iter()
            .position(|&b| matches!(b, 0xa4..=0xa7 | 0xaa..=0xaf))
            .expect("a string instruction's opcode");
        let short_count = self.bytes[..prefixes].contains(&0x67);
        let count_is_zero = |hot: &mut Emitter| {
            if short_count {
                hot.bytes(&[0x67]);
            }
            hot.jrcxz_short()
        };
        let none = count_is_zero(&mut self.hot);
        for n in 0..self.len {
            if !matches!(self.bytes[n], 0xf2 | 0xf3) || n >= prefixes {
                self.hot.bytes(&self.bytes[n..=n]);
            }
        }
        // lea rcx, [rcx-1], or lea ecx, [rcx-1]
        self.hot.bytes(if short_count { &[0x8d, 0x49, 0xff] } else { &[0x48, 0x8d, 0x49, 0xff] });
        let used_up = count_is_zero(&mut self.hot);
        let compares = matches!(
            instr.mnemonic(),
            Cmpsb | Cmpsw | Cmpsd | Cmpsq | Scasb | Scasw | Scasd | Scasq
        );
        // `repe` ends at a difference, `repne` at a match.
        let ended = compares.then(|| self.hot.jcc_short(if instr.has_repne_prefix() { 4 } else { 5 }));
        self.link(pc);
        self.hot.patch_short(none);
        self.hot.patch_short(used_up);
        if let Some(ended) = ended {
            self.hot.patch_short(ended);
        }
        self.link(next);
        Some(Flow::End)
    }

    /// Copies an instruction with a RIP-relative operand.
    fn rip_relative(&mut self) {
        let target = self.instr.ip_rel_memory_address();
        let disp = self.offsets.displacement_offset();
        let bytes = self.bytes;
        if self.hot.copy_rip_relative(&bytes[..self.len], disp, target).is_ok() {
            return;
        }
        let reg = self.free_register();
        self.displaced = Displaced::Scratch(reg);
        self.hot.store(context_addr!(spill_scratch), reg);
        self.hot.mov_imm64(reg, target);
        self.hot.copy_via(&bytes[..self.len], disp, reg);
        self.hot.load(reg, context_addr!(spill_scratch));
    }

    /// One of rax, rcx, rdx, rbx, rsi, rdi that the instruction neither reads nor writes.
    fn free_register(&self) -> u8 {
        let mut factory = InstructionInfoFactory::new();
        let info = factory.info(&self.instr);
        [0u8, 1, 2, 3, 6, 7]
            .into_iter()
            .find(|&n| {
                info.used_registers()
                    .iter()
                    .all(|used| insn::register_number(used.register()) != Some(n))
            })
            .expect("no instruction with a memory operand uses six legacy registers")
    }

    /// A conditional branch in the middle of a block.
    fn branch(&mut self, pc: u64, cc: u8, target: u64) {
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

    fn count_branch(&mut self, pc: u64, opcode: u8, address32: bool, target: u64) {
        if address32 {
            self.hot.bytes(&[0x67]);
        }
        // Taken: over the short jump that skips the taken side.
        self.hot.bytes(&[opcode, 2]);
        let over = self.hot.jmp_short();
        self.transfer(pc, target);
        self.hot.patch_short(over);
    }

    fn jump(&mut self, pc: u64, target: u64) -> Flow {
        let follow = target > pc
            && !self.single
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
    fn transfer(&mut self, pc: u64, target: u64) {
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
            self.hot.jmp(stub);
        } else {
            let stub = self.tick_stub(target, true, false);
            self.hot.store(context_addr!(spill_rcx), 1);
            self.hot.load(1, counter);
            self.hot.lea_rcx_minus_tick();
            self.hot.store(counter, 1);
            let out = self.hot.jrcxz_short();
            self.hot.load(1, context_addr!(spill_rcx));
            let at = self.hot.jmp(link.1);
            self.wire(link.0, at, target);
            self.hot.patch_short(out);
            self.hot.jmp(stub);
        }
    }

    /// `jmp` to the block at `target`, or to a stub until there is one.
    fn link(&mut self, target: u64) {
        let stub = self.site(SiteKind::Link, target);
        let at = self.hot.jmp(stub.1);
        self.wire(stub.0, at, target);
    }

    /// Ties a link site to its patchable displacement, and to its target if that is translated.
    fn wire(&mut self, site: u32, patch: u64, target: u64) {
        if self.single {
            return;
        }
        self.cache.sites[site as usize].patch = (patch - CACHE.start) as u32;
        self.cache.link_if_translated(site, target);
    }

    /// A new exit site and its stub. Returns the site's number and the stub's address.
    fn site(&mut self, kind: SiteKind, pc: u64) -> (u32, u64) {
        self.site_with(kind, pc, Displaced::None)
    }

    fn site_with(&mut self, kind: SiteKind, pc: u64, displaced: Displaced) -> (u32, u64) {
        let number = self.cache.sites.len() as u32;
        let stub = self.cold.pos();
        self.cache.sites.push(Site {
            kind,
            len: 0,
            block: self.block,
            pc,
            patch: 0,
            stub: (stub - CACHE.start) as u32,
            target: NO_BLOCK,
            next: 0,
        });
        if displaced != Displaced::None {
            self.cold.load(1, context_addr!(spill_rcx));
        }
        if displaced == Displaced::Check {
            self.cold.load(2, context_addr!(spill_scratch));
        }
        self.cold.store_imm32(context_addr!(exit_site), number);
        self.cold.jmp(self.cache.exit_common());
        (number, stub)
    }

    /// Leaves the cache because a counter ran out, to go on at `pc`. `flags_lost`: the count was
    /// taken by subtraction.
    fn tick_stub(&mut self, pc: u64, rcx_spilled: bool, flags_lost: bool) -> u64 {
        let kind = if flags_lost { SiteKind::TickFlagsLost } else { SiteKind::Tick };
        let displaced = if rcx_spilled { Displaced::Rcx } else { Displaced::None };
        self.site_with(kind, pc, displaced).1
    }

    /// Ends the block in the engine, which deals with the instruction at `pc`.
    fn leave(&mut self, kind: SiteKind, pc: u64) -> Flow {
        let (site, stub) = self.site(kind, pc);
        self.cache.sites[site as usize].len = self.len as u8;
        self.hot.jmp(stub);
        Flow::End
    }

    fn invalid(&mut self, pc: u64, left: usize, fetch: bool) {
        self.len = left.min(15);
        let kind = if fetch { SiteKind::FetchFault } else { SiteKind::Invalid };
        self.leave(kind, pc);
        self.note(map::PLAIN, None);
    }

    /// Pushes a return address.
    fn push_return(&mut self, next: u64) {
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

    /// Spills rcx and loads the operand of an indirect branch into it.
    fn indirect_target(&mut self) {
        self.displaced = Displaced::Rcx;
        self.hot.store(context_addr!(spill_rcx), 1);
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

enum Flow {
    Next,
    /// The block goes on at another address.
    Jump(u64),
    End,
}
