//! The memory that translated code and the engine share, at one fixed address below 2 GiB.

use clew_abi::layout::CONTEXT;

/// Number of tick counters. Consecutive ticks of one counter form a chain of store-to-load
/// forwards, so sites are spread over several.
pub const COUNTERS: usize = 8;

/// What one tick takes from a counter. A multiple of 256: then subtracting it leaves status flags
/// that do not depend on the counter, and so are the same while recording and replaying.
pub const TICK: u64 = 256;
/// The status flags (as rflags bits) a counted tick leaves where they are dead: PF alone.
pub const TICK_FLAGS: u64 = 4;

/// Register numbers as the hardware encodes them.
pub mod reg {
    pub const RAX: usize = 0;
    pub const RCX: usize = 1;
    pub const RDX: usize = 2;
    pub const RBX: usize = 3;
    pub const RSP: usize = 4;
    pub const RBP: usize = 5;
    pub const RSI: usize = 6;
    pub const RDI: usize = 7;
    pub const R8: usize = 8;
    pub const R9: usize = 9;
    pub const R10: usize = 10;
    pub const R11: usize = 11;
}

/// The guest's registers while the engine runs, and what translated code keeps in memory.
#[repr(C, align(64))]
pub struct GuestContext {
    /// General registers in hardware order.
    pub gpr: [u64; 16],
    /// Tick counters: each is at least 1 while translated code runs; the one that reaches 0 leaves
    /// the cache.
    pub counters: [u64; COUNTERS],
    /// Guest rcx while an indirect branch is under way.
    pub spill_rcx: u64,
    /// A scratch register's guest value within one instruction's translation; rdx during a hashed
    /// lookup.
    pub spill_scratch: u64,
    /// Number of the [`crate::Site`] that left the cache.
    pub exit_site: u64,
    /// Guest target of an indirect branch that found no translation.
    pub exit_target: u64,
    /// If that was by way of the hashed lookup, or from a single block: where in the cache (as an
    /// offset) the branch is, 0 if that is not known.
    pub exit_from: u64,
    pub rflags: u64,
    /// Where in the cache to go on.
    pub resume: u64,
    /// Guest pc, valid while the engine runs.
    pub pc: u64,
    /// xmm0 to xmm15: the only vector state the engine's own code may touch.
    pub xmm: [[u64; 2]; 16],
    /// Address of the running task's word that is not zero when a signal waits for it.
    pub pending_at: u64,
    /// The engine stack pointer to use when leaving the cache.
    pub engine_sp: u64,
}

/// Exit site number of the miss stub.
pub const EXIT_MISS: u32 = u32::MAX;
/// Exit "site" of a fault or signal taken in the cache: set by the engine's signal handler.
pub const EXIT_FAULT: u32 = u32::MAX - 1;

/// Absolute address of a field, as a sign-extended 32-bit displacement.
#[macro_export]
macro_rules! context_addr {
    ($($field:tt)+) => {
        (clew_abi::layout::CONTEXT as u32)
            + core::mem::offset_of!($crate::context::GuestContext, $($field)+) as u32
    };
}

/// Absolute address of counter `k`.
pub const fn counter_addr(k: usize) -> u32 {
    CONTEXT as u32 + core::mem::offset_of!(GuestContext, counters) as u32 + 8 * k as u32
}

/// The tables that say of an access whether it may touch watched memory: bytes that are not zero if it
/// may. They are looked into by the address's low bits.
pub mod watch {
    use clew_abi::layout::WATCH;

    /// By bits 3 to 18 of the address: for accesses of 8 bytes at most, and of 64.
    pub const COARSE: [u64; 2] = [WATCH.start, WATCH.start + TABLE];
    /// By the low 16 bits: for accesses of 1 byte, 2, 4, ... 64.
    pub const FINE: u64 = WATCH.start + 2 * TABLE;
    /// Bytes of a table.
    pub const TABLE: u64 = 1 << 16;
    /// Classes of sizes that `FINE` has tables of.
    pub const CLASSES: u32 = 7;

    const _: () = assert!(FINE + CLASSES as u64 * TABLE <= WATCH.end);

    /// The coarse table for accesses of so many bytes.
    pub const fn coarse(size: u32) -> u64 {
        COARSE[(size > 8) as usize]
    }

    /// The class of a size of 64 bytes at most.
    pub const fn class(size: u32) -> u32 {
        size.next_power_of_two().trailing_zeros()
    }

    /// The fine table of a class.
    pub const fn fine(class: u32) -> u64 {
        FINE + class as u64 * TABLE
    }
}
