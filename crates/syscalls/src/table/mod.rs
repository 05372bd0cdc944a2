//! The table: families of calls in files of their own, one index over all of them.

mod fs;
mod io;
mod ipc;
mod mem;
mod net;
mod process;
mod signal;
mod system;
mod time;

use crate::model::Syscall;

pub(crate) const FAMILIES: [&[Syscall]; 9] = [
    io::IO,
    fs::FS,
    mem::MEM,
    process::PROCESS,
    signal::SIGNAL,
    net::NET,
    time::TIME,
    ipc::IPC,
    system::SYSTEM,
];

/// One past the highest number.
pub const END: usize = 472;

/// The numbers the x86-64 table of the kernel uses; those between are free for ever.
const USED: [core::ops::Range<usize>; 2] = [0..337, 424..END];

/// Row of each number. Two rows for a number, a number without one, or a seventh argument do not
/// compile.
static TABLE: [Option<Syscall>; END] = {
    let mut table = [None; END];
    let mut family = 0;
    while family < FAMILIES.len() {
        let mut row = 0;
        while row < FAMILIES[family].len() {
            let call = FAMILIES[family][row];
            assert!(table[call.nr as usize].is_none(), "a call has two rows");
            assert!(call.args.len() <= 6, "a call has too many arguments");
            table[call.nr as usize] = Some(call);
            row += 1;
        }
        family += 1;
    }
    let mut range = 0;
    while range < USED.len() {
        let mut nr = USED[range].start;
        while nr < USED[range].end {
            assert!(table[nr].is_some(), "a call has no row");
            nr += 1;
        }
        range += 1;
    }
    table
};

/// The row of a call.
pub fn lookup(nr: u32) -> Option<&'static Syscall> {
    TABLE.get(nr as usize)?.as_ref()
}

/// [`lookup`] at compile time.
pub const fn row(nr: u32) -> Option<Syscall> {
    let mut family = 0;
    while family < FAMILIES.len() {
        let mut row = 0;
        while row < FAMILIES[family].len() {
            if FAMILIES[family][row].nr == nr {
                return Some(FAMILIES[family][row]);
            }
            row += 1;
        }
        family += 1;
    }
    None
}

/// All rows, by number.
pub fn all() -> impl Iterator<Item = &'static Syscall> {
    TABLE.iter().flatten()
}
