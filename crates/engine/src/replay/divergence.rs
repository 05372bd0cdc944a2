//! What the user is told when a replay departs from the recording: the event, both states, what differs,
//! and the likely cause.

use crate::crash::{self, Report};
use crate::log::{check_of, registers_check};
use crate::state::{Engine, ctx};
use crate::stream::Record;
use crate::supervisor;
use crate::sys;
use clew_abi::control;
use clew_abi::record::*;
use clew_syscalls::Call;
use clew_translate::context::reg;
use core::fmt::Write;

/// What cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The guest does something else than recorded.
    Guest,
    /// The kernel does not do again what it did.
    Kernel,
    /// Memory is not what was recorded.
    Memory,
    /// The trace asks for what cannot be.
    Trace,
}

/// Where arguments of calls are, in order.
const ARGUMENTS: [(usize, &str); 6] = [
    (reg::RDI, "rdi"),
    (reg::RSI, "rsi"),
    (reg::RDX, "rdx"),
    (reg::R10, "r10"),
    (reg::R8, "r8"),
    (reg::R9, "r9"),
];

impl Engine {
    /// The replay departed from the recording: reports both states and ends.
    pub fn diverged(&mut self, why: Why, what: &str, record: &Record) -> ! {
        self.report_divergence(why, what, record, None)
    }

    /// The guest makes `call` where the recording has `record`.
    pub fn diverged_at_call(&mut self, what: &str, record: &Record, call: &Call) -> ! {
        self.report_divergence(Why::Guest, what, record, Some(call))
    }

    fn report_divergence(
        &mut self,
        why: Why,
        what: &str,
        record: &Record,
        call: Option<&Call>,
    ) -> ! {
        let mut report = Report::new();
        let event = record.header.event;
        let (pid, tid) = (self.pid, self.task.tid);
        let _ = writeln!(report, "replay diverged at event {event}: {what}");
        let _ = write!(report, "  process {pid}");
        if tid != pid {
            let _ = write!(report, ", thread {tid}");
        }
        let _ = report.write_str(" of ");
        for c in self.exe.chars().filter(|c| !c.is_control()) {
            let _ = report.write_char(c);
        }
        let _ = writeln!(report);
        describe_recorded(record, &mut report);
        self.describe_replayed(call, &mut report);
        let elsewhere = self.differences(record, call, &mut report);
        self.likely_cause(why, elsewhere, event, &mut report);
        crash::describe(&mut report);
        supervisor::send(control::DIVERGED, event, report.bytes());
        sys::exit_group(1)
    }

    fn describe_replayed(&self, call: Option<&Call>, report: &mut Report) {
        let _ = write!(report, "replayed: ");
        match call {
            Some(call) => write_plainly(report, call, None),
            None => {
                let _ = writeln!(report, "no such event");
            }
        }
        let (pc, tick) = (ctx().pc, self.ticks.now());
        let check = registers_check();
        let _ = writeln!(report, "  at pc {pc:#x}, tick {tick}, registers {check:08x}");
    }

    /// Lists what differs. True if control is not where it was.
    fn differences(&self, record: &Record, call: Option<&Call>, report: &mut Report) -> bool {
        let header = &record.header;
        let mut list = List { report, any: false };
        let mut elsewhere = false;
        if header.tid != self.task.tid {
            elsewhere = true;
            list.add(format_args!("the thread (recorded: {})", header.tid));
        }
        let now = self.ticks.now();
        if header.tick != now {
            elsewhere = true;
            let (by, how) =
                (now.abs_diff(header.tick), if now > header.tick { "later" } else { "earlier" });
            list.add(format_args!("the tick ({by} {how})"));
        }
        if let Some(pc) = pc_of(record).filter(|pc| *pc != ctx().pc) {
            elsewhere = true;
            list.add(format_args!("the pc (recorded: {pc:#x})"));
        }
        let mut recorded = ctx().gpr;
        if let (Kind::Syscall, Some(call)) = (record.kind, call) {
            let p: SyscallPayload = record.payload();
            if p.nr != u64::from(call.nr) {
                elsewhere = true;
                list.add(format_args!("the call"));
            }
            recorded[reg::RAX] = p.nr;
            for (i, (register, name)) in ARGUMENTS.into_iter().enumerate() {
                recorded[register] = p.args[i];
                if p.args[i] != call.args[i] {
                    let (was, is) = (p.args[i], call.args[i]);
                    list.add(format_args!("argument {i} in {name} ({is:#x} instead of {was:#x})"));
                }
            }
        }
        // The trace has a hash of them only.
        if header.check != check_of(&recorded) {
            list.add(format_args!("other registers"));
        }
        if list.any {
            let _ = writeln!(list.report);
        }
        elsewhere
    }

