//! Structures that point at further memory the kernel writes.

use crate::model::{GuestMemory, Nested, When};
use crate::outputs::Walk;
use crate::plan::{HEAD, Saved, field, read_u32, read_u64};

const CLONE_VM: u64 = 0x100;
const CLONE_PIDFD: u64 = 0x1000;
const CLONE_PARENT_SETTID: u64 = 0x10_0000;
const CLONE_CHILD_SETTID: u64 = 0x100_0000;
/// `MAX_HANDLE_SZ`.
const MAX_HANDLE: u32 = 128;
const EOVERFLOW: i32 = 75;

impl<M: GuestMemory> Walk<'_, M> {
    pub fn nested(&mut self, nested: Nested, addr: u64) {
        match nested {
            Nested::CloneParentTid => {
                let flags = self.call.args[0];
                self.parent_tid(flags, CLONE_PARENT_SETTID | CLONE_PIDFD, addr);
            }
            Nested::CloneChildTid => self.child_tid(self.call.args[0], addr),
            _ => {
                if let Saved::Head(head) = &self.plan.saved {
                    self.structure(nested, addr, head);
                }
            }
        }
    }

    fn structure(&mut self, nested: Nested, addr: u64, head: &[u64; HEAD]) {
        match nested {
            Nested::CloneArgs => {
                self.parent_tid(head[0], CLONE_PIDFD, head[1]);
                self.child_tid(head[0], head[2]);
                self.parent_tid(head[0], CLONE_PARENT_SETTID, head[3]);
            }
            Nested::FileHandle => self.file_handle(addr, head),
            Nested::BpfLog(log, size) => {
                if self.happened(When::Always) {
                    self.range(addr, self.shape.count(self.call, 2).min(4096));
                    self.range(head[usize::from(log) / 8], field(head, size).into());
                }
            }
            Nested::ScsiGeneric => self.scsi(addr, head),
            Nested::UffdCopy => self.uffd_copy(addr, head),
            Nested::CloneParentTid | Nested::CloneChildTid => {}
            _ if !self.written() => {}
            Nested::XattrArgs => self.range(head[0], self.moved().min(field(head, 8).into())),
            Nested::KeyOut => {
                self.range(self.call.args[4], self.moved().min(field(head, 8).into()));
            }
            Nested::IfConf => {
                let len = self.shortened(field(head, 0), addr);
                self.range(addr, 16);
                self.range(head[1], len.into());
            }
            Nested::Array { head: size, element, count, capacity } => {
                let count = self.shortened(field(head, capacity), addr.wrapping_add(count.into()));
                self.range(addr, u64::from(size) + u64::from(count) * u64::from(element));
            }
            Nested::RegSet => {
                let at = addr.wrapping_add(8);
                let after = if self.succeeded() { read_u64(self.mem, at) } else { u64::MAX };
                self.range(head[0], head[1].min(after));
                self.range(at, 8);
            }
        }
    }

    /// Written before the child exists, in the parent's memory alone unless they share it.
    fn parent_tid(&mut self, flags: u64, wanted: u64, addr: u64) {
        let mine = self.result != Some(0) || flags & CLONE_VM != 0;
        if flags & wanted != 0 && mine && self.written() {
            self.range(addr, 4);
        }
    }

    /// Written by the child itself as it starts.
    fn child_tid(&mut self, flags: u64, addr: u64) {
        let mine = self.result.is_none_or(|result| result == 0) || flags & CLONE_VM != 0;
        if flags & CLONE_CHILD_SETTID != 0 && mine && self.written() {
            self.range(addr, 4);
        }
    }

    /// `name_to_handle_at` says on `EOVERFLOW` how long a handle it needs.
    fn file_handle(&mut self, addr: u64, head: &[u64; HEAD]) {
        if self.happened(When::SuccessOr(EOVERFLOW)) {
            let room = field(head, 0).min(MAX_HANDLE);
            let len = match self.result {
                Some(result) if result == -i64::from(EOVERFLOW) => 0,
                _ => self.shortened(room, addr),
            };
            self.range(addr, 8 + u64::from(len));
        }
    }

    /// `SG_IO` writes its header, sense data and, from the device, the data.
    fn scsi(&mut self, addr: u64, head: &[u64; HEAD]) {
        if !self.written() {
            return;
        }
        let [_, sense_room, vectors, _] = field(head, 8).to_le_bytes();
        let sense = match self.succeeded() {
            true => sense_room.min((read_u32(self.mem, addr.wrapping_add(64)) >> 24) as u8),
            false => sense_room,
        };
        self.range(addr, 88);
        self.range(head[4], sense.into());
        // SG_DXFER_FROM_DEV, SG_DXFER_TO_FROM_DEV, SG_DXFER_UNKNOWN.
        if matches!(field(head, 4) as i32, -5..=-3) {
            if vectors != 0 || field(head, 8) >> 24 != 0 {
                self.unknown();
            } else {
                self.range(head[2], field(head, 12).into());
            }
        }
    }

    /// `UFFDIO_COPY` says in `copy` how far it came, if it did not come to the end too.
    fn uffd_copy(&mut self, addr: u64, head: &[u64; HEAD]) {
        let at = addr.wrapping_add(32);
        let copied = match self.result {
            None => head[2],
            Some(_) => u64::try_from(read_u64(self.mem, at) as i64).unwrap_or(0).min(head[2]),
        };
        self.range(at, 8);
        self.range(head[0], copied);
    }
}
