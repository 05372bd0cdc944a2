//! What a program printed: all of it, or the beginning and the end.

use std::collections::VecDeque;

/// How much is kept of the beginning, and of the end.
const HEAD: usize = 64 << 10;
const TAIL: usize = 192 << 10;

/// See the module's documentation.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    dropped: u64,
}

impl Captured {
    pub fn add(&mut self, bytes: &[u8]) {
        let (first, rest) = bytes.split_at(bytes.len().min(HEAD - self.head.len()));
        self.head.extend(first);
        self.tail.extend(rest);
        let excess = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..excess);
        self.dropped += excess as u64;
    }

    pub fn is_empty(&self) -> bool {
        self.head.is_empty()
    }

    /// What is kept, with a line where something is missing.
    pub fn bytes(&self) -> Vec<u8> {
        let mut all = self.head.clone();
        if self.dropped > 0 {
            all.extend(format!("\n[… {} bytes …]\n", self.dropped).bytes());
        }
        all.extend(&self.tail);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_both_ends() {
        let mut captured = Captured::default();
        captured.add(b"begin ");
        (0..100).for_each(|_| captured.add(&[b'.'; 10_000]));
        captured.add(b" end");
        let text = String::from_utf8(captured.bytes()).unwrap();
        assert!(text.starts_with("begin ...") && text.ends_with("... end"));
        assert!(text.contains(&format!("[… {} bytes …]", 1_000_010 - HEAD - TAIL)));
        assert!(text.len() < HEAD + TAIL + 50);
    }
}
