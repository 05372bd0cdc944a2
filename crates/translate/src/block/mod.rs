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
//!
//! Here is the driver; `branches`, `relative` and `exits` write what is not a plain copy, `landings`
//! keeps branches within the block, `loops` writes short loops twice, `rcx` knows where the borrowed register is, `map` holds the notes about its instructions, `probes` writes
//! what a debugger asks for, `checked` and `single` what differs in blocks of those kinds.

mod branches;
mod checked;
mod exits;
mod landings;
mod loops;
pub mod map;
mod probes;
mod rcx;
mod relative;
mod single;

pub use single::Single;

use crate::cache::{Cache, Entry, SiteKind, Watching};
use crate::context::{COUNTERS, counter_addr};
use crate::context_addr;
use crate::emit::Emitter;
use crate::insn::{self, Action};
use crate::liveness::CodeSource;
use crate::quick::{self, Quick};
use alloc::vec::Vec;
use checked::{checked_end, writes_memory};
use clew_abi::layout::PAGE;
use iced_x86::{
    ConstantOffsets, Decoder, DecoderError, DecoderOptions, Instruction, InstructionInfoFactory,
};
use landings::Landings;
use loops::Loops;
use rcx::Rcx;
use single::holds_traps;

/// Guest instructions in one block at most.
pub(crate) const MAX_INSTRUCTIONS: u32 = 96;
/// Longest instruction, in bytes.
const MAX_LEN: usize = 15;
/// Cache bytes a block may need at most in each part: every instruction's translation is shorter
/// than 128 bytes, and its probes are as well.
pub const MAX_HOT: usize = 256 * MAX_INSTRUCTIONS as usize;
pub const MAX_COLD: usize = 256 * MAX_INSTRUCTIONS as usize;

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
    /// The last instruction that the block has.
    here: u64,
    /// Where the current instruction's translation begins.
    mark: u64,
    landings: Landings,
    loops: Loops,
    /// Where the checked bytes end, in a checked block.
    checked: Option<u64>,
    single: Option<Single>,
    /// Some instructions have probes; those that access memory do.
    probing: bool,
    watching: Watching,
    rcx: Rcx,
    /// Instructions before which rcx is away.
    closed: Vec<u64>,
    /// Pages that were looked at to learn whether flags are dead.
    proof_pages: Vec<u64>,
    /// The text that `pc` lies in, as page numbers; empty if it lies in none.
    text: core::ops::Range<u64>,
}

/// How a block is entered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By direct branches; an indirect entry is added if one is needed (`indirect_entry`).
    Direct,
    /// By an indirect branch as well.
    Indirect,
    /// Once, by the engine.
    Single(Single),
    /// By the first copy of the loop that it is the second one of, which ends there.
    Second(u64),
}

/// Translates the guest code at `pc`. `indirect`: an indirect branch goes there.
pub(crate) fn translate(
    cache: &mut Cache,
    source: &impl CodeSource,
    pc: u64,
    indirect: bool,
) -> Result<u32, Refusal> {
    build(cache, source, pc, if indirect { Way::Indirect } else { Way::Direct })
}

/// Translates the instruction at `pc` alone (with the next one if that belongs to it, as behind
/// `mov ss`). The block is found by nobody and replaced by the next of its kind.
pub(crate) fn translate_single(
    cache: &mut Cache,
    source: &impl CodeSource,
    pc: u64,
    what_for: Single,
) -> Result<u32, Refusal> {
    cache.drop_single();
    let single = build(cache, source, pc, Way::Single(what_for))?;
    cache.keep_single(single);
    Ok(single)
}

/// Adds an indirect entry to what direct branches to `pc` enter. Returns its address.
pub(crate) fn indirect_entry(
    cache: &mut Cache,
    source: &impl CodeSource,
    pc: u64,
    entry: Entry,
) -> Result<u64, Refusal> {
    let mut builder = Builder::new(cache, source, pc, entry.block, Way::Indirect)?;
    let host = builder.count_at_entry(pc);
    let direct = builder.cache.host(entry);
    builder.hot.jmp(direct);
    builder.finish();
    Ok(host)
}

fn build(cache: &mut Cache, source: &impl CodeSource, pc: u64, way: Way) -> Result<u32, Refusal> {
    let block = cache.blocks.len() as u32;
    let mut builder = Builder::new(cache, source, pc, block, way)?;
    builder.cache.begin_block(pc);
    builder.entries(pc, way);
    builder.body(pc);
    let (hot_end, loops) = (builder.hot.pos(), builder.loops);
    let cache = builder.finish();
    cache.end_block(block, hot_end);
    loops::unroll(cache, source, block, &loops);
    Ok(block)
}

