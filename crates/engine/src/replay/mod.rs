//! Replaying: guest code runs, events come from the trace.
//!
//! An event happens at an exact position. Those the guest causes (system calls, nondeterministic
//! instructions, faults) are reached by running; asynchronous signals are reached by dealing the
//! tick counters so that the cache is left at the recorded tick. Either way tick, pc and the hash of
//! the registers must be what was recorded, or the replay has diverged and says so.

mod divergence;
mod tasks;

use crate::calls::{
    self,
    emulate::{ARCH_SET_FS, ARCH_SET_GS},
};
use crate::checksum;
use crate::crash::{self, Report};
use crate::loader;
use crate::log::registers_check;
use crate::procfs;
use crate::sandbox;
use crate::signal::{self, Taken};
use crate::state::{Engine, Mode, ctx, orders};
use crate::stream::Record;
use crate::supervisor;
use crate::sys;
use crate::vma::{PROT_EXEC, PROT_READ, PROT_WRITE, Vma, VmaKind, page_down, page_up};
use crate::window::guest_may_map;
use alloc_crate::string::String;
use clew_abi::control;
use clew_abi::layout::Range;
use clew_abi::record::*;
use clew_syscalls::{Call, Class};
use clew_translate::context::reg;
use core::fmt::Write;
use divergence::Why;

/// How far a guest may run past an event it should have caused before that is noticed, in ticks.
const SLACK: u64 = 1 << 20;

/// Takes the trace's first event and rebuilds the process as it was at exec.
pub fn begin(engine: &mut Engine) {
    for range in procfs::host_leftovers() {
        // SAFETY: the kernel's stack and vDSO, which the engine does not use while replaying.
        unsafe { sys::munmap(range.start, range.len()) };
    }
    sandbox::enter();
    if orders().stress_probes != 0 {
        engine.stress_probes(orders().stress_probes - 1);
    }
    engine.begin_window();
    let Some(record) = engine.take_event() else {
        engine.truncated();
    };
    if record.kind != Kind::Exec {
        engine.diverged(Why::Trace, "the trace does not begin with an exec", &record);
    }
    engine.become_program(&record);
    // A signal may have struck before the first instruction.
    engine.after_event(&record);
}

/// The key of the first file that a record maps: of the program's, in an `Exec` event.
fn first_file(record: &Record) -> &'static [u8] {
    let keys = record.attachments().filter(|(att, _)| att.kind == ATT_MAP);
    let mut keys = keys.filter_map(|(_, bytes)| bytes.get(size_of::<MapPayload>()..));
    keys.find(|key| !key.is_empty()).unwrap_or(&[])
}

impl Engine {
    fn stream(&mut self) -> &mut crate::stream::Stream {
        match &mut self.mode {
            Mode::Replay(stream) => stream,
            _ => crash::fail("an event asked for while not replaying"),
        }
    }

    /// Takes the next event, applying the data records before it.
    pub fn last_event(&self) -> u64 {
        match &self.mode {
            Mode::Replay(stream) => stream.last_event,
            _ => 0,
        }
    }

    fn take_event(&mut self) -> Option<Record> {
        self.note_before();
        loop {
            let record = self.stream().peek()?;
            self.stream().advance(&record);
            if record.kind != Kind::Data {
                self.recent.push(record.header.event, record.header.kind, 0, record.header.tick);
                return Some(record);
            }
            self.apply(&record);
        }
    }

    /// Has the code window that the next records, those of an exec, were written with.
    fn begin_window(&mut self) {
        let Some(first) = self.next_event() else { self.truncated() };
        if !self.enter_window(&first) {
            self.diverged(Why::Trace, "the trace has code where none can be", &first);
        }
    }

