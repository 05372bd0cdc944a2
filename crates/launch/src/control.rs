//! The supervisor's end of the control socket.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use clew_abi::control::{HEADER_LEN, Header, MAX_PAYLOAD};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};

use crate::{Result, Step};

/// See the module's documentation.
#[derive(Debug)]
pub struct Control {
    socket: OwnedFd,
    packet: Vec<u8>,
}

/// One message from an engine.
#[derive(Debug)]
pub struct Message<'a> {
    /// `clew_abi::control` constants.
    pub kind: u32,
    pub arg: u64,
    pub payload: &'a [u8],
    /// A descriptor that came along.
    pub file: Option<OwnedFd>,
}

/// What [`Control::receive`] found.
#[derive(Debug)]
pub enum Received<'a> {
    Message(Message<'a>),
    /// Nothing yet.
    Empty,
    /// Nothing ever again: no engine holds the other end.
    Closed,
}

impl Control {
    /// Makes a socket; also returns the engine's end.
    pub fn pair() -> Result<(Self, OwnedFd)> {
        let (ours, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
                .step("make the engine's control socket")?;
        Ok((Self { socket: ours, packet: vec![0; HEADER_LEN + MAX_PAYLOAD] }, theirs))
    }

    /// Takes the next message without waiting. Malformed ones are an error.
    pub fn receive(&mut self) -> io::Result<Received<'_>> {
        let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let len = loop {
            let parts = &mut [IoSliceMut::new(&mut self.packet)];
            match recvmsg(&self.socket, parts, &mut ancillary, flags) {
                Ok(got) => break got.bytes,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(Received::Empty),
                Err(Errno::CONNRESET) => return Ok(Received::Closed),
                Err(e) => return Err(e.into()),
            }
        };
        let packet = &self.packet[..len];
        if packet.is_empty() {
            return Ok(Received::Closed);
        }
        let file = ancillary.drain().find_map(|part| match part {
            RecvAncillaryMessage::ScmRights(mut files) => files.next(),
            _ => None,
        });
        let header = Header::from_bytes(packet);
        let payload = packet.get(HEADER_LEN..).unwrap_or_default();
        match header {
            Some(h) if h.len as usize == payload.len() => {
                Ok(Received::Message(Message { kind: h.kind, arg: h.arg, payload, file }))
            }
            _ => Err(io::Error::other("the engine sent a malformed message")),
        }
    }

    /// Sends a message, with a descriptor if there is one.
    pub fn send(
        &self,
        kind: u32,
        arg: u64,
        payload: &[u8],
        fd: Option<BorrowedFd<'_>>,
    ) -> io::Result<()> {
        let header = Header { kind, len: payload.len() as u32, arg }.to_bytes();
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        let fds = fd.as_slice();
        if !fds.is_empty() {
            ancillary.push(SendAncillaryMessage::ScmRights(fds));
        }
        let parts = [IoSlice::new(&header), IoSlice::new(payload)];
        sendmsg(&self.socket, &parts, &mut ancillary, SendFlags::NOSIGNAL)?;
        Ok(())
    }
}

impl AsFd for Control {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
