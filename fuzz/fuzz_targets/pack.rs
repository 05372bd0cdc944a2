//! The reader of packed traces: what comes out is what the index says, in the directory that was asked
//! for, or nothing.
#![no_main]

use clew_fuzz::{Bytes, Scratch, meta};
use clew_trace::Trace;
use clew_trace::pack::{self, Pack, VERSION, What};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const HEADER: usize = 80;
/// Nothing is made out of the index's numbers that is longer.
const MOST: u64 = 8 << 20;

/// The file is the input.
const AS_IT_IS: u8 = 1;
/// Hashes of contents are made right, too.
const HASHED: u8 = 2;
/// The index follows a sound trace's.
const SOUND: u8 = 4;

// A byte of options, two with the index's length, the index, the blocks.
fuzz_target!(|data: &[u8]| {
    let scratch = Scratch::empty();
    let (file, dir) = (scratch.path().join("t.clew"), scratch.path().join("t-0"));
    let mut input = Bytes::new(data);
    let options = input.u8();
    let bytes = match options & AS_IT_IS {
        0 => compose(options, &mut input),
        _ => input.rest().to_vec(),
    };
    std::fs::write(&file, bytes).expect("a file can be written");
    pack::is_pack(&file);
    if let Ok(pack) = Pack::open(&file) {
        let name = pack.name();
        assert!(!name.is_empty() && !name.contains('/') && !name.starts_with('.'), "{name}");
        let what = if options & 8 == 0 { What::All } else { What::Events };
        if pack.unpacked_bytes(what) <= MOST && pack.extract(&dir, what, &|_| {}).is_ok() {
            let _ = Trace::open(&dir).map(|trace| trace.disk_bytes());
        }
    }
    let only = |name: &String| name == "t.clew" || name == "t-0";
    assert!(scratch.names().iter().all(only), "{:?}", scratch.names());
});

/// A pack whose header is sound.
fn compose(options: u8, input: &mut Bytes<'_>) -> Vec<u8> {
    let len = usize::from(input.u16());
    let mut index = input.take(len).to_vec();
    let mut out = vec![0; HEADER];
    out.extend_from_slice(input.rest());
    if let Ok(mut parsed) = serde_json::from_slice::<Value>(&index) {
        if options & SOUND != 0 {
            add_meta(&mut parsed, &mut out);
        }
        if options & HASHED != 0 {
            hash(&mut parsed, &out);
        }
        index = serde_json::to_vec(&parsed).unwrap_or_default();
    }
    let (at, len) = (out.len() as u64, index.len() as u64);
    out.extend_from_slice(&index);
    let whole = out.len() as u64;
    out[..8].copy_from_slice(b"clewpack");
    out[8..12].copy_from_slice(&VERSION.to_le_bytes());
    for (i, word) in [at, len, whole].into_iter().enumerate() {
        out[16 + 8 * i..24 + 8 * i].copy_from_slice(&word.to_le_bytes());
    }
    out[40..72].copy_from_slice(blake3::hash(&index).as_bytes());
    let check = blake3::hash(&out[..72]);
    out[72..80].copy_from_slice(&check.as_bytes()[..8]);
    out
}

/// A `meta.json` that makes the rest count.
fn add_meta(index: &mut Value, out: &mut Vec<u8>) {
    let bytes = serde_json::to_vec(&meta()).unwrap_or_default();
    let (at, len) = (out.len(), bytes.len());
    out.extend_from_slice(&bytes);
    let Some(contents) = index.get_mut("contents").and_then(Value::as_array_mut) else { return };
    let number = contents.len();
    let blake3 = blake3::hash(&bytes).to_hex().to_string();
    contents.push(json!({ "size": len, "blake3": blake3, "offset": at, "blocks": [[len, len]] }));
    if let Some(files) = index.get_mut("files").and_then(Value::as_array_mut) {
        files.push(json!({ "path": "meta.json", "content": number }));
    }
}

/// Gives contents the hashes of what their blocks become.
fn hash(index: &mut Value, out: &[u8]) {
    let contents = index.get_mut("contents").and_then(Value::as_array_mut);
    for content in contents.into_iter().flatten() {
        let mut hasher = blake3::Hasher::new();
        let mut at = content.get("offset").and_then(Value::as_u64).unwrap_or(0) as usize;
        let blocks = content.get("blocks").and_then(Value::as_array).cloned().unwrap_or_default();
        for block in blocks {
            let number = |i: usize| block.get(i).and_then(Value::as_u64).unwrap_or(0) as usize;
            let (from, to) = (number(0), number(1));
            let end = at.saturating_add(from);
            let Some(packed) = out.get(at..end) else { break };
            match from == to {
                true => drop(hasher.update(packed)),
                false => {
                    let raw = zstd::bulk::decompress(packed, to.min(MOST as usize));
                    hasher.update(&raw.unwrap_or_default());
                }
            }
            at = end;
        }
        if let Some(object) = content.as_object_mut() {
            object.insert("blake3".into(), hasher.finalize().to_hex().to_string().into());
        }
    }
}