    /// Makes the process what an `Exec` event says.
    fn become_program(&mut self, record: &Record) {
        let exec: ExecPayload = record.payload();
        self.clock.last = exec.realtime_ns;
        self.pid = exec.pid;
        let task = self.task;
        self.tasks.keep_only(task);
        self.task.exited = false;
        self.task.tid = exec.pid;
        self.task.process().pid = exec.pid;
        self.task.signals = Default::default();
        self.task.signals.blocked = exec.sig_blocked;
        for signo in 1..=64 {
            let ignored = exec.sig_ignored & signal::bit(signo) != 0;
            self.task.process().actions[signo as usize] = signal::Action {
                handler: if ignored { signal::SIG_IGN } else { signal::SIG_DFL },
                ..Default::default()
            };
        }
        self.brk.start = exec.brk;
        self.brk.current = exec.brk;
        self.begin_replayed(first_file(record));
        let mut told = record.attachments();
        let forbidden =
            told.find(|(att, _)| att.kind == ATT_FORBIDDEN).map_or(0, |(att, _)| att.addr);
        self.forbid_again(forbidden);
        self.apply(record);
        self.task.name = program_name(&self.exe);
        loader::note_vdso(self, exec.vdso, exec.vdso_len);
        let c = ctx();
        c.gpr = [0; 16];
        c.pc = exec.pc;
        c.gpr[reg::RSP] = exec.sp;
        c.rflags = 0x202;
        self.auxv = auxv_on_stack(exec.sp);
        self.ticks.set(record.header.tick);
    }

    /// The guest executed another program: everything of the old one goes. False if the call failed
    /// after all; then it is recorded once more.
    fn exec_replayed(&mut self) -> bool {
        // Data records belong to the Exec event, and are applied to empty memory.
        match self.next_event() {
            Some(next) if matches!(next.kind, Kind::Exec | Kind::Data) => {}
            Some(_) => return false,
            None => self.truncated(),
        }
        let old: alloc_crate::vec::Vec<Vma> = self.vmas.iter().copied().collect();
        for v in old {
            // SAFETY: the old program's memory.
            unsafe { sys::munmap(v.start, v.end - v.start) };
        }
        self.vmas = Default::default();
        self.begin_window();
        self.files.protected_pages = false;
        signal::xstate::reset();
        for code in [ARCH_SET_FS, ARCH_SET_GS] {
            // SAFETY: the segment bases are the guest's; a new program starts with none.
            unsafe { sys::syscall!(sys::__NR_arch_prctl, code, 0) };
        }
        let Some(record) = self.take_event() else { self.truncated() };
        if record.kind != Kind::Exec {
            self.diverged(Why::Trace, "the guest executed a program", &record);
        }
        self.become_program(&record);
        self.after_event(&record);
        true
    }

    /// The next event without taking it; data records before it are left alone.
    pub fn next_event(&mut self) -> Option<Record> {
        match &mut self.mode {
            Mode::Replay(stream) => stream.peek(),
            _ => None,
        }
    }

    /// Deals the tick counters for whatever comes next.
    pub fn aim_at_next(&mut self) {
        let now = self.ticks.now();
        let target = self.next_event().map(|next| match next.kind {
            Kind::Signal | Kind::Switch | Kind::Child | Kind::Memory if next.header.tick > now => {
                next.header.tick
            }
            // The guest gets there by itself; running past it is noticed, if not at once. Small
            // budgets would make the guest leave the cache at nearly every tick.
            _ => next.header.tick.max(now) + SLACK,
        });
        self.ticks.aim(self.debug_target(target));
        if target.is_none() {
            self.ticks.aim(Some(now + 1));
        }
    }

    /// Is the next event at a place between two ticks that only looking at each instruction finds?
    pub fn must_seek(&mut self) -> bool {
        if !self.replaying() {
            return false;
        }
        let now = self.ticks.now();
        self.next_event().is_some_and(|next| next.header.tick == now && hidden(&next))
    }

    /// A counter ran out: nearer to the target, or there.
    pub fn replay_tick(&mut self) {
        let now = self.ticks.now();
        match self.next_event() {
            None => self.truncated(),
            Some(next) if now > next.header.tick => {
                self.diverged(Why::Guest, "the guest ran past the next event", &next)
            }
            Some(next) if now == next.header.tick => {
                self.events_here();
                self.aim_at_next();
            }
            Some(_) => self.aim_at_next(),
        }
    }

