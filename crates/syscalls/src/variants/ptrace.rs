//! `ptrace(2)`. `linux/ptrace.h`, `asm/ptrace-abi.h`. PEEK requests write a word at `data`: it is the C
//! library that turns it into a result.

use super::by;
use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::Nested::RegSet;
use crate::model::{Fallback, Variants, variants};

pub static PTRACE: Variants = by(0, ROWS, Fallback::Unknown);

#[rustfmt::skip]
variants! {
    ROWS;
    0 PTRACE_TRACEME Special(Ptrace) Never (request: Command);
    1 PTRACE_PEEKTEXT Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: OutBuf(Fixed(8)));
    2 PTRACE_PEEKDATA Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: OutBuf(Fixed(8)));
    3 PTRACE_PEEKUSER Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: OutBuf(Fixed(8)));
    4 PTRACE_POKETEXT Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Hex);
    5 PTRACE_POKEDATA Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Hex);
    6 PTRACE_POKEUSER Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Hex);
    7 PTRACE_CONT Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Signo);
    8 PTRACE_KILL Special(Ptrace) Never (request: Command, pid: Pid);
    9 PTRACE_SINGLESTEP Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Signo);
    12 PTRACE_GETREGS Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: OutBuf(Fixed(216)));
    13 PTRACE_SETREGS Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: InBuf(Fixed(216)));
    14 PTRACE_GETFPREGS Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: OutBuf(Fixed(512)));
    15 PTRACE_SETFPREGS Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: InBuf(Fixed(512)));
    16 PTRACE_ATTACH Special(Ptrace) Never (request: Command, pid: Pid);
    17 PTRACE_DETACH Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Signo);
    24 PTRACE_SYSCALL Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Signo);
    25 PTRACE_GET_THREAD_AREA Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: OutBuf(Fixed(16)));
    26 PTRACE_SET_THREAD_AREA Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: InBuf(Fixed(16)));
    30 PTRACE_ARCH_PRCTL Special(Ptrace) Never (request: Command, pid: Pid, addr: Opaque, data: Hex);
    31 PTRACE_SYSEMU Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Signo);
    32 PTRACE_SYSEMU_SINGLESTEP Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Signo);
    33 PTRACE_SINGLEBLOCK Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Signo);
    0x4200 PTRACE_SETOPTIONS Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Hex);
    0x4201 PTRACE_GETEVENTMSG Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: OutBuf(Fixed(8)));
    0x4202 PTRACE_GETSIGINFO Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: OutBuf(Fixed(128)));
    0x4203 PTRACE_SETSIGINFO Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: InBuf(Fixed(128)));
    0x4204 PTRACE_GETREGSET Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Nested(RegSet));
    0x4205 PTRACE_SETREGSET Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: InOutBuf(Fixed(16)));
    0x4206 PTRACE_SEIZE Special(Ptrace) Never (request: Command, pid: Pid, addr: Hex, data: Hex);
    0x4207 PTRACE_INTERRUPT Special(Ptrace) Never (request: Command, pid: Pid);
    0x4208 PTRACE_LISTEN Special(Ptrace) Never (request: Command, pid: Pid);
    0x4209 PTRACE_PEEKSIGINFO Special(Ptrace) Never (request: Command, pid: Pid, addr: InBuf(Fixed(16)), data: Opaque);
    0x420a PTRACE_GETSIGMASK Special(Ptrace) Never (request: Command, pid: Pid, addr: Size, data: OutBuf(Fixed(8)));
    0x420b PTRACE_SETSIGMASK Special(Ptrace) Never (request: Command, pid: Pid, addr: Size, data: InBuf(Fixed(8)));
    0x420c PTRACE_SECCOMP_GET_FILTER Special(Ptrace) Never (request: Command, pid: Pid, addr: Size, data: Opaque);
    0x420d PTRACE_SECCOMP_GET_METADATA Special(Ptrace) Never (request: Command, pid: Pid, addr: Size, data: InOutBuf(Result(2)));
    0x420e PTRACE_GET_SYSCALL_INFO Special(Ptrace) Never (request: Command, pid: Pid, addr: Size, data: OutBuf(Result(2)));
    0x420f PTRACE_GET_RSEQ_CONFIGURATION Special(Ptrace) Never (request: Command, pid: Pid, addr: Size, data: OutBuf(Result(2)));
    0x4210 PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG Special(Ptrace) Never (request: Command, pid: Pid, addr: Size, data: InBuf(Arg(2)));
    0x4211 PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG Special(Ptrace) Never (request: Command, pid: Pid, addr: Size, data: OutBuf(Arg(2)));
    0x4212 PTRACE_SET_SYSCALL_INFO Special(Ptrace) Never (request: Command, pid: Pid, addr: Size, data: InBuf(Arg(2)));
}
