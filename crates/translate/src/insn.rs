//! What has to be done about a guest instruction.

use iced_x86::{
    Code, FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register,
};

/// How an instruction is translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Copied as it is.
    Copy,
    /// Copied with another displacement.
    RipRelative,
    /// `jcc`: condition (low nibble of the opcode), target.
    Branch {
        cc: u8,
        target: u64,
    },
    /// `loop`, `loope`, `loopne`, `jrcxz`, `jecxz`: the opcode, and whether the address size is 32.
    CountBranch {
        opcode: u8,
        address32: bool,
        target: u64,
    },
    Jump {
        target: u64,
    },
    Call {
        target: u64,
    },
    JumpIndirect,
    CallIndirect,
    /// Bytes to release after popping the return address.
    Return {
        release: u16,
    },
    Syscall,
    /// The engine does it: nondeterministic, or with a result that would show the engine.
    Intrinsic,
    /// Traps: `int3`, `int n`, `int1`, `into`.
    Trap,
    /// Copied; always faults, so nothing follows.
    Fault,
    /// `popf`: the engine takes the flags, which may be more than status flags, from the stack.
    PopFlags {
        short: bool,
    },
    /// Far branches, `iret`, `sysret`, 16-bit branches: the engine's, or nobody's.
    Unsupported,
}

/// Classifies a valid instruction.
pub fn action(instr: &Instruction) -> Action {
    match instr.flow_control() {
        FlowControl::Next => next_action(instr),
        FlowControl::ConditionalBranch => conditional(instr),
        FlowControl::UnconditionalBranch => match instr.op0_kind() {
            OpKind::NearBranch64 => Action::Jump { target: instr.near_branch64() },
            _ => Action::Unsupported,
        },
        FlowControl::IndirectBranch => match instr.code() {
            Code::Jmp_rm64 => Action::JumpIndirect,
            _ => Action::Unsupported,
        },
        FlowControl::Return => match instr.code() {
            Code::Retnq => Action::Return { release: 0 },
            Code::Retnq_imm16 => Action::Return { release: instr.immediate16() },
            _ => Action::Unsupported,
        },
        FlowControl::Call => match instr.op0_kind() {
            OpKind::NearBranch64 => Action::Call { target: instr.near_branch64() },
            _ if instr.code() == Code::Syscall => Action::Syscall,
            _ => Action::Unsupported,
        },
        FlowControl::IndirectCall => match instr.code() {
            Code::Call_rm64 => Action::CallIndirect,
            _ => Action::Unsupported,
        },
        FlowControl::Interrupt => Action::Trap,
        FlowControl::XbeginXabortXend => Action::Intrinsic,
        FlowControl::Exception => Action::Fault,
    }
}

fn next_action(instr: &Instruction) -> Action {
    if let Code::Popfq | Code::Popfw = instr.code() {
        Action::PopFlags { short: instr.code() == Code::Popfw }
    } else if is_intrinsic(instr.mnemonic()) {
        Action::Intrinsic
    } else if instr.is_ip_rel_memory_operand() {
        Action::RipRelative
    } else {
        Action::Copy
    }
}

fn conditional(instr: &Instruction) -> Action {
    if instr.op0_kind() != OpKind::NearBranch64 {
        return Action::Unsupported;
    }
    let target = instr.near_branch64();
    let count = |opcode, address32| Action::CountBranch { opcode, address32, target };
    match instr.code() {
        Code::Loopne_rel8_64_RCX => count(0xe0, false),
        Code::Loopne_rel8_64_ECX => count(0xe0, true),
        Code::Loope_rel8_64_RCX => count(0xe1, false),
        Code::Loope_rel8_64_ECX => count(0xe1, true),
        Code::Loop_rel8_64_RCX => count(0xe2, false),
        Code::Loop_rel8_64_ECX => count(0xe2, true),
        Code::Jrcxz_rel8_64 => count(0xe3, false),
        Code::Jecxz_rel8_64 => count(0xe3, true),
        code => match condition_nibble(code) {
            Some(cc) => Action::Branch { cc, target },
            None => Action::Unsupported,
        },
    }
}

fn condition_nibble(code: Code) -> Option<u8> {
    use iced_x86::ConditionCode::*;
    Some(match code.condition_code() {
        o => 0,
        no => 1,
        b => 2,
        ae => 3,
        e => 4,
        ne => 5,
        be => 6,
        a => 7,
        s => 8,
        ns => 9,
        p => 10,
        np => 11,
        l => 12,
        ge => 13,
        le => 14,
        g => 15,
        None => return Option::None,
    })
}

/// Instructions whose result is not a function of the guest's state, or that would show the
/// engine's own addresses (instruction pointers in x87 and XSAVE images).
fn is_intrinsic(mnemonic: Mnemonic) -> bool {
    use Mnemonic::*;
    matches!(
        mnemonic,
        Rdtsc
            | Rdtscp
            | Rdpid
            | Cpuid
            | Rdrand
            | Rdseed
            | Xgetbv
            | Rdpmc
            | Xtest
            | Xsave
            | Xsave64
            | Xsavec
            | Xsavec64
            | Xsaveopt
            | Xsaveopt64
            | Fxsave
            | Fxsave64
            | Fnstenv
            | Fnsave
            // A loop that waits for another task: the engine may let that one run.
            | Pause
            | Umwait
            | Tpause
            | Umonitor
    )
}

/// Number of a 64-bit general register as the hardware encodes it.
pub fn register_number(reg: Register) -> Option<u8> {
    let full = reg.full_register();
    if full.is_gpr64() { Some(full.number() as u8) } else { None }
}

/// May the instruction write rcx, or a part of it?
pub fn writes_rcx(instr: &Instruction) -> bool {
    let mut factory = InstructionInfoFactory::new();
    let reads =
        |access| matches!(access, OpAccess::Read | OpAccess::CondRead | OpAccess::NoMemAccess);
    factory
        .info(instr)
        .used_registers()
        .iter()
        .any(|used| register_number(used.register()) == Some(1) && !reads(used.access()))
}