    /// Applies what a record says about memory, in order.
    fn apply(&mut self, record: &Record) {
        for (att, bytes) in record.attachments() {
            let ok = match att.kind {
                ATT_WRITE => self.write_replayed(att.addr, bytes),
                ATT_MAP => match bytes.split_at_checked(size_of::<MapPayload>()) {
                    Some((head, key)) => {
                        // SAFETY: plain integers, length checked.
                        let map = unsafe { head.as_ptr().cast::<MapPayload>().read_unaligned() };
                        self.map_replay(att.addr, &map, key)
                    }
                    None => false,
                },
                ATT_FILE_SIZE => {
                    self.files.resize_shared(bytes, att.addr);
                    true
                }
                ATT_TIME => {
                    self.clock.last = att.addr;
                    true
                }
                ATT_EXE => {
                    self.exe = String::from_utf8_lossy(bytes).into_owned();
                    true
                }
                _ => true,
            };
            if !ok {
                let what = match att.kind {
                    ATT_MAP => "a recorded mapping cannot be made",
                    _ => "recorded memory cannot be written",
                };
                self.diverged(Why::Trace, what, record);
            }
        }
    }

    /// Writes recorded bytes; read-only pages are opened for it (the kernel ignores protection
    /// changes since, and shared mappings change behind read-only views).
    pub fn write_replayed(&mut self, addr: u64, bytes: &[u8]) -> bool {
        let end = addr.saturating_add(bytes.len() as u64);
        if bytes.is_empty() {
            return true;
        }
        self.unprotect_range(addr, end);
        if sys::write_guest(addr, bytes) {
            return true;
        }
        if !guest_may_map(Range::new(addr, end)) {
            return false;
        }
        let (start, len) = (page_down(addr), page_up(end) - page_down(addr));
        // SAFETY: guest pages; their protection is put back below.
        unsafe { sys::mprotect(start, len, PROT_READ | PROT_WRITE) };
        let ok = sys::write_guest(addr, bytes)
            || self.files.grow_shared() && sys::write_guest(addr, bytes);
        let parts: alloc_crate::vec::Vec<Vma> =
            self.vmas.overlapping(start, start + len).copied().collect();
        for v in parts {
            let (s, e) = (v.start.max(start), v.end.min(start + len));
            // SAFETY: as the guest has it.
            unsafe { sys::mprotect(s, e - s, crate::memory::host_prot(v.prot)) };
            if v.prot & PROT_EXEC != 0 {
                self.forget_code(s, e);
            }
        }
        ok
    }

    /// Takes events recorded at this very place that come before what the guest is about to do.
    /// True if there were any.
    pub fn signal_first(&mut self) -> bool {
        self.stop_for_signal_here();
        let here = self.events_here();
        if here {
            self.aim_at_next();
        }
        here
    }

    /// The guest makes a system call.
    pub fn replay_call(&mut self, call: &Call) {
        let pc = ctx().pc;
        if self.signal_first() {
            return;
        }
        self.stop_for_call(call.nr.into());
        if let Some(signo) = self.denied_by_signal(pc) {
            calls::step_over(pc);
            return self.replay_signal(Some(Taken { signo, info: [0; 16], fault: [0; 3] }));
        }
        let Some(record) = self.take_event() else { self.truncated() };
        if record.kind == Kind::Exit {
            self.replay_exit(&record);
        }
        if record.kind == Kind::Fork {
            return self.replay_fork(call, &record);
        }
        if record.kind != Kind::Syscall {
            self.diverged_at_call("the guest makes a system call", &record, call);
        }
        let payload: SyscallPayload = record.payload();
        let same = payload.nr == call.nr as u64 && payload.args == call.args && payload.pc == pc;
        if !same || !self.matches(&record.header) {
            self.diverged_at_call(
                "the guest makes another system call than recorded",
                &record,
                call,
            );
        }
        if record.header.flags & REC_DENIED != 0 {
            calls::finish(payload.result, pc);
            self.check_memory(&record);
            return self.after_event(&record);
        }
        if matches!(call.nr, sys::__NR_exit | sys::__NR_exit_group) {
            return self.replay_task_end(&record);
        }
        if payload.result == 0 && calls::exec::replaces_program(call) {
            if self.task.process().guest_of_another {
                // It has left this memory, unless the call failed after all and is recorded again.
                self.events_here();
                return self.aim_at_next();
            }
            // Not followed, or failed: the call is looked at again.
            if !self.exec_replayed() {
                self.aim_at_next();
            }
            return;
        }
        self.replay_made_task(call, &record, payload.result);
        let emulated = match clew_syscalls::class(call) {
            Class::Emulated(answer) => Some(self.emulate(call, answer, Some(payload.result))),
            _ => None,
        };
        self.apply(&record);
        match emulated {
            Some(outcome) if outcome.context_replaced => {}
            Some(outcome) if outcome.result != payload.result => {
                let mut what = Report::new();
                let _ = write!(
                    what,
                    "a call about memory or signals has another result, {}",
                    outcome.result
                );
                self.diverged(Why::Kernel, what.text(), &record)
            }
            _ => calls::finish(payload.result, pc),
        }
        self.check_memory(&record);
        self.after_call(call, payload.result);
        self.echo(&record, call, payload.result);
        self.after_event(&record);
    }

