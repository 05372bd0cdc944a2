//! Messages to and from the supervisor.

use crate::descriptors::number;
use crate::sys::{self, syscall};
use alloc_crate::collections::VecDeque;
use alloc_crate::vec::Vec;
use clew_abi::control::{FILE, HEADER_LEN, Header, MAX_PAYLOAD, SEGMENT};
use clew_abi::orders::fd;
use core::cell::UnsafeCell;

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

/// A control message with one descriptor: `struct cmsghdr` (length, level, type) and what it carries.
type Ancillary = [u64; 3];
/// `CMSG_LEN(4)`.
const ANCILLARY_LEN: u64 = 20;
/// `SOL_SOCKET` and `SCM_RIGHTS` as the header's two words.
const RIGHTS: u64 = 1 << 32 | 1;

/// Sends one message; a supervisor that is gone is no error (the recording goes on without it).
/// Payloads longer than a packet are cut.
pub fn send(kind: u32, arg: u64, payload: &[u8]) -> bool {
    send_with(kind, arg, payload, None)
}

fn send_with(kind: u32, arg: u64, payload: &[u8], file: Option<i32>) -> bool {
    let payload = &payload[..payload.len().min(MAX_PAYLOAD)];
    let header = Header { kind, len: payload.len() as u32, arg }.to_bytes();
    let iov = [
        Iovec { base: header.as_ptr(), len: HEADER_LEN },
        Iovec { base: payload.as_ptr(), len: payload.len() },
    ];
    let ancillary: Ancillary = [ANCILLARY_LEN, RIGHTS, file.unwrap_or(0) as u64];
    let with_file = file.is_some();
    let msg = Msghdr {
        name: 0,
        namelen: 0,
        iov: iov.as_ptr(),
        iovlen: 2,
        control: if with_file { ancillary.as_ptr() as u64 } else { 0 },
        controllen: if with_file { size_of::<Ancillary>() as u64 } else { 0 },
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
    let ready = unsafe { syscall!(sys::__NR_ppoll, poll.as_mut_ptr(), 1, timeout.as_ptr(), 0, 8) };
    ready <= 0
}

/// A warning for the user.
pub fn warn(text: &str) {
    send(clew_abi::control::WARNING, 0, text.as_bytes());
}

/// A message from the supervisor.
pub struct Received {
    pub kind: u32,
    pub arg: u64,
    pub payload: Vec<u8>,
    pub file: Option<i32>,
}

/// The supervisor has closed its end of the socket.
pub struct Gone;

/// Messages that came while an answer was awaited.
struct Early(UnsafeCell<VecDeque<Received>>);

// SAFETY: engine code runs in one task at a time.
unsafe impl Sync for Early {}

static EARLY: Early = Early(UnsafeCell::new(VecDeque::new()));

fn early() -> &'static mut VecDeque<Received> {
    // SAFETY: as above, and no reference outlives its statement.
    unsafe { &mut *EARLY.0.get() }
}

/// Messages that came for the process that this is a copy of are not for this one.
pub fn forget_early() {
    early().clear();
}

/// The next message, if there is one; with `wait`, once there is one.
pub fn receive(wait: bool) -> Result<Option<Received>, Gone> {
    match early().pop_front() {
        Some(message) => Ok(Some(message)),
        None => receive_now(wait),
    }
}

fn receive_now(wait: bool) -> Result<Option<Received>, Gone> {
    const MSG_DONTWAIT: u64 = 0x40;
    let mut packet = alloc_crate::vec![0u8; HEADER_LEN + MAX_PAYLOAD];
    let mut ancillary: Ancillary = [0; 3];
    let iov = Iovec { base: packet.as_mut_ptr(), len: packet.len() };
    let mut msg = Msghdr {
        name: 0,
        namelen: 0,
        iov: &raw const iov,
        iovlen: 1,
        control: ancillary.as_mut_ptr() as u64,
        controllen: size_of::<Ancillary>() as u64,
        flags: 0,
    };
    let flags = if wait { 0 } else { MSG_DONTWAIT };
    let got = loop {
        // SAFETY: the kernel writes to the live buffers that `msg` names.
        let got = unsafe { syscall!(sys::__NR_recvmsg, number(fd::CONTROL), &raw mut msg, flags) };
        if got != -(sys::EINTR as i64) {
            break got;
        }
    };
    if got == -(sys::EAGAIN as i64) {
        return Ok(None);
    }
    let header = Header::from_bytes(&packet).filter(|_| got >= HEADER_LEN as i64).ok_or(Gone)?;
    // SAFETY: plain reads of what the kernel may have written.
    let (len, ancillary) = unsafe {
        (core::ptr::read_volatile(&raw const msg.controllen), core::ptr::read_volatile(&ancillary))
    };
    let file = (len >= ANCILLARY_LEN).then_some(ancillary[2] as u32 as i32);
    packet.truncate(got as usize);
    packet.drain(..HEADER_LEN);
    Ok(Some(Received { kind: header.kind, arg: header.arg, payload: packet, file }))
}

/// Asks for a file. Returns a descriptor or a negated errno.
pub fn ask(kind: u32, arg: u64, payload: &[u8], file: Option<i32>) -> i64 {
    match ask_for(kind, arg, payload, file) {
        None => -(sys::EPIPE as i64),
        Some(Received { kind: FILE, arg: 0, file: Some(file), .. }) => file as i64,
        Some(Received { kind: FILE, arg: errno, .. }) if errno != 0 => -(errno as i64),
        Some(_) => -(sys::EPROTO as i64),
    }
}

/// Asks for a file or a segment. Returns the answer; none if the supervisor is gone.
pub fn ask_for(kind: u32, arg: u64, payload: &[u8], file: Option<i32>) -> Option<Received> {
    if !send_with(kind, arg, payload, file) {
        return None;
    }
    loop {
        let message = receive_now(true).ok().flatten()?;
        if matches!(message.kind, FILE | SEGMENT) {
            return Some(message);
        }
        early().push_back(message);
    }
}

/// Asks for a stored file (replaying), read-only or as a `WRITABLE_COPY`. Returns a descriptor or a
/// negated errno.
pub fn need_file(key: &[u8], how: u64) -> i64 {
    ask(clew_abi::control::NEED_FILE, how, key, None)
}
