//! The orders for the next program, and the exec that carries them out.

use super::request::Request;
use super::{Next, Target};
use crate::descriptors::{self, number};
use crate::limits;
use crate::procfs;
use crate::state::{Engine, orders};
use crate::sys::{self, *};
use alloc_crate::vec::Vec;
use clew_abi::orders::{ORDERS_LEN, Orders, Text, fd};

/// `orders::ORDERS_NAME`, terminated.
pub const NAME: &[u8] = b"clew-orders\0";
const AT_EMPTY_PATH: u64 = 0x1000;

/// Where the next program's events go.
#[derive(Default)]
pub struct Place {
    pub stream: u64,
    /// Its first segment, and the task's tick.
    pub segment: u64,
    pub tick: u64,
    /// The stream in which a process that shared memory has lived so far, and its last event there.
    pub parent_stream: u64,
    pub parent_event: u64,
}

impl Engine {
    /// Fills the memfd with the orders for the next program.
    pub(super) fn write_next_orders(
        &mut self,
        file: i32,
        request: &Request,
        target: &Target,
        place: &Place,
    ) {
        let mut bytes = alloc_crate::vec![0u8; ORDERS_LEN];
        let mut add = |text: &[u8]| {
            let offset = bytes.len() as u64;
            bytes.extend_from_slice(text);
            bytes.push(0);
            Text { offset, len: text.len() as u64 }
        };
        let next = Orders {
            program: add(&target.program),
            program_open: target.file as u64 + 1,
            descriptors: descriptors::for_orders(),
            execfn: add(&request.file_name()),
            comm: add(&comm(request, target)),
            marks: add(self.files.tables.noted()),
            address_space: self.task.process().limits.address_space_words(),
            hard_limits: self.task.process().limits.hard_words(),
            forbidden: self.forbidden_bits(),
            filters: add(&self.task.seccomp.to_bytes()),
            stream: place.stream,
            first_segment: place.segment,
            start_tick: place.tick,
            parent_stream: place.parent_stream,
            parent_event: place.parent_event,
            stack_limit: limits::get(limits::STACK)[0],
            chaos: self.chaos_of_next(),
            unblocked: !self.task.signals.blocked,
            ..*orders()
        };
        // SAFETY: `Orders` is made of `u64`s.
        let fixed: [u8; ORDERS_LEN] = unsafe { core::mem::transmute(next) };
        bytes[..ORDERS_LEN].copy_from_slice(&fixed);
        bytes.resize(bytes.len().next_multiple_of(4096), 0);
        limits::file_of(bytes.len() as u64, || sys::write(file, &bytes));
    }

    /// Executes the engine's image with the orders in `file`. Returns if that fails; then all is as it
    /// was.
    pub(super) fn start_image(&mut self, file: i32, target: &Target, argv: u64, envp: u64) -> i64 {
        let own = number(fd::ORDERS);
        let placed = own == fd::ORDERS && descriptors::replace(file, own, 0) >= 0;
        if placed {
            sys::close(file);
        } else {
            // The next engine looks for its orders; these are not what it must find.
            descriptors::cloexec(own, true);
        }
        descriptors::cloexec(target.file, false);
        let image = number(fd::ENGINE) as u64;
        let args = [image, c"".as_ptr() as u64, argv, envp, AT_EMPTY_PATH, 0];
        let result = self.kernel_leaving(__NR_execveat, args, Next::Engine);
        if !placed {
            sys::close(file);
            descriptors::cloexec(own, false);
        }
        result
    }
}

/// What the kernel calls the process: the last component of the path that was executed, or, for a
/// descriptor, of the loaded file's (before Linux 6.14: the descriptor's number).
fn comm(request: &Request, target: &Target) -> Vec<u8> {
    let name = request.file_name();
    let path = if request.of_descriptor() && kernel_at_least(6, 14) {
        let path = procfs::fd_path(target.file);
        path.strip_suffix(b" (deleted)").map(<[u8]>::to_vec).unwrap_or(path)
    } else {
        name
    };
    let last = path.rsplit(|&b| b == b'/').next().unwrap_or(&path);
    last[..last.len().min(15)].to_vec()
}

fn kernel_at_least(major: u64, minor: u64) -> bool {
    const FIELD: usize = 65;
    // struct utsname: six fields, the release is the third.
    let mut name = [0u8; 6 * FIELD];
    // SAFETY: writes the array.
    unsafe { syscall!(__NR_uname, name.as_mut_ptr()) };
    let mut parts = name[2 * FIELD..3 * FIELD].split(|b| !b.is_ascii_digit()).map(procfs::number);
    let mut part = || parts.next().flatten().unwrap_or(0);
    (part(), part()) >= (major, minor)
}
