//! Every exit from translated code arrives here, and every way back starts here.

use crate::shadow;
use crate::signal::host::{canonical, refused_branch};
use crate::signal::{SIGBUS, SIGILL, SIGSEGV, SIGTRAP, Taken};
use crate::state::{Engine, ctx, engine};
use crate::sys::TASK_SIZE;
use crate::vma::{PROT_EXEC, PROT_READ, PROT_WRITE, Vmas};
use clew_translate::block::{Refusal, Single};
use clew_translate::cache::Entry;
use clew_translate::cache::shadow::Found;
use clew_translate::context::{EXIT_FAULT, EXIT_MISS, TICK_FLAGS};
use clew_translate::liveness::{STATUS_FLAGS, shown_flags};
use clew_translate::{Cache, Site, SiteKind};

const SEGV_MAPERR: u64 = 1;
const SEGV_ACCERR: u64 = 2;
const BUS_ADRERR: u64 = 2;
const SI_KERNEL: u64 = 0x80;
const ILL_ILLOPN: u64 = 2;
/// x86 exception vectors, as in the guest frame's `trapno`.
const TRAP_BP: u64 = 3;
const TRAP_UD: u64 = 6;
const TRAP_GP: u64 = 13;
const TRAP_PF: u64 = 14;
/// Page-fault error code of an instruction fetch from user mode; bit 0 is added where a page is
/// present.
const FETCH: u64 = 0x14;
/// The same of a write.
const FAULT_WRITE: u64 = 2;
const TRAP_DB: u64 = 1;
/// `si_code` of a single step.
const TRAP_TRACE: u64 = 2;
/// The trap flag in rflags.
pub const TF: u64 = 1 << 8;

/// Called by the exit sequence, with the guest's registers saved. Returns to the entry sequence.
pub extern "C" fn dispatch() {
    let engine = engine();
    if engine.stress.on {
        engine.stress_check();
    }
    if core::mem::take(&mut engine.seeking) {
        return engine.sought();
    }
    let stepped = core::mem::take(&mut engine.task.signals.stepping);
    if stepped {
        ctx().rflags |= TF;
    }
    match ctx().exit_site as u32 {
        EXIT_MISS if stepped => engine.stepped_indirectly(),
        EXIT_MISS => engine.indirect_miss(),
        EXIT_FAULT => {
            if let Some(taken) = engine.task.signals.fault.take() {
                engine.fault(taken);
            }
            resume_guest();
        }
        number => {
            let site = engine.cache.sites[number as usize];
            if stepped {
                engine.leave_step(site);
            } else {
                engine.leave(number, site);
            }
        }
    }
}

/// Makes the guest leave the cache at its next tick: a signal waits.
pub extern "C" fn hurry() {
    engine().ticks.expire();
}

/// Prepares the context to go on at `ctx().pc`.
pub fn resume_guest() {
    engine().resume();
}

/// What came of an instruction that was executed alone.
pub enum Alone {
    /// Control is at `ctx().pc`: behind it, or back at it after one round.
    Done,
    /// The same, and the engine has counted a tick.
    Ticked,
    /// It faulted.
    Fault(Taken),
    /// The engine has to do it, or a counter ran out: for [`Engine::leave`].
    Left(u32, Site),
}

impl Engine {
    pub(crate) fn leave(&mut self, number: u32, site: Site) {
        ctx().pc = site.pc;
        if matches!(site.kind, SiteKind::Break | SiteKind::Watch) {
            return self.probed(number);
        }
        if self.cache.review_at != u64::MAX && self.ticks.now() >= self.cache.review_at {
            self.cache.review(&shadow::mapped);
        }
        match site.kind {
            SiteKind::Link => return self.follow_link(number),
            SiteKind::Stale => {
                self.cache.drop_block(site.block, &shadow::mapped);
                return self.follow_link(number);
            }
            SiteKind::Tick => self.tick_reached(),
            SiteKind::TickFlagsLost => {
                // As if the counter had not reached zero.
                self.lose_flags();
                self.tick_reached();
            }
            SiteKind::Syscall => self.system_call(),
            SiteKind::Intrinsic => {
                self.intrinsic(site.len);
            }
            SiteKind::Trap => self.trap(site.len),
            SiteKind::Unsupported => {
                self.far_transfer(site.len);
            }
            SiteKind::Invalid => {
                let fault = [0, TRAP_UD, 0];
                self.raise(SIGILL, ILL_ILLOPN, site.pc, fault);
            }
            SiteKind::FetchFault => {
                self.page_fetch_fault(site.pc + site.len as u64, FETCH);
            }
            SiteKind::Break | SiteKind::Watch => unreachable!("dealt with above"),
        }
        // Where a replay can stop: elsewhere a signal waits for the next tick.
        use SiteKind::{Syscall, Tick, TickFlagsLost, Trap, Unsupported};
        match site.kind {
            Tick | TickFlagsLost => self.deliver_at_tick(),
            Syscall | Trap | Unsupported => self.deliver_pending(),
            _ => {}
        }
        if site.kind == Syscall {
            self.charge_call();
        }
        self.resume();
    }