    /// The signal that a seccomp filter raised instead of letting the call at `pc` be made: its place is
    /// behind the instruction, with no event of the call before it.
    fn denied_by_signal(&mut self, pc: u64) -> Option<u32> {
        let tick = self.ticks.now();
        let next = self.next_event().filter(|next| next.kind == Kind::Signal)?;
        let payload: SignalPayload = next.payload();
        (payload.pc == pc + 2 && next.header.tick == tick).then_some(payload.signo)
    }

    /// Compares memory with the record's checksums, if it has any.
    fn check_memory(&mut self, record: &Record) {
        let recorded = record.attachments().find(|(att, _)| att.kind == ATT_CHECKSUMS);
        if let Some((start, end)) = recorded.and_then(|(_, bytes)| self.first_difference(bytes)) {
            let mut what = Report::new();
            let _ = writeln!(what, "memory in {start:#x}-{end:#x} is not what was recorded");
            for (att, bytes) in record.attachments().filter(|(att, _)| att.kind == ATT_STACK) {
                checksum::stack_difference(att.addr, bytes, &mut what);
            }
            self.diverged(Why::Memory, what.text(), record);
        }
    }

    pub fn matches(&self, header: &Header) -> bool {
        header.tid == self.task.tid
            && header.tick == self.ticks.now()
            && header.check == registers_check()
    }

    /// State that the engine keeps about calls it did not make.
    fn after_call(&mut self, call: &Call, result: i64) {
        if call.nr == sys::__NR_prctl && call.args[0] == PR_SET_NAME && result == 0 {
            self.task.name = name_at(call.args[1]);
        }
        self.note_stack_limit(call, result);
    }

    /// A larger stack limit lets the stack grow further down.
    fn note_stack_limit(&mut self, call: &Call, result: i64) {
        const RLIMIT_STACK: u64 = 3;
        let new = match call.nr {
            sys::__NR_prlimit64 if call.args[1] == RLIMIT_STACK => call.args[2],
            sys::__NR_setrlimit if call.args[0] == RLIMIT_STACK => call.args[1],
            _ => return,
        };
        let Some(limit) = (if new != 0 && result == 0 { sys::read_u64(new) } else { None }) else {
            return;
        };
        let Some(stack) = self.vmas.iter().find(|v| v.kind == VmaKind::Stack).copied() else {
            return;
        };
        let start = page_down(stack.end.saturating_sub(limit.min(1 << 40)));
        let below = self.vmas.overlapping(start, stack.start).map(|v| v.end).max().unwrap_or(start);
        let start = start.max(below);
        if start < stack.start && guest_may_map(Range::new(start, stack.start)) {
            let flags = sys::MAP_PRIVATE
                | sys::MAP_ANONYMOUS
                | sys::MAP_FIXED_NOREPLACE
                | sys::MAP_NORESERVE;
            // SAFETY: nothing is replaced.
            let got = unsafe {
                sys::mmap(start, stack.start - start, PROT_READ | PROT_WRITE, flags, -1, 0)
            };
            if got == start as i64 {
                self.vmas.insert(Vma { start, ..stack });
            }
        }
    }

