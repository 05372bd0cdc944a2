//! gdb numbers signals in its own way (`include/gdb/signals.def`); guests' numbers are Linux's.

/// gdb's numbers of signals 1 to 31.
#[rustfmt::skip]
const GDB: [u8; 31] = [
    1, 2, 3, 4, 5, 6, 10, 8, // HUP INT QUIT ILL TRAP ABRT BUS FPE
    9, 30, 11, 31, 13, 14, 15, 143, // KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT (unknown)
    20, 19, 17, 18, 21, 22, 16, 24, // CHLD CONT STOP TSTP TTIN TTOU URG XCPU
    25, 26, 27, 28, 23, 32, 12, // XFSZ VTALRM PROF WINCH IO PWR SYS
];

/// gdb's number for one it has no name for.
const UNKNOWN: u8 = 143;

pub fn to_gdb(signal: u8) -> u8 {
    match signal {
        1..=31 => GDB[usize::from(signal) - 1],
        32 => 77,
        33..=63 => signal - 33 + 45,
        64 => 78,
        _ => UNKNOWN,
    }
}

/// The guest's signals that gdb means; none for a number that no guest can get.
pub fn from_gdb(number: u8) -> Option<u8> {
    // SIGPOLL is SIGIO under Linux.
    if number == 33 {
        return Some(29);
    }
    (1..=64).find(|&signal| number != UNKNOWN && to_gdb(signal) == number)
}

/// Its name, for messages.
pub fn name(signal: i32) -> String {
    #[rustfmt::skip]
    const NAMES: [&str; 31] = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE",
        "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU",
        "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];
    match usize::try_from(signal).ok().and_then(|n| NAMES.get(n.wrapping_sub(1))) {
        Some(name) => format!("SIG{name}"),
        None => format!("signal {signal}"),
    }
}
