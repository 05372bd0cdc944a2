//! Memory. Protection keys and shadow stacks are declined as a processor without them declines: the
//! engine's own code would have to cope with both. `linux/mman.h`, `linux/mempolicy.h`.

use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::calls;
#[allow(unused_imports, reason = "not every family has all kinds of rows")]
use crate::model::{Nested::*, When};
#[allow(unused_imports, reason = "not every family has flags")]
use crate::names::*;

#[rustfmt::skip]
calls! {
    MEM;
    9 mmap Emulated(Mmap) Never (addr: Ptr, length: Size, prot: Flags(&PROT), flags: Flags(&MAP), fd: Fd, offset: Hex) -> Hex;
    10 mprotect Emulated(Mprotect) Never (addr: Ptr, len: Size, prot: Flags(&PROT));
    11 munmap Emulated(Munmap) Never (addr: Ptr, length: Size);
    12 brk Emulated(Brk) Never (addr: Ptr) -> Hex;
    25 mremap Emulated(Mremap) Never (old_address: Ptr, old_size: Size, new_size: Size, flags: Flags(&MREMAP), new_address: Ptr) -> Hex;
    26 msync Plain May (addr: Ptr, length: Size, flags: Flags(&MSYNC));
    27 mincore Plain Never (addr: Ptr, length: Size, vec: OutWhen(When::SuccessOr(12), Pages(1)));
    28 madvise Emulated(Madvise) Never (addr: Ptr, length: Size, advice: Enum(&MADVISE));
    30 shmat Special(Shmat) Never (shmid: Int, shmaddr: Ptr, shmflg: Flags(&SHMAT)) -> Hex;
    67 shmdt Emulated(Shmdt) Never (shmaddr: Ptr);
    149 mlock Plain Never (addr: Ptr, len: Size);
    150 munlock Plain Never (addr: Ptr, len: Size);
    151 mlockall Plain Never (flags: Flags(&MLOCKALL));
    152 munlockall Plain Never ();
    216 remap_file_pages Refused(38) Never (addr: Ptr, size: Size, prot: Flags(&PROT), pgoff: Size, flags: Flags(&MAP));
    237 mbind Plain Never (addr: Ptr, len: Size, mode: Enum(&MEMPOLICY), nodemask: Ptr, maxnode: Size, flags: Hex);
    238 set_mempolicy Plain Never (mode: Enum(&MEMPOLICY), nodemask: Ptr, maxnode: Size);
    239 get_mempolicy Plain Never (mode: OutBuf(Fixed(4)), nodemask: OutBuf(NodeMask(2)), maxnode: Size, addr: Ptr, flags: Hex);
    256 migrate_pages Plain Never (pid: Pid, maxnode: Size, old_nodes: Ptr, new_nodes: Ptr);
    279 move_pages Plain Never (pid: Pid, count: Size, pages: Ptr, nodes: Ptr, status: OutWhen(When::Always, ArgTimes(1, 4)), flags: Hex);
    310 process_vm_readv Plain Never (pid: Pid, local_iov: IovecOut(2), liovcnt: Size, remote_iov: Ptr, riovcnt: Size, flags: Hex);
    311 process_vm_writev Special(WriteMemory) Never (pid: Pid, local_iov: IovecIn(2), liovcnt: Size, remote_iov: Ptr, riovcnt: Size, flags: Hex);
    323 userfaultfd Refused(38) Never (flags: Flags(&EPOLL)) -> Fd;
    324 membarrier Plain Never (cmd: Enum(&MEMBARRIER), flags: Hex, cpu_id: Int);
    325 mlock2 Plain Never (addr: Ptr, len: Size, flags: Flags(&MLOCK));
    329 pkey_mprotect Emulated(PkeyMprotect) Never (addr: Ptr, len: Size, prot: Flags(&PROT), pkey: Int);
    330 pkey_alloc Special(Keys) Never (flags: Hex, access_rights: Hex);
    331 pkey_free Refused(22) Never (pkey: Int);
    440 process_madvise Emulated(ProcessMadvise) Never (pidfd: Fd, iov: IovecIn(2), vlen: Size, advice: Enum(&MADVISE), flags: Hex);
    447 memfd_secret Refused(38) Never (flags: Flags(&CLOEXEC)) -> Fd;
    448 process_mrelease Plain Never (pidfd: Fd, flags: Hex);
    450 set_mempolicy_home_node Plain Never (start: Ptr, len: Size, home_node: Size, flags: Hex);
    453 map_shadow_stack Special(ShadowStack) Never (addr: Ptr, size: Size, flags: Hex) -> Hex;
    462 mseal Emulated(Mseal) Never (addr: Ptr, len: Size, flags: Hex);
}
