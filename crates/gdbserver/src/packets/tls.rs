//! `qGetTLSAddr`: where a thread's copy of a thread-local variable is.
//!
//! glibc keeps for each thread a table of its modules' blocks, the second word of what the thread
//! pointer points to. A module's number is in its link map, at an offset that differs between
//! versions and that libc tells libthread_db by a symbol. musl and static programs are not known.

use super::FAILED;
use super::frame::number;
use crate::debuggee::Debuggee;
use crate::elf;
use crate::session::Session;

/// Of libc, for libthread_db: width in bits, count, offset in a link map.
const MODULE_NUMBER: &str = "_thread_db_link_map_l_tls_modid";
/// The thread has not used the module's variables yet.
const UNALLOCATED: u64 = u64::MAX;

/// `THREAD,OFFSET,LINK_MAP`.
pub fn answer<S: Session>(debuggee: &mut Debuggee<S>, rest: &[u8]) -> Vec<u8> {
    match address(debuggee, rest) {
        Some(address) => format!("{address:x}").into_bytes(),
        None => FAILED.to_vec(),
    }
}

fn address<S: Session>(debuggee: &mut Debuggee<S>, rest: &[u8]) -> Option<u64> {
    let mut words = rest.split(|&b| b == b',');
    let tid = words.next()?.rsplit(|&b| b == b'.').next().and_then(number)?;
    let (offset, link_map) = (number(words.next()?)?, number(words.next()?)?);
    let libc = debuggee.files.find("libc.so.6")?;
    let [_, _, at] =
        elf::object::<12>(&debuggee.files.open(libc).ok()?, MODULE_NUMBER).map(|bytes| {
            [0, 4, 8]
                .map(|i| u32::from_le_bytes([bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]]))
        })?;
    let thread_pointer = debuggee.session.registers(u32::try_from(tid).ok()?).ok()?.fs_base;
    let module = word(debuggee, link_map.checked_add(at.into())?)?;
    let table = word(debuggee, thread_pointer.checked_add(8)?)?;
    let block = word(debuggee, module.checked_mul(16)?.checked_add(table)?)?;
    (block != UNALLOCATED && block != 0).then(|| block.checked_add(offset))?
}

fn word<S: Session>(debuggee: &mut Debuggee<S>, addr: u64) -> Option<u64> {
    let mut bytes = [0; 8];
    let got = debuggee.session.read_memory(addr, &mut bytes).ok()?;
    (got == bytes.len()).then(|| u64::from_le_bytes(bytes))
}
