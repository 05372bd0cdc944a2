//! Events as people and scripts read them.

use clew_abi::record::{
    ATT_ARGV, ATT_EXE, ATT_STRING, ATT_WRITE, INSTR_CPUID, INSTR_RDPID, INSTR_RDRAND, INSTR_RDSEED,
    INSTR_RDTSC, INSTR_RDTSCP, INSTR_XGETBV, Kind, REC_INTERRUPTED, SIG_ACT_FATAL, SIG_ACT_HANDLER,
    SIG_ACT_IGNORED,
};
use clew_syscalls::Call;
use clew_trace::records::{Attachment, Record};
use serde::Serialize;

use crate::text;

/// An event in JSON.
#[derive(Serialize)]
pub struct Event {
    event: u64,
    stream: u32,
    pid: u32,
    tid: u32,
    tick: u64,
    kind: &'static str,
    /// Address of the instruction, where there is one.
    pc: Option<u64>,
    /// Number, arguments and result of a system call.
    nr: Option<u64>,
    args: Option<[u64; 6]>,
    result: Option<i64>,
    /// What the text dump says.
    text: String,
}

impl Event {
    pub fn new(record: &Record<'_>, stream: u32, pid: u32, text: String) -> Self {
        let call = record.syscall();
        let pc = None
            .or(call.map(|c| c.pc))
            .or(record.instr().map(|i| i.pc))
            .or(record.signal().map(|s| s.pc))
            .or(record.exec().map(|e| e.pc))
            .or(record.fork().map(|f| f.pc))
            .or(record.switch().map(|s| s.pc))
            .or(record.memory().map(|m| m.pc))
            .or(record.child().map(|c| c.pc));
        Self {
            event: record.header.event,
            stream,
            pid,
            tid: record.header.tid,
            tick: record.header.tick,
            kind: kind_name(record.kind),
            pc,
            nr: call.map(|c| c.nr),
            args: call.map(|c| c.args),
            result: call.map(|c| c.result),
            text,
        }
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::None => "none",
        Kind::SegmentEnd => "segment_end",
        Kind::Exec => "exec",
        Kind::Syscall => "syscall",
        Kind::Instr => "instruction",
        Kind::Signal => "signal",
        Kind::Switch => "switch",
        Kind::Exit => "exit",
        Kind::Data => "data",
        Kind::Fork => "fork",
        Kind::Memory => "memory",
        Kind::Child => "child",
    }
}

/// What happened, on one line.
pub fn describe(record: &Record<'_>) -> String {
    let described = match record.kind {
        Kind::Exec => describe_exec(record),
        Kind::Syscall => describe_syscall(record),
        Kind::Instr => describe_instr(record),
        Kind::Signal => describe_signal(record),
        Kind::Switch => record.switch().map(|switch| format!("switch to {}", switch.tid)),
        Kind::Fork => record.fork().map(|fork| {
            let (stream, event) = (fork.parent_stream, fork.parent_event);
            format!("forked as {} at event {event} of stream {stream}", fork.pid)
        }),
        Kind::Child => {
            record.child().map(|c| format!("task {} begins, made by {}", c.tid, c.maker))
        }
        Kind::Memory => record.memory().map(|memory| format!("memory changed at {:#x}", memory.pc)),
        Kind::Exit => record.exit().map(|exit| match exit.signal {
            0 => format!("exited with {}", exit.code),
            signal => format!("killed by {}", text::signal_name(signal as i32)),
        }),
        Kind::None | Kind::SegmentEnd | Kind::Data => None,
    };
    described.unwrap_or_else(|| kind_name(record.kind).into())
}

fn describe_exec(record: &Record<'_>) -> Option<String> {
    let exec = record.exec()?;
    let find = |kind| record.attachments().find(|a| a.kind == kind).map_or(&[][..], |a| a.bytes);
    let argv = find(ATT_ARGV);
    let words = argv.strip_suffix(b"\0").unwrap_or(argv).split(|&b| b == 0);
    let words: Vec<_> = words.map(|w| w.escape_ascii().to_string()).collect();
    let exe = find(ATT_EXE).escape_ascii();
    Some(format!("exec \"{exe}\" [\"{}\"] as {}", words.join("\", \""), exec.pid))
}

fn describe_syscall(record: &Record<'_>) -> Option<String> {
    let made = record.syscall()?;
    let call = Call { nr: made.nr as u32, args: made.args };
    let string = |index: usize| {
        let at = *made.args.get(index)?;
        let is_it = |a: &Attachment<'_>| match a.kind {
            ATT_STRING => a.addr == index as u64,
            ATT_WRITE => a.addr == at && at != 0,
            _ => false,
        };
        record.attachments().find(is_it).map(|a| a.bytes)
    };
    let mut line = String::new();
    clew_syscalls::write_call(&mut line, &call, made.result, &string).ok()?;
    if record.header.flags & REC_INTERRUPTED != 0 {
        line.push_str(" (interrupted)");
    }
    Some(line)
}

fn describe_instr(record: &Record<'_>) -> Option<String> {
    let instr = record.instr()?;
    let name = match instr.op {
        INSTR_RDTSC => "rdtsc",
        INSTR_RDTSCP => "rdtscp",
        INSTR_RDPID => "rdpid",
        INSTR_CPUID => "cpuid",
        INSTR_RDRAND => "rdrand",
        INSTR_RDSEED => "rdseed",
        INSTR_XGETBV => "xgetbv",
        _ => "instruction",
    };
    let (rax, rbx, rcx, rdx) = (instr.rax, instr.rbx, instr.rcx, instr.rdx);
    Some(format!("{name} at {:#x}: rax={rax:#x} rbx={rbx:#x} rcx={rcx:#x} rdx={rdx:#x}", instr.pc))
}

fn describe_signal(record: &Record<'_>) -> Option<String> {
    let signal = record.signal()?;
    let what = match signal.action {
        SIG_ACT_FATAL => "fatal",
        SIG_ACT_HANDLER => "handled",
        SIG_ACT_IGNORED => "ignored",
        _ => "of unknown effect",
    };
    let name = text::signal_name(signal.signo as i32);
    // si_addr of the faults follows si_signo, si_errno, si_code and padding.
    let address = match signal.signo {
        4 | 5 | 7 | 8 | 11 => format!(", address {:#x}", signal.siginfo[2]),
        _ => String::new(),
    };
    Some(format!("{name} at {:#x}, {what}{address}", signal.pc))
}