    /// Shows output that went to the guest's standard streams.
    fn echo(&self, record: &Record, call: &Call, result: i64) {
        let stream = match record.header.flags & (REC_STDOUT | REC_STDERR) {
            REC_STDOUT => 1,
            REC_STDERR => 2,
            _ => return,
        };
        let quiet = !self.echoes()
            || orders().flags & clew_abi::orders::FLAG_QUIET != 0
            || self.forks_left > 0;
        if quiet || result <= 0 {
            return;
        }
        let arg = record.header.event << 8 | stream;
        for (_, bytes) in record.attachments().filter(|(att, _)| att.kind == ATT_OUTPUT) {
            bytes.chunks(control::MAX_PAYLOAD).for_each(|piece| {
                supervisor::send(control::OUTPUT, arg, piece);
            });
        }
        if matches!(call.nr, sys::__NR_write | sys::__NR_writev | sys::__NR_sendto) {
            echo_written(call, arg, result as u64);
        }
    }

    /// A nondeterministic instruction: its registers come from the trace.
    pub fn replay_instr(&mut self, op: u64) {
        let Some(next) = self.next_event() else { self.truncated() };
        if next.kind != Kind::Instr {
            self.diverged(Why::Guest, "the guest executes a nondeterministic instruction", &next);
        }
        let payload: InstrPayload = next.payload();
        if payload.op != op || payload.pc != ctx().pc || !self.matches(&next.header) {
            self.diverged(
                Why::Guest,
                "the guest executes another instruction than recorded",
                &next,
            );
        }
        self.take_event();
        let c = ctx();
        c.gpr[reg::RAX] = payload.rax;
        c.gpr[reg::RBX] = payload.rbx;
        c.gpr[reg::RCX] = payload.rcx;
        c.gpr[reg::RDX] = payload.rdx;
        c.rflags = payload.rflags;
        self.after_event(&next);
    }

    /// A signal's position is reached: `fault` if the guest just faulted, `None` for one that came
    /// from outside.
    pub fn replay_signal(&mut self, fault: Option<Taken>) {
        if let Some(taken) = &fault {
            self.stop_for_fault(taken.signo);
        }
        let Some(next) = self.next_event() else { self.truncated() };
        if next.kind != Kind::Signal {
            self.diverged(Why::Guest, "the guest faults", &next);
        }
        let payload: SignalPayload = next.payload();
        let same = fault.is_none_or(|f| f.signo == payload.signo) && payload.pc == ctx().pc;
        if !same || !(1..=64).contains(&payload.signo) || !self.matches(&next.header) {
            self.diverged(Why::Guest, "a signal does not strike where it was recorded", &next);
        }
        let words = next
            .attachments()
            .find(|(att, bytes)| att.kind == ATT_FAULT && bytes.len() == 24)
            .map_or([0; 3], |(_, bytes)| {
                core::array::from_fn(|i| {
                    u64::from_le_bytes(core::array::from_fn(|k| bytes[8 * i + k]))
                })
            });
        self.take_event();
        let taken = Taken { signo: payload.signo, info: payload.siginfo, fault: words };
        match payload.action {
            SIG_ACT_HANDLER => self.enter_handler(&taken),
            SIG_ACT_FATAL if self.task.process().guest_of_another => {
                self.forget_running_task();
                return self.expect_switch(&next);
            }
            SIG_ACT_FATAL => {
                self.take_event();
                self.ended(control::END_KILLED, payload.signo)
            }
            _ => {}
        }
        self.after_event(&next);
    }

    fn replay_exit(&mut self, record: &Record) -> ! {
        let payload: ExitPayload = record.payload();
        if !self.matches(&record.header) {
            self.diverged(Why::Guest, "the guest exits in another state than recorded", record);
        }
        self.check_memory(record);
        self.ended(control::END_EXITED, payload.code)
    }

    /// After an event took effect: a signal recorded at this very position comes next.
    fn after_event(&mut self, record: &Record) {
        self.stop_behind(record);
        self.events_here();
        self.aim_at_next();
    }

