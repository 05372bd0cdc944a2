//! Messages to and from the supervisor.

use crate::sys::{self, syscall};
use clew_abi::control::{HEADER_LEN, Header, MAX_PAYLOAD};
use crate::descriptors::number;
use clew_abi::orders::fd;

const MSG_NOSIGNAL: u64 = 0x4000;

#[repr(C)]
struct Iovec {
    base: *const u8,
    len: usize,
}

/// `struct msghdr` of the kernel's ABI.
#[repr(C)]
struct Msghdr {
    name: u64,
    namelen: u64,
    iov: *const Iovec,
    iovlen: usize,
    control: u64,
    controllen: u64,
    flags: u64,
}

/// Sends one message; a supervisor that is gone is no error (the recording goes on without it).
/// Payloads longer than a packet are cut.
pub fn send(kind: u32, arg: u64, payload: &[u8]) -> bool {
    let payload = &payload[..payload.len().min(MAX_PAYLOAD)];
    let header = Header { kind, len: payload.len() as u32, arg }.to_bytes();
    let iov = [
        Iovec { base: header.as_ptr(), len: HEADER_LEN },
        Iovec { base: payload.as_ptr(), len: payload.len() },
    ];
    let msg = Msghdr {
        name: 0,
        namelen: 0,
        iov: iov.as_ptr(),
        iovlen: 2,
        control: 0,
        controllen: 0,
        flags: 0,
    };
    loop {
        // SAFETY: the message points to live buffers.
        let r = unsafe {
            syscall!(sys::__NR_sendmsg, number(fd::CONTROL), &raw const msg, MSG_NOSIGNAL)
        };
        if r != -(sys::EINTR as i64) {
            return r >= 0;
        }
    }
}

/// Waits for a moment. False if the supervisor is gone.
pub fn wait_a_little() -> bool {
    let timeout = [0u64, 500_000];
    // struct pollfd { fd, events, revents }; a peer that is gone shows as POLLHUP unasked.
    let mut poll = [number(fd::CONTROL), 0];
    // SAFETY: the kernel writes `revents`.
    let ready = unsafe {
        syscall!(sys::__NR_ppoll, poll.as_mut_ptr(), 1, timeout.as_ptr(), 0, 8)
    };
    ready <= 0
}

/// A warning for the user.
pub fn warn(text: &str) {
    send(clew_abi::control::WARNING, 0, text.as_bytes());
}

/// Asks for a stored file (replaying), read-only or as a `WRITABLE_COPY`. Returns a descriptor or a
/// negated errno.
pub fn need_file(key: &[u8], how: u64) -> i64 {
    need(clew_abi::control::NEED_FILE, key, how)
}

/// Asks for a file of some kind. Returns a descriptor or a negated errno.
pub fn need(kind: u32, name: &[u8], how: u64) -> i64 {
    if !send(kind, how, name) {
        return -(sys::EPIPE as i64);
    }
    let mut header = [0u8; HEADER_LEN];
    // cmsghdr { len: u64, level: i32, type: i32 } and one descriptor.
    let mut control = [0u64; 4];
    let iov = Iovec { base: header.as_mut_ptr(), len: HEADER_LEN };
    let msg = Msghdr {
        name: 0,
        namelen: 0,
        iov: &raw const iov,
        iovlen: 1,
        control: control.as_mut_ptr() as u64,
        controllen: size_of_val(&control) as u64,
        flags: 0,
    };
    // SAFETY: the kernel writes to the live buffers that `msg` names.
    let got = unsafe { syscall!(sys::__NR_recvmsg, number(fd::CONTROL), &raw const msg, 0) };
    let Some(answer) = Header::from_bytes(&header).filter(|_| got >= HEADER_LEN as i64) else {
        return -(sys::EPIPE as i64);
    };
    // SAFETY: plain reads of buffers the kernel may have written.
    let (control_len, control) = unsafe {
        (core::ptr::read_volatile(&raw const msg.controllen), core::ptr::read_volatile(&control))
    };
    match (answer.kind, answer.arg) {
        (clew_abi::control::FILE, 0) if control_len >= 20 => control[2] as u32 as i64,
        (clew_abi::control::FILE, errno) if errno != 0 => -(errno as i64),
        _ => -(sys::EPROTO as i64),
    }
}
