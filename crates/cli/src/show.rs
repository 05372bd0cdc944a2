//! Events as people and scripts read them.

use clew_abi::record::{
    ATT_ARGV, ATT_EXE, ATT_STRING, ATT_WRITE, INSTR_CPUID, INSTR_RDPID, INSTR_RDPMC, INSTR_RDRAND,
    INSTR_RDSEED, INSTR_RDTSC, INSTR_RDTSCP, INSTR_XGETBV, Kind, REC_INTERRUPTED, SIG_ACT_FATAL,
    SIG_ACT_HANDLER, SIG_ACT_IGNORED, SyscallPayload,
};
use clew_syscalls::{Call, GuestMemory};
use clew_trace::Record;
use serde::Serialize;

use crate::text;

/// An event in JSON.
#[derive(Serialize)]
pub struct Event {
    event: u64,
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
    pub fn new(record: &Record<'_>, text: String) -> Self {
        let call = record.syscall();
        let pc = None
            .or(call.map(|c| c.pc))
            .or(record.instr().map(|i| i.pc))
            .or(record.signal().map(|s| s.pc))
            .or(record.exec().map(|e| e.pc));
        Self {
            event: record.header.event,
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
    }
}

/// What happened, on one line.
pub fn describe(record: &Record<'_>) -> String {
    let described = match record.kind {
        Kind::Exec => describe_exec(record),
        Kind::Syscall => describe_syscall(record),
        Kind::Instr => describe_instr(record),
        Kind::Signal => describe_signal(record),
        Kind::Switch => record.switch_to().map(|tid| format!("switch to {tid}")),
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
    let memory = Recorded { record, made };
    let mut line = String::new();
    clew_syscalls::format::write_call(&mut line, &call, Some(made.result), &memory).ok()?;
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
        INSTR_RDPMC => "rdpmc",
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

/// The guest's memory as far as a system call's record shows it.
struct Recorded<'a> {
    record: &'a Record<'a>,
    made: SyscallPayload,
}

impl GuestMemory for Recorded<'_> {
    fn read(&self, addr: u64, buf: &mut [u8]) -> bool {
        self.record.attachments().any(|attachment| {
            let (start, end) = match attachment.kind {
                ATT_WRITE => (attachment.addr, 0),
                // A string is recorded without the NUL that ends it.
                ATT_STRING => match self.made.args.get(attachment.addr as usize) {
                    Some(start) => (*start, 1),
                    None => return false,
                },
                _ => return false,
            };
            let Some(from) = addr.checked_sub(start).and_then(|n| usize::try_from(n).ok()) else {
                return false;
            };
            let padded = attachment.bytes.len() + end;
            if from >= padded || buf.len() > padded - from {
                return false;
            }
            let tail = attachment.bytes.get(from..).unwrap_or_default();
            let copied = tail.len().min(buf.len());
            buf[..copied].copy_from_slice(&tail[..copied]);
            buf[copied..].fill(0);
            true
        })
    }
}
