//! Changes that keep a trace's parts and records in shape, which blind ones seldom do.

use libfuzzer_sys::fuzzer_mutate;

use crate::traces::Part;

const HEADER: usize = 32;
const ATTACHMENT: usize = 16;

/// A small generator: the same seed makes the same change.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// A number that something may hinge on.
    fn value(&mut self) -> u64 {
        match self.below(6) {
            0 => self.below(16) as u64,
            1 => self.below(16).wrapping_neg() as u64,
            2 => (1u64 << self.below(64)).wrapping_sub(self.below(2) as u64),
            3 => self.below(300) as u64,
            4 => 0x1000 * self.below(16) as u64,
            _ => self.next(),
        }
    }
}

/// A part of the input, see `traces`.
#[derive(Clone)]
struct Piece {
    tag: u8,
    bytes: Vec<u8>,
}

/// For `fuzz_mutator!`: changes `data[..size]`, which may grow to `max` bytes, and returns its length.
pub fn mutate(data: &mut [u8], size: usize, max: usize, seed: u32) -> usize {
    let mut random = Random(seed.into());
    if random.below(4) == 0 {
        return fuzzer_mutate(data, size, max);
    }
    let mut pieces = split(&data[..size]);
    change(&mut pieces, &mut random);
    let mut joined = join(&pieces);
    joined.truncate(max);
    if joined.is_empty() {
        return fuzzer_mutate(data, size, max);
    }
    data[..joined.len()].copy_from_slice(&joined);
    joined.len()
}

fn split(mut data: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    while let [tag, low, high, rest @ ..] = data {
        let len = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
        pieces.push(Piece { tag: *tag, bytes: rest[..len].to_vec() });
        data = &rest[len..];
    }
    pieces
}

fn join(pieces: &[Piece]) -> Vec<u8> {
    let mut out = Vec::new();
    for piece in pieces {
        let len = piece.bytes.len().min(usize::from(u16::MAX));
        out.push(piece.tag);
        out.extend_from_slice(&(len as u16).to_le_bytes());
        out.extend_from_slice(&piece.bytes[..len]);
    }
    out
}

fn change(pieces: &mut Vec<Piece>, random: &mut Random) {
    let at = random.below(pieces.len());
    match random.below(16) {
        _ if pieces.is_empty() => pieces.push(Piece { tag: 2, bytes: vec![0] }),
        0 => pieces[at].tag ^= 8 << random.below(5),
        1 => pieces[at].tag = random.next() as u8,
        2 => drop(pieces.remove(at)),
        3 => {
            let copy = pieces[at].clone();
            pieces.insert(random.below(pieces.len() + 1), copy);
        }
        4 => {
            let other = random.below(pieces.len());
            pieces.swap(at, other);
        }
        5 => pieces.push(Piece { tag: random.next() as u8, bytes: vec![random.next() as u8; 9] }),
        6 => blind(&mut pieces[at].bytes),
        _ => match Part::of(pieces[at].tag) {
            Part::Segment | Part::Frame => records(&mut pieces[at].bytes, random),
            _ => blind(&mut pieces[at].bytes),
        },
    }
}

/// What libFuzzer does to bytes.
fn blind(bytes: &mut Vec<u8>) {
    let size = bytes.len();
    bytes.resize(size + 64, 0);
    let max = bytes.len();
    let size = fuzzer_mutate(bytes, size, max);
    bytes.truncate(size);
}

/// Changes one record among those after the stream's byte.
fn records(bytes: &mut Vec<u8>, random: &mut Random) {
    let starts = starts(bytes);
    let Some(&(at, len)) = starts.get(random.below(starts.len())) else {
        return new_record(bytes, random);
    };
    let word = |random: &mut Random| at + 8 * random.below(len / 8);
    match random.below(14) {
        0 => drop(bytes.drain(at..at + len)),
        1 => {
            let copy = bytes[at..at + len].to_vec();
            let to = starts[random.below(starts.len())].0;
            drop(bytes.splice(to..to, copy));
        }
        2 => new_record(bytes, random),
        3 | 4 => attach(bytes, at, len, random),
        // Kind, flags.
        5 => bytes[at + 4] = random.below(13) as u8,
        6 => bytes[at + 6] = random.next() as u8,
        // The event's number: near another one's.
        7 | 8 => {
            let other = starts[random.below(starts.len())].0 + 8;
            let event = number(bytes, other).wrapping_add(random.below(5) as u64).wrapping_sub(2);
            put(bytes, at + 8, event);
        }
        9 => {
            let rest = number(bytes, at) >> 32 << 32;
            put(bytes, at, random.value() & 0xffff_ffff | rest);
        }
        10 => {
            let tid = 98 + random.below(6) as u64;
            let old = number(bytes, at + 24);
            put(bytes, at + 24, old & 0xffff_ffff | tid << 32);
        }
        _ => {
            let to = word(random);
            let value = match random.below(3) {
                0 => number(bytes, word(random)),
                _ => random.value(),
            };
            put(bytes, to, value);
        }
    }
}

/// Where whole records are, and how long.
fn starts(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 1;
    while at + HEADER <= bytes.len() {
        let len = number(bytes, at) as u32 as usize;
        if len < HEADER || len % 8 != 0 || len > bytes.len() - at {
            break;
        }
        found.push((at, len));
        at += len;
    }
    found
}

/// Adds a record whose length is right.
fn new_record(bytes: &mut Vec<u8>, random: &mut Random) {
    use clew_abi::record::Kind;
    let kind = Kind::from_u16(1 + random.below(11) as u16).unwrap_or(Kind::Syscall);
    let end = starts(bytes).last().map_or(1, |(at, len)| at + len);
    let last = starts(bytes).last().map_or(0, |(at, _)| number(bytes, at + 8));
    bytes.resize(end, 0);
    let len = HEADER + kind.payload_len();
    bytes.resize(end + len, 0);
    put(bytes, end, len as u64 | (kind as u64) << 32);
    put(bytes, end + 8, last.wrapping_add(1));
    put(bytes, end + 24, (100 + random.below(3) as u64) << 32);
    for at in (end + HEADER..end + len).step_by(8) {
        put(bytes, at, random.value());
    }
}

/// Adds an attachment to a record.
fn attach(bytes: &mut Vec<u8>, at: usize, len: usize, random: &mut Random) {
    let content = 8 * random.below(6);
    let mut attachment = vec![0; ATTACHMENT + content];
    let told = content.saturating_sub(random.below(8));
    put(&mut attachment, 0, random.below(32) as u64 | (told as u64) << 32);
    let address = random.value();
    put(&mut attachment, 8, address);
    for byte in &mut attachment[ATTACHMENT..] {
        *byte = b"\0/abinguest-.1"[random.below(14)];
    }
    bytes.splice(at + len..at + len, attachment.iter().copied());
    let first = number(bytes, at);
    put(bytes, at, first + attachment.len() as u64);
}

fn number(bytes: &[u8], at: usize) -> u64 {
    let word = bytes.get(at..at + 8).and_then(|word| word.try_into().ok());
    u64::from_le_bytes(word.unwrap_or_default())
}

fn put(bytes: &mut [u8], at: usize, value: u64) {
    if let Some(word) = bytes.get_mut(at..at + 8) {
        word.copy_from_slice(&value.to_le_bytes());
    }
}
