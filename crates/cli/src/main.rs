//! The `clew` command.
//!
//! # Safety
//! There is no Rust `main`: its runtime would ignore `SIGPIPE`, open the standard descriptors that
//! are closed and install fault handlers, none of which a recorded program may inherit, and an
//! ignored signal cannot be told from one that was ignored before. `main` below is called by the C
//! library, once.
#![no_main]
#![deny(unsafe_code)]

use std::ffi::{c_char, c_int};
use std::os::fd::AsRawFd;
use std::panic::catch_unwind;

use rustix::fs::{Mode, OFlags, open};

#[allow(unsafe_code, reason = "the C library's entry point, see above")]
#[unsafe(no_mangle)]
pub extern "C" fn main(_argc: c_int, _argv: *const *const c_char) -> c_int {
    catch_unwind(run).unwrap_or(clew_cli::FAILED)
}

fn run() -> i32 {
    occupy_standard_descriptors();
    clew_cli::start(std::env::args_os().collect())
}

/// Puts something at descriptors 0 to 2 that are closed, so that what clew opens does not land
/// there and get written to. It is closed again for the guest, by exec.
fn occupy_standard_descriptors() {
    let flags = OFlags::RDWR | OFlags::CLOEXEC;
    loop {
        match open("/dev/null", flags, Mode::empty()) {
            Ok(fd) if fd.as_raw_fd() <= 2 => std::mem::forget(fd),
            _ => return,
        }
    }
}
