//! Random changes of records, addresses and sizes above all.

use std::path::Path;

use clew_testsuite::checks::Check;
use clew_testsuite::forge::{self, Forgery, Record};
use clew_testsuite::random::{Random, seed_of_now};
use clew_testsuite::trials::number_from_env;

use super::{Canary, judge, subject};

pub const CHECKS: [(&str, Check); 1] = [("random_changes", random_changes)];

/// What makes the most of arithmetic, and where the engine's memory is.
const VALUES: [u64; 36] = [
    0,
    1,
    7,
    8,
    0xfff,
    0x1000,
    0x10_0000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    1 << 40,
    1 << 47,
    (1 << 47) - 4096,
    1 << 62,
    1 << 63,
    !0,
    !0xfff,
    !7,
    // The engine's image, context, lookup, shadow map, code window, cache.
    0x7e00_0000,
    0x7f00_0000,
    0x7f00_8000,
    0x7f10_0000,
    0x7f60_0000,
    0x1_1000_0000,
    0x1_7000_0000,
    0x1_8800_0000,
    0x8_ff60_0000,
    // Orders, tables, tasks, shared pages.
    0x7e84_0000_0000,
    0x7e84_0800_0000,
    0x7e85_0000_0000,
    0x7e90_0000_0000,
    0x7e91_0000_0000,
    // The kernel's, and what is no address.
    0xffff_8000_0000_0000,
    0xffff_ffff_ff60_0000,
    0x8000_0000_0000,
];

/// `CLEW_FORGERIES` traces; one that fails is repeated by `CLEW_FORGERY` (a seed) with one of them.
fn random_changes(dir: &Path) -> Result<(), String> {
    let (original, _) = subject(dir, &["--check-memory"])?;
    let canary = Canary::new(dir)?;
    let first = match number_from_env("CLEW_FORGERY", 0) {
        0 => seed_of_now(),
        seed => seed.into(),
    };
    for seed in first..first + u64::from(number_from_env("CLEW_FORGERIES", 60)) {
        let mut random = Random::new(seed);
        let mut forgery = original.clone();
        let changes: Vec<String> =
            (0..=random.below(3)).map(|_| change(&mut forgery, &mut random)).collect();
        judge(dir, &forgery).map_err(|e| format!("seed {seed}: {changes:?}: {e}"))?;
        canary.untouched().map_err(|e| format!("seed {seed}: {changes:?}: {e}"))?;
    }
    Ok(())
}

/// Changes something, and says what.
fn change(forgery: &mut Forgery, random: &mut Random) -> String {
    let streams = forgery.streams.len();
    let stream = &mut forgery.streams[random.below(streams)];
    let number = stream.number;
    let count = stream.records.len();
    // The first ones hold the most.
    let at = match random.below(4) {
        0 => random.below(count.min(3)),
        _ => random.below(count),
    };
    let whole = match random.below(20) {
        0 => {
            stream.records.remove(at);
            Some("left out")
        }
        1 => {
            let again = stream.records[at].clone();
            stream.records.insert(random.below(count), again);
            Some("written twice")
        }
        2 => {
            let other = random.below(count);
            stream.records.swap(at, other);
            Some("in another's place")
        }
        _ => None,
    };
    let what = match whole {
        Some(what) => what.to_owned(),
        None => change_record(&mut stream.records[at], random),
    };
    format!("stream {number}, record {at}: {what}")
}

fn change_record(record: &mut Record, random: &mut Random) -> String {
    let value = match random.below(4) {
        // Near what is there, or in the middle of nowhere.
        0 => random.word() << random.below(64),
        _ => random.pick(&VALUES).unwrap_or(0).wrapping_add(random.below(3) as u64).wrapping_sub(1),
    };
    let count = record.attachments.len();
    let what = match random.below(if count > 0 { 10 } else { 4 }) {
        0 => {
            let fields = [forge::KIND, forge::FLAGS, forge::CHECK, forge::TID];
            let at = random.pick(&fields).unwrap_or(forge::FLAGS);
            record.head[at] =
                if random.below(2) == 0 { value as u8 } else { random.below(13) as u8 };
            format!("byte {at} of its header")
        }
        1 => {
            let at = random.pick(&[forge::EVENT, forge::TICK]).unwrap_or(forge::TICK);
            forge::set_word(&mut record.head, at, value);
            format!("word at {at} of its header")
        }
        2 => {
            record.claimed_len = Some(value as u32);
            "its length".into()
        }
        3 => {
            let at = 8 * random.below(record.payload.len() / 8);
            forge::set_word(&mut record.payload, at, value);
            format!("word at {at} of its payload")
        }
        way => {
            let number = random.below(count);
            let attachment = &mut record.attachments[number];
            let what = match way {
                4 => {
                    attachment.kind = random.below(17) as u32;
                    "kind".to_owned()
                }
                5 => {
                    attachment.claimed_len = Some(value as u32);
                    "length".into()
                }
                6 => {
                    let len = random.below(40);
                    attachment.bytes.resize(len, value as u8);
                    "bytes' number".into()
                }
                7 => {
                    let at = 8 * random.below(attachment.bytes.len() / 8);
                    forge::set_word(&mut attachment.bytes, at, value);
                    format!("word at {at}")
                }
                _ => {
                    attachment.addr = value;
                    "address".into()
                }
            };
            format!("attachment {number} (kind {}): {what}", record.attachments[number].kind)
        }
    };
    format!("{what} to {value:#x}")
}