    /// One instruction was executed with the trap flag set.
    fn leave_step(&mut self, site: Site) {
        ctx().pc = site.pc;
        match site.kind {
            // The trap comes first, and counts as this tick's event.
            SiteKind::Tick => {
                if !self.replaying() {
                    self.aim_at_slice();
                }
            }
            SiteKind::Intrinsic => {
                if !self.intrinsic(site.len) {
                    return self.resume();
                }
            }
            SiteKind::Unsupported => {
                if !self.far_transfer(site.len) {
                    return self.resume();
                }
            }
            SiteKind::Link => {}
            // No trap: calls return past it, faults come instead of it.
            _ => return self.leave(0, site),
        }
        self.step_trap();
        self.resume();
    }

    /// [`Self::leave_step`] after an indirect branch.
    fn stepped_indirectly(&mut self) {
        if self.refused() {
            return self.resume();
        }
        ctx().pc = ctx().exit_target;
        self.ticks.count_one();
        self.step_trap();
        self.resume();
    }

    /// After an indirect branch whose place `exit_from` tells: raises its fault if it cannot go where
    /// it wants to.
    fn refused(&mut self) -> bool {
        let refused = !canonical(ctx().exit_target);
        if refused {
            refused_branch(self.cache.base() + ctx().exit_from);
            if let Some(taken) = self.task.signals.fault.take() {
                self.fault(taken);
            }
        }
        refused
    }

    fn step_trap(&mut self) {
        let pc = ctx().pc;
        self.raise(SIGTRAP, TRAP_TRACE, pc, [0, TRAP_DB, 0]);
        self.deliver_pending();
    }

    /// Goes on at `ctx().pc`.
    pub fn resume(&mut self) {
        loop {
            if self.debug.is_some() {
                self.look_around();
            }
            let pc = ctx().pc;
            let stepping = ctx().rflags & TF != 0;
            let what_for = match stepping {
                true => Some(Single::Trap),
                false if self.must_seek() => Some(Single::Seek),
                false if self.exact > 0 => Some(Single::Seek),
                false => self.single_steps().then_some(Single::Step),
            };
            if self.stress.on && what_for == Some(Single::Seek) {
                self.stress_passes();
            }
            let entry = match what_for {
                Some(what_for) => self.single_block(pc, what_for),
                None => self.entry(pc),
            };
            match entry {
                Some(entry) => {
                    ctx().resume = self.cache.host(entry);
                    ctx().rflags &= !TF;
                    self.task.signals.stepping = stepping;
                    self.seeking = what_for.is_some() && !stepping;
                    return;
                }
                None => self.fetch_fault(pc),
            }
        }
    }

    /// Does the guest go on by single instructions anyway: for its trap flag, or to find an event?
    pub fn must_go_alone(&mut self) -> bool {
        ctx().rflags & TF != 0 || self.must_seek()
    }

    /// One instruction was executed alone: to find an event's exact place while replaying, or to switch
    /// tasks at one while recording.
    fn sought(&mut self) {
        match self.after_single() {
            Alone::Done if self.recording() => self.chaotic_instruction(),
            Alone::Done => {
                self.signal_first();
            }
            Alone::Ticked => {
                self.tick_reached();
                if self.recording() {
                    self.deliver_at_tick();
                }
            }
            Alone::Fault(taken) => self.fault(taken),
            Alone::Left(number, site) => {
                self.stress.left = 0;
                return self.leave(number, site);
            }
        }
        if self.stress.steps() {
            return self.stress_step();
        }
        self.resume();
    }