impl<'a, S: CodeSource> Builder<'a, S> {
    fn new(
        cache: &'a mut Cache,
        source: &'a S,
        pc: u64,
        block: u32,
        way: Way,
    ) -> Result<Self, Refusal> {
        let code = source.code(pc);
        if code.is_empty() {
            return Err(Refusal::NotExecutable);
        }
        prefetch(code);
        let single = match way {
            Way::Single(what_for) => Some(what_for),
            _ => None,
        };
        let last = pc + (code.len().min(MAX_LEN) - 1) as u64;
        let unsteady = cache.is_unsteady(source, pc)
            || last / PAGE != pc / PAGE && cache.is_unsteady(source, last);
        let checked = (unsteady && single.is_none()).then(|| checked_end(code, pc));
        let (hot, cold) = cache.emitters().ok_or(Refusal::Full)?;
        let proof_pages = core::mem::take(&mut cache.proof_pages);
        let probing = cache.probing() && single.is_none();
        let text = if unsteady || single.is_some() { 0..0 } else { cache.text_pages(pc) };
        let watching = if probing { cache.watching() } else { Watching::None };
        Ok(Self {
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
            here: pc,
            mark: 0,
            landings: Landings::new(),
            loops: Loops::new(way),
            checked,
            single,
            probing,
            watching,
            rcx: Rcx::Kept,
            closed: Vec::new(),
            proof_pages,
            text,
        })
    }