    fn likely_cause(&self, why: Why, elsewhere: bool, event: u64, report: &mut Report) {
        let before = self.recent.iter().map(|(event, ..)| *event).filter(|e| *e != 0 && *e < event);
        let last = before.max().unwrap_or(0);
        let _ = report.write_str("likely: ");
        let _ = match why {
            Why::Guest if elsewhere => writeln!(
                report,
                "behind event {last} the program went another way: an instruction gave another result, or it \
                 read memory that a call or another process wrote and the trace does not have"
            ),
            Why::Guest => writeln!(
                report,
                "behind event {last} the program came the same way with another value: of an instruction, or \
                 of memory that a call or another process wrote and the trace does not have"
            ),
            Why::Memory => writeln!(
                report,
                "since memory was compared last, a call wrote some that the trace does not have, or an \
                 instruction stored another result"
            ),
            Why::Kernel => writeln!(
                report,
                "the kernel has less memory or fewer mappings to give than it had then (`ulimit -v`, \
                 vm.max_map_count, vm.overcommit_memory), or another version of it answers differently"
            ),
            Why::Trace => writeln!(
                report,
                "the trace was changed since it was recorded, or there is less room for the process here \
                 (`ulimit -v`, vm.max_map_count)"
            ),
        };
    }
}

/// Parts of a sentence.
struct List<'a> {
    report: &'a mut Report,
    any: bool,
}

impl List<'_> {
    fn add(&mut self, what: core::fmt::Arguments) {
        let _ = self.report.write_str(if self.any { ", " } else { "different: " });
        let _ = self.report.write_fmt(what);
        self.any = true;
    }
}

fn describe_recorded(record: &Record, report: &mut Report) {
    let _ = write!(report, "recorded: ");
    match record.kind {
        Kind::Syscall => {
            let p: SyscallPayload = record.payload();
            write_plainly(report, &Call { nr: p.nr as u32, args: p.args }, Some(p.result));
        }
        Kind::Fork => {
            let p: ForkPayload = record.payload();
            write_plainly(report, &Call { nr: p.nr as u32, args: p.args }, None);
        }
        Kind::Instr => {
            let p: InstrPayload = record.payload();
            let _ = writeln!(report, "instruction {} of those that are recorded", p.op);
        }
        Kind::Signal => {
            let p: SignalPayload = record.payload();
            let _ = writeln!(report, "signal {}", p.signo);
        }
        kind => {
            let _ = writeln!(report, "{kind:?}");
        }
    }
    let h = &record.header;
    let _ = match pc_of(record) {
        Some(pc) => write!(report, "  at pc {pc:#x}, "),
        None => write!(report, "  at "),
    };
    let _ = writeln!(report, "tick {}, registers {:08x}", h.tick, h.check);
}

/// Where the task of the record's header stood.
fn pc_of(record: &Record) -> Option<u64> {
    Some(match record.kind {
        Kind::Syscall => record.payload::<SyscallPayload>().pc,
        Kind::Instr => record.payload::<InstrPayload>().pc,
        Kind::Signal => record.payload::<SignalPayload>().pc,
        Kind::Switch => record.payload::<SwitchPayload>().pc,
        Kind::Child => record.payload::<ChildPayload>().pc,
        Kind::Memory => record.payload::<MemoryPayload>().pc,
        Kind::Fork => record.payload::<ForkPayload>().pc,
        _ => return None,
    })
}

/// A call as numbers: names of flags and the like are for `clew dump`.
fn write_plainly(report: &mut Report, call: &Call, result: Option<i64>) {
    let row = clew_syscalls::lookup(call.nr);
    let _ = match row {
        Some(row) => write!(report, "{}(", row.name),
        None => write!(report, "call {}(", call.nr),
    };
    let count = row.map_or(call.args.len(), |row| row.args.len());
    for (i, arg) in call.args.iter().take(count).enumerate() {
        let _ = write!(report, "{}{arg:#x}", if i == 0 { "" } else { ", " });
    }
    let _ = match result {
        Some(result) => writeln!(report, ") = {result}"),
        None => writeln!(report, ")"),
    };
}