    /// Makes out what came of a block of one instruction ([`Single::Seek`] or `Step`) that has just
    /// been left. Ticks and flags are as if the instruction had been part of an ordinary block.
    pub fn after_single(&mut self) -> Alone {
        match ctx().exit_site as u32 {
            EXIT_MISS => {
                let target = ctx().exit_target;
                if !canonical(target) {
                    refused_branch(self.cache.base() + ctx().exit_from);
                    let fault = self.task.signals.fault.take();
                    return fault.map_or(Alone::Done, Alone::Fault);
                }
                ctx().pc = target;
                self.ticks.count_one();
                self.vmas.forget_readable();
                if self.cache.flags_dead(&self.vmas, target) {
                    self.lose_flags();
                }
                Alone::Ticked
            }
            // Without a fault, only the engine's own business was in the way: once more.
            EXIT_FAULT => self.task.signals.fault.take().map_or(Alone::Done, Alone::Fault),
            number => {
                let site = self.cache.sites[number as usize];
                if site.kind != SiteKind::Link {
                    return Alone::Left(number, site);
                }
                ctx().pc = site.pc;
                Alone::Done
            }
        }
    }

    /// What a tick leaves of the status flags where they are dead, in every run.
    fn lose_flags(&mut self) {
        ctx().rflags = ctx().rflags & !STATUS_FLAGS | TICK_FLAGS;
    }

    /// The flags at `ctx().pc`, as they are where somebody looks at them.
    pub fn shown_flags(&self) -> u64 {
        self.shown_flags_at(ctx().pc, ctx().rflags)
    }

    /// Of a task that is at `pc` and has these flags: as they are where somebody looks at them.
    pub fn shown_flags_at(&self, pc: u64, flags: u64) -> u64 {
        if flags & TF != 0 {
            // Nothing is lost while the guest steps.
            return flags;
        }
        self.vmas.forget_readable();
        shown_flags(&self.vmas, pc, flags)
    }

    /// Goes on with the instruction at `ctx().pc` alone, past all probes.
    pub fn resume_alone(&mut self) {
        let pc = ctx().pc;
        match self.single_block(pc, Single::Step) {
            Some(entry) => {
                ctx().resume = self.cache.host(entry);
                self.seeking = true;
            }
            None => self.resume(),
        }
    }

    /// A block of the instruction at `pc` alone. `None` if `pc` is not executable.
    pub fn single_block(&mut self, pc: u64, what_for: Single) -> Option<Entry> {
        if self.stress.on {
            self.stress_alone();
        }
        self.translate(pc, |cache, vmas| cache.single_at(vmas, pc, what_for))
    }

    /// Forgets all translations.
    pub fn flush(&mut self) {
        self.release_code_pages();
        self.cache.flush();
        shadow::reset();
    }

    /// Where direct branches to `pc` enter, translated if need be. `None` if `pc` is not executable.
    fn entry(&mut self, pc: u64) -> Option<Entry> {
        self.translate(pc, |cache, vmas| cache.entry_at(vmas, pc))
    }

    /// Lets the cache translate code at `pc`; a full one is flushed first.
    fn translate<T>(
        &mut self,
        pc: u64,
        mut what: impl FnMut(&mut Cache, &Vmas) -> Result<T, Refusal>,
    ) -> Option<T> {
        self.get_code_pages(pc);
        self.vmas.forget_readable();
        let found = match what(self.cache, &self.vmas) {
            Ok(found) => found,
            Err(Refusal::NotExecutable) => return None,
            Err(Refusal::Full) => {
                self.flush();
                what(self.cache, &self.vmas).ok()?
            }
        };
        if !self.cache.new_pages.is_empty() {
            self.protect_code();
        }
        self.expect_returns();
        Some(found)
    }

    /// Returns to what was just translated will miss: a miss that is expected costs no signal.
    fn expect_returns(&mut self) {
        while let Some(pc) = self.cache.returns.pop() {
            if shadow::ensure(pc) {
                self.cache.expect(pc);
            }
        }
    }

    /// A direct branch whose target was not linked yet.
    fn follow_link(&mut self, number: u32) {
        let generation = self.cache.generation;
        let pc = ctx().pc;
        let Some(entry) = self.entry(pc) else {
            return self.resume();
        };
        if self.cache.generation == generation {
            self.cache.relink(number, entry);
        }
        ctx().resume = self.cache.host(entry);
    }

    /// An indirect branch found no translation at `exit_target`; its tick is not counted yet.
    fn indirect_miss(&mut self) {
        let target = ctx().exit_target;
        ctx().pc = target;
        if !self.cache.window.has_shadow() && ctx().exit_from != 0 && self.refused() {
            return self.resume();
        }
        let site = core::mem::take(&mut self.task.signals.dispatch_fault);
        let generation = self.cache.generation;
        if self.sharing.holds(target) {
            // Getting its pages is an event behind the tick.
            self.ticks.count_one();
            return self.resume();
        }
        let Some(host) =
            self.translate(target, |cache, vmas| cache.indirect_entry_at(vmas, target))
        else {
            self.ticks.count_one();
            return self.resume();
        };
        let in_reach = shadow::ensure(target);
        // With alignment checks the branch faults though the entry is there.
        let useless = in_reach && self.cache.leads(target, host);
        match self.cache.publish(target, host, in_reach) {
            Found::Aside => shadow::open_aside(self.cache),
            Found::Directly if !useless => {}
            _ if site != 0 && self.cache.generation == generation => {
                self.cache.use_hashed_lookup(site);
            }
            _ if in_reach && !useless => shadow::refuse(target),
            _ => {}
        }
        ctx().resume = host;
    }