    /// Keeps what was written.
    fn finish(self) -> &'a mut Cache {
        let Self { cache, hot, cold, block, mut proof_pages, single, text, .. } = self;
        if single.is_none() {
            for &page in &proof_pages {
                cache.note_page(block, page);
                if !text.contains(&page) {
                    cache.mark_foreign(block);
                }
            }
        }
        if text.is_empty() {
            cache.mark_foreign(block);
        }
        proof_pages.clear();
        cache.proof_pages = proof_pages;
        cache.written(hot.pos(), cold.pos());
        cache
    }

    /// Nothing but copies of code that stays as it is.
    fn is_plain(&self) -> bool {
        self.single.is_none() && self.checked.is_none()
    }

    /// The entries, up to the first instruction.
    fn entries(&mut self, pc: u64, way: Way) {
        if let Way::Single(_) | Way::Second(_) = way {
            self.hot.align(16);
            let host = self.hot.pos();
            return match self.single {
                Some(_) => self.cache.set_single_entry(self.block, host),
                None => self.cache.set_hidden_entry(self.block, host),
            };
        }
        let indirect = if way == Way::Indirect {
            Some(self.count_at_entry(pc))
        } else {
            self.hot.align(16);
            None
        };
        self.cache.set_entries(self.block, indirect, self.hot.pos());
        if let Some(end) = self.checked {
            self.check(pc, end);
        }
    }

    /// What an indirect branch to `pc` does first: counts the tick and takes rcx back. Returns its
    /// address.
    fn count_at_entry(&mut self, pc: u64) -> u64 {
        self.hot.align(16);
        if !Cache::is_entry_address(self.hot.pos()) {
            self.hot.bytes(&[0xcc; 16]);
        }
        let counter = self.counter();
        let dead = self.flags_dead(pc);
        let stub = self.tick_stub(pc, true, dead);
        let entry;
        if dead {
            entry = self.hot.pos();
            self.hot.count_tick(counter);
            self.hot.jcc(4, stub);
        } else {
            let out = self.hot.pos();
            self.hot.jmp(stub);
            entry = self.hot.pos();
            self.hot.load(1, counter);
            self.hot.lea_rcx_minus_tick();
            self.hot.store(counter, 1);
            self.hot.jrcxz(out);
        }
        self.hot.load(1, context_addr!(spill_rcx));
        entry
    }

    /// Does a tick on the way to `target` destroy the flags?
    fn flags_dead(&mut self, target: u64) -> bool {
        match self.single {
            Some(Single::Trap) => false,
            Some(_) => self.cache.flags_dead(self.source, target),
            None => self.cache.prove_flags_dead(self.source, target, &mut self.proof_pages),
        }
    }

    fn counter(&mut self) -> u32 {
        self.cache.next_counter = (self.cache.next_counter + 1) % COUNTERS;
        counter_addr(self.cache.next_counter)
    }

    /// Translates from `pc` on until something ends the block.
    fn body(&mut self, pc: u64) {
        let mut at =
            Progress { pc, run_start: pc, count: 0, fell_through: false, steady_page: pc / PAGE };
        while let Some(target) = self.run(&mut at) {
            self.note_run(at.run_start, at.pc);
            at.steady_page = target / PAGE;
            at.pc = target;
            at.run_start = target;
        }
        if self.single.is_none() {
            let end = at.pc.max(at.run_start + 1);
            self.note_run(at.run_start, end);
        }
    }

    /// The block's code lies in `start..end`.
    fn note_run(&mut self, start: u64, end: u64) {
        self.cache.note_guest_range(self.block, start, end);
        if !self.text.contains(&(start / PAGE)) || !self.text.contains(&((end - 1) / PAGE)) {
            self.cache.mark_foreign(self.block);
        }
    }

    /// Translates instructions that lie one behind the other. Returns where the block goes on, if it
    /// does.
    fn run(&mut self, at: &mut Progress) -> Option<u64> {
        let mut code = self.source.code(at.pc);
        let plain = self.is_plain();
        let quickly = plain && self.watching == Watching::None;
        loop {
            if self.is_complete(at) || code.is_empty() {
                self.go_on(at.pc);
                return None;
            }
            at.fell_through = false;
            at.count += 1;
            self.mark = self.hot.pos();
            self.displaced = Displaced::None;
            let quick = if quickly { quick::decode(code) } else { None };
            let fetched = match &quick {
                Some(quick) => {
                    self.len = quick.len as usize;
                    Ok(())
                }
                None => self.decode(code, at.pc),
            };
            if self.turns_unsteady(at) {
                self.go_on(at.pc);
                return None;
            }
            let fetch = fetched == Err(DecoderError::NoMoreBytes);
            if fetch && at.count > 1 {
                // Decided when, and if, control gets there.
                self.go_on(at.pc);
                return None;
            }
            // From here on the block has it: not before, or a way out to it would lead to itself.
            self.here = at.pc;
            if at.pc >= self.landings.next {
                self.land(at.pc);
            }
            if self.probing {
                self.probe(at.pc, fetched.is_ok());
            }
            if fetched.is_err() {
                self.invalid(at.pc, code.len(), fetch);
                return None;
            }
            let next = at.pc + self.len as u64;
            let flow = match quick {
                Some(quick) => {
                    let flow = self.quick(at, code, quick, next);
                    if quick.writes_rcx {
                        self.rcx = Rcx::InPlace;
                    }
                    flow
                }
                None => {
                    let flow = self.instruction(at.pc, next);
                    at.fell_through = self.instr.is_jcc_short_or_near();
                    if self.rcx == Rcx::Kept && insn::writes_rcx(&self.instr) {
                        self.rcx = Rcx::InPlace;
                    }
                    flow
                }
            };
            at.pc = next;
            code = &code[self.len..];
            match flow {
                Flow::Next => {
                    self.open(next);
                    self.note(map::PLAIN, None);
                    if !plain && self.ends_behind() {
                        self.go_on(next);
                        return None;
                    }
                }
                Flow::Jump(target) => {
                    self.open(target);
                    self.note(map::JUMP, Some(target));
                    return Some(target);
                }
                Flow::End => {
                    self.note(map::PLAIN, None);
                    return None;
                }
            }
        }
    }

    /// Ends the block, to go on at `pc`, which is not part of it.
    fn go_on(&mut self, pc: u64) {
        self.keep_rcx();
        // Nor is it about to be translated here: a link that found it so would lead to itself.
        self.here = u64::MAX;
        self.link(pc);
    }

    /// The block goes on at `next`: if branches may land there, as they do.
    fn open(&mut self, next: u64) {
        if next >= self.landings.next {
            self.keep_rcx();
        }
    }

    /// Decodes the instruction at `pc`, where `code` lies, with the full decoder.
    #[cold]
    fn decode(&mut self, code: &[u8], pc: u64) -> Result<(), DecoderError> {
        let mut decoder = Decoder::with_ip(64, code, pc, DecoderOptions::NONE);
        decoder.decode_out(&mut self.instr);
        self.len = self.instr.len();
        if self.instr.is_invalid() {
            return Err(decoder.last_error());
        }
        self.bytes[..self.len].copy_from_slice(&code[..self.len]);
        self.offsets = decoder.get_constant_offsets(&self.instr);
        Ok(())
    }

    /// Translates what the quick decoder knows.
    #[inline]
    fn quick(&mut self, at: &mut Progress, code: &[u8], quick: Quick, next: u64) -> Flow {
        let target = |distance: i32| next.wrapping_add(distance as i64 as u64);
        match quick.flow {
            quick::Flow::Next if quick.disp == 0 => self.hot.copy(code, self.len),
            quick::Flow::Next => self.quick_relative(code, quick.disp as usize, at.pc, next),
            quick::Flow::Branch(cc, distance) => {
                at.fell_through = true;
                self.branch(at.pc, cc, target(distance));
            }
            quick::Flow::Jump(distance) => return self.jump(at.pc, target(distance)),
            quick::Flow::Call(distance) => {
                self.push_return(next);
                self.transfer(at.pc, target(distance));
                return Flow::End;
            }
            quick::Flow::Return => {
                self.ret(0);
                return Flow::End;
            }
        }
        Flow::Next
    }

    fn quick_relative(&mut self, code: &[u8], disp: usize, pc: u64, next: u64) {
        let word = [code[disp], code[disp + 1], code[disp + 2], code[disp + 3]];
        let target = next.wrapping_add(i32::from_le_bytes(word) as i64 as u64);
        if self.hot.copy_rip_relative(&code[..self.len], disp, target).is_err() {
            self.decode(code, pc).expect("both decoders know it");
            self.rip_relative();
        }
    }

    fn ret(&mut self, release: u16) {
        self.displaced = Displaced::Rcx;
        self.keep_rcx();
        self.hot.pop(1);
        if release != 0 {
            self.hot.lea_rsp(release as u32);
        }
        self.dispatch();
    }

    /// Must the block end before the instruction at hand?
    fn is_complete(&self, at: &Progress) -> bool {
        at.count == MAX_INSTRUCTIONS
            || self.loops.is_over(at.pc)
            || at.fell_through && self.cache.has_block(at.pc)
            || self.checked.is_some_and(|end| at.pc >= end)
    }

    /// Does the current instruction lead from steady code into code that has to be checked?
    #[inline]
    fn turns_unsteady(&self, at: &mut Progress) -> bool {
        let last_page = (at.pc + self.len as u64).wrapping_sub(1) / PAGE;
        last_page != at.steady_page && at.count > 1 && self.meets_unsteady(at, last_page)
    }

    #[cold]
    fn meets_unsteady(&self, at: &mut Progress, last_page: u64) -> bool {
        if self.checked.is_some() {
            return false;
        }
        at.steady_page = last_page;
        [at.pc, last_page * PAGE].iter().any(|&a| self.cache.is_unsteady(self.source, a))
    }

    /// Must the block end behind the current instruction, though control goes on there?
    fn ends_behind(&self) -> bool {
        let holds = self.single == Some(Single::Trap) && holds_traps(&self.instr);
        let alone = self.single.is_some() && !holds;
        let wrote = self.checked.is_some()
            && writes_memory(&mut InstructionInfoFactory::new(), &self.instr);
        alone || wrote
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
        if let Some(single) = self.single
            && let Some(flow) = self.single_instruction(single, pc, next)
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
                self.ret(release);
                return Flow::End;
            }
            Action::PopFlags { short } => {
                // The engine's read must not fault: the processor tries first.
                self.displaced = Displaced::Rcx;
                self.keep_rcx();
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
}

/// Has the processor fetch what is translated next: code that never ran is in no cache.
fn prefetch(code: &[u8]) {
    use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    for line in [64, 128] {
        // SAFETY: a prefetch reads nothing as far as the program can tell.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(code.as_ptr().wrapping_add(line).cast()) }
    }
}

/// How far a block has come.
struct Progress {
    pc: u64,
    /// Where the instructions that lie one behind the other, up to `pc`, begin.
    run_start: u64,
    /// Instructions so far.
    count: u32,
    /// The last instruction was a conditional branch. Behind one there may be a block already;
    /// elsewhere looking is not worth it.
    fell_through: bool,
    /// The page last found to be steady.
    steady_page: u64,
}

/// Where control goes behind an instruction.
enum Flow {
    Next,
    /// The block goes on at another address.
    Jump(u64),
    End,
}
