//! The table of system calls: whatever a call's arguments and the memory they point to are, the walks
//! end soon, tell ranges that a process may have, and after a call none that was not foretold.
#![no_main]

use std::collections::BTreeMap;

use clew_fuzz::Bytes;
use clew_syscalls::{
    Call, Coverage, GuestMemory, blocking, class, inputs, lookup, outputs, plan, reach, shape,
    write_call,
};
use libfuzzer_sys::fuzz_target;

const PAGE: u64 = 4096;
/// Where pointers lead, mostly: sixteen pages, some of them holes.
const BASE: u64 = 0x7000_0000;
const PAGES: u64 = 16;
/// No user address is beyond.
const ADDRESSES: u64 = 1 << 56;
/// More ranges than any call has: 1024 messages of 1024 vectors each.
const MOST_RANGES: u64 = 3 << 20;

/// Memory of which most bytes are zero.
#[derive(Default)]
struct Memory {
    /// A bit for each page that cannot be read.
    holes: u16,
    bytes: BTreeMap<u64, u8>,
    reads: std::cell::Cell<u64>,
}

impl Memory {
    fn put(&mut self, at: u64, bytes: &[u8]) {
        self.bytes.extend((at..).zip(bytes.iter().copied()));
    }
}

impl GuestMemory for Memory {
    fn read(&self, addr: u64, buf: &mut [u8]) -> bool {
        self.reads.set(self.reads.get() + 1);
        for (i, byte) in buf.iter_mut().enumerate() {
            let Some(at) = addr.checked_add(i as u64) else { return false };
            let page = at.wrapping_sub(BASE) / PAGE;
            if page >= PAGES || self.holes >> page & 1 != 0 {
                return false;
            }
            *byte = self.bytes.get(&at).copied().unwrap_or(0);
        }
        true
    }
}

/// A number of one of the kinds that arguments are of.
fn value(bytes: &mut Bytes<'_>) -> u64 {
    match bytes.u8() {
        0..100 => BASE + u64::from(bytes.u16()),
        100..140 => bytes.u8().into(),
        140..160 => bytes.u16().into(),
        160..190 => bytes.u32().into(),
        190..200 => 0,
        200..210 => u64::from(bytes.u8()).wrapping_neg(),
        210..220 => BASE + PAGES * PAGE - u64::from(bytes.u8()),
        220..225 => ADDRESSES - u64::from(bytes.u16()),
        225..230 => 1 << (bytes.u8() & 63),
        _ => bytes.u64(),
    }
}

/// Words at places of the memory.
fn fill(memory: &mut Memory, bytes: &mut Bytes<'_>) {
    let count = bytes.u8() & 63;
    for _ in 0..count {
        let (at, width) = (BASE + u64::from(bytes.u16()), bytes.u8());
        let word = value(bytes).to_le_bytes();
        memory.put(at, if width & 1 == 0 { &word } else { &word[..4] });
    }
}

type Ranges = Vec<(u64, u64)>;

/// The ranges a walk tells, each of which must be one that a process may have.
fn told(walk: impl FnOnce(&mut dyn FnMut(u64, u64)) -> Coverage) -> (Coverage, Ranges) {
    let (mut ranges, mut count) = (Vec::new(), 0);
    let coverage = walk(&mut |addr, len| {
        assert!(addr != 0 && len != 0, "a range of nothing");
        assert!(addr.checked_add(len).is_some_and(|end| end <= ADDRESSES), "{addr:#x}+{len:#x}");
        count += 1;
        assert!(count < MOST_RANGES, "ranges without end");
        ranges.push((addr, len));
    });
    (coverage, ranges)
}

/// Joins ranges that overlap or touch.
fn joined(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let mut all: Ranges = Vec::new();
    for (addr, len) in ranges {
        match all.last_mut() {
            Some((start, room)) if addr <= *start + *room => {
                *room = (*room).max(addr + len - *start)
            }
            _ => all.push((addr, len)),
        }
    }
    all
}

fn within(ranges: &Ranges, (addr, len): (u64, u64)) -> bool {
    let found = ranges.partition_point(|(start, _)| *start <= addr).checked_sub(1);
    found.is_some_and(|at| ranges[at].0 + ranges[at].1 >= addr + len)
}

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes::new(data);
    let nr = u32::from(bytes.u16()) % 520;
    let call = Call { nr, args: std::array::from_fn(|_| value(&mut bytes)) };
    let result = match bytes.u8() {
        0..120 => i64::from(bytes.u16()),
        120..240 => -i64::from(bytes.u8()),
        240..250 => -i64::from(bytes.u16()),
        _ => bytes.u64() as i64,
    };
    let mut memory = Memory { holes: bytes.u16() & bytes.u16(), ..Memory::default() };
    fill(&mut memory, &mut bytes);
    describe(&call, result, bytes.clone().rest());

    let before = plan(&call, &memory);
    let (foreseen, most) = told(|sink| reach(&before, &memory, sink));
    told_inputs(&before, &memory);
    let (exact, _) = told(|sink| outputs(&before, result, &memory, sink));
    let unchanged = bytes.is_empty();
    fill(&mut memory, &mut bytes);
    let (_, ranges) = told(|sink| outputs(&before, result, &memory, sink));
    assert!(memory.reads.get() < 1 << 20, "{} reads", memory.reads.get());
    let most = joined(most);
    if unchanged && (foreseen, exact) == (Coverage::Exact, Coverage::Exact) {
        for range in ranges {
            assert!(within(&most, range), "{call:x?} = {result}: {range:x?} of {most:x?}");
        }
    }
});

fn told_inputs(plan: &clew_syscalls::Plan, memory: &Memory) {
    let mut count = 0;
    inputs(plan, memory, &mut |_, _| {
        count += 1;
        assert!(count < MOST_RANGES, "ranges without end");
    });
}

fn describe(call: &Call, result: i64, string: &[u8]) {
    let (mut with, mut without) = (String::new(), String::new());
    let _ = write_call(&mut with, call, result, &|_| Some(string));
    let _ = write_call(&mut without, call, result, &|_| None);
    assert!(!with.is_empty() && !with.contains('\n'), "a call is a line");
    assert!(without.len() < 1000, "{without}");
    let _ =
        (class(call), blocking(call), shape(call).map(|shape| shape.args.len()), lookup(call.nr));
}