    /// A fault in translated code at the guest instruction `ctx().pc`.
    fn fault(&mut self, taken: Taken) {
        let [_, code, addr, ..] = taken.info;
        // What the guest may not write stays steady, whether it has been translated already or not.
        let may_write = || self.vmas.find(addr).is_some_and(|v| v.prot & PROT_WRITE != 0);
        if taken.signo == SIGSEGV && self.cache.page_has_code(addr) && may_write() {
            let now = self.ticks.now();
            self.cache.count_write(addr, self.task.signals.fault_host, now);
        }
        let write_to_code = taken.signo == SIGSEGV
            && code as i32 as u64 == SEGV_ACCERR
            && self.unprotect_code(addr);
        let write = taken.fault[0] & FAULT_WRITE != 0;
        let shared = taken.signo == SIGSEGV && self.shared_fault(addr, write);
        if !write_to_code && !shared {
            self.deliver_fault(taken);
        }
    }

    /// Control went to `pc`, which is not executable.
    fn fetch_fault(&mut self, pc: u64) {
        if canonical(pc) {
            // The kernel claims that its own half is present (set_signal_archinfo).
            let present =
                pc >= TASK_SIZE || self.vmas.find(pc).is_some_and(|v| v.prot & PROT_READ != 0);
            let error = FETCH | u64::from(present);
            self.page_fetch_fault(pc, error);
        } else {
            self.protection_fault();
        }
    }

    /// Raises what the kernel does on a general protection fault at `ctx().pc` without an error code.
    pub fn protection_fault(&mut self) {
        self.raise(SIGSEGV, SI_KERNEL, 0, [0, TRAP_GP, 0]);
    }

    /// Raises what the kernel does if the page at `addr` has no code.
    fn page_fetch_fault(&mut self, addr: u64, error: u64) {
        let executable = self.vmas.find(addr).is_some_and(|v| v.prot & PROT_EXEC != 0);
        let (signo, code) = match executable {
            // Past the end of the file that is mapped there.
            true => (SIGBUS, BUS_ADRERR),
            false => (SIGSEGV, self.fetch_code(addr)),
        };
        let error = if executable { FETCH } else { error };
        self.raise(signo, code, addr, [error, TRAP_PF, addr]);
    }

    fn fetch_code(&self, pc: u64) -> u64 {
        match self.vmas.find(pc) {
            Some(v) if v.prot & PROT_EXEC == 0 => SEGV_ACCERR,
            _ => SEGV_MAPERR,
        }
    }

    /// Delivers a signal that the processor would have raised at `ctx().pc`.
    pub fn raise(&mut self, signo: u32, code: u64, addr: u64, fault: [u64; 3]) {
        let mut info = [0u64; 16];
        info[0] = signo as u64;
        info[1] = code;
        info[2] = addr;
        self.deliver_fault(Taken { signo, info, fault });
    }

    /// `int3`, `int1`, `int n`.
    fn trap(&mut self, len: u8) {
        let pc = ctx().pc;
        // SAFETY: the instruction was translated from here.
        let bytes = unsafe { core::ptr::read_unaligned(pc as *const [u8; 2]) };
        match bytes {
            [0xcc, _] | [0xcd, 3] => {
                ctx().pc = pc + len as u64;
                self.raise(SIGTRAP, SI_KERNEL, 0, [0, TRAP_BP, 0]);
            }
            [0xf1, _] => {
                ctx().pc = pc + len as u64;
                self.raise(SIGTRAP, 1, pc + len as u64, [0, 1, 0]);
            }
            [0xcd, 0x80] => self.int80(),
            [_, vector] => {
                let error = (vector as u64) << 3 | 2;
                self.raise(SIGSEGV, SI_KERNEL, 0, [error, TRAP_GP, 0]);
            }
        }
    }

    /// A tick counter ran out; the tick is counted.
    pub fn tick_reached(&mut self) {
        if self.diverted() {
            self.ticks.aim(self.debug_target(Some(u64::MAX)));
        } else if self.replaying() {
            self.replay_tick();
        } else {
            self.quantum_over();
        }
    }
}