    /// The stream has no more events: the recording was cut short here.
    fn truncated(&mut self) -> ! {
        self.ended(control::END_TRUNCATED, 0)
    }

    fn ended(&mut self, how: u8, value: u32) -> ! {
        if self.debug.is_some() {
            self.stop_at_end(how, value);
        }
        let event = self.last_event();
        if self.stress.on {
            self.stress_report();
        }
        let mut payload = [how, 0, 0, 0, 0];
        payload[1..].copy_from_slice(&value.to_le_bytes());
        supervisor::send(control::ENDED, event, &payload);
        sys::exit_group(0)
    }
}

/// What a task is called that has just executed a program: the end of its path.
fn program_name(exe: &str) -> [u8; 16] {
    let mut name = [0; 16];
    let base = exe.rsplit('/').next().unwrap_or(exe).as_bytes();
    let len = base.len().min(15);
    name[..len].copy_from_slice(&base[..len]);
    name
}

/// `prctl`'s.
const PR_SET_NAME: u64 = 15;

/// A task's name in guest memory.
fn name_at(addr: u64) -> [u8; 16] {
    let (mut name, mut buf) = ([0; 16], [0; 16]);
    let text = sys::read_cstr(addr, &mut buf).unwrap_or(b"");
    let len = text.len().min(15);
    name[..len].copy_from_slice(&text[..len]);
    name
}

/// Sends what a `write` or `writev` wrote, up to `most` bytes. Returns how many there were.
pub fn echo_written(call: &Call, arg: u64, most: u64) -> u64 {
    if call.nr != sys::__NR_writev {
        let len = call.args[2].min(most);
        echo_bytes(arg, call.args[1], len);
        return len;
    }
    let mut done = 0;
    for i in 0..call.args[2].min(1024) {
        let iov = call.args[1] + 16 * i;
        let (Some(base), Some(len)) = (sys::read_u64(iov), sys::read_u64(iov + 8)) else { break };
        let len = len.min(most - done);
        echo_bytes(arg, base, len);
        done += len;
    }
    done
}

fn echo_bytes(arg: u64, addr: u64, len: u64) {
    let mut buf = alloc_crate::vec![0u8; len.min(control::MAX_PAYLOAD as u64) as usize];
    let mut done = 0;
    while done < len {
        let n = (len - done).min(buf.len() as u64) as usize;
        if !sys::read_guest(addr + done, &mut buf[..n]) {
            return;
        }
        supervisor::send(control::OUTPUT, arg, &buf[..n]);
        done += n as u64;
    }
}

/// Does an event's place show only to who looks at each instruction? Memory that others changed shows
/// nowhere else, and neither does the end of a file that others made shorter. Others say so.
fn hidden(record: &Record) -> bool {
    match record.kind {
        Kind::Memory => true,
        Kind::Signal if tasks::is_past_file(&record.payload()) => true,
        _ => record.header.flags & REC_BETWEEN != 0,
    }
}

/// The auxiliary vector of a program that has just been loaded (System V ABI, 3.4.1). Empty if the
/// stack is no such stack.
fn auxv_on_stack(sp: u64) -> alloc_crate::vec::Vec<[u64; 2]> {
    /// More than the kernel takes.
    const MAX_STRINGS: u64 = 1 << 20;
    const MAX_ENTRIES: usize = 64;
    let word = |at: u64| {
        let mut bytes = [0; 8];
        sys::read_guest(at, &mut bytes).then(|| u64::from_le_bytes(bytes))
    };
    let mut auxv = alloc_crate::vec::Vec::new();
    let Some(argc) = word(sp).filter(|argc| *argc < MAX_STRINGS) else { return auxv };
    let mut at = sp + 8 * (argc + 2);
    for _ in 0..MAX_STRINGS {
        at += 8;
        match word(at - 8) {
            Some(0) => break,
            Some(_) => {}
            None => return auxv,
        }
    }
    while auxv.len() < MAX_ENTRIES {
        let (Some(kind), Some(value)) = (word(at), word(at + 8)) else { break };
        auxv.push([kind, value]);
        at += 16;
        if kind == 0 {
            break;
        }
    }
    auxv
}
