//! A small seeded generator; the same on every machine.

pub struct Random(u64);

impl Random {
    /// A stream of its own for each (seed, sequence, purpose).
    pub fn new(seed: u64, sequence: u64, purpose: u64) -> Self {
        let mut random = Self(
            seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                ^ sequence.wrapping_mul(0xbf58_476d_1ce4_e5b9)
                ^ purpose.wrapping_mul(0x94d0_49bb_1331_11eb),
        );
        random.next();
        random
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// True `percent` times of a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// A number of an interesting kind: small, near a power of two, all ones, random.
    pub fn value(&mut self) -> u64 {
        match self.below(8) {
            0 => self.below(16),
            1 => self.below(16).wrapping_neg(),
            2 => (1u64 << self.below(64)).wrapping_sub(self.below(3)),
            3 => u64::from(self.next() as u32),
            4 => (1.5f64 + self.below(1000) as f64 / 7.0).to_bits(),
            5 => {
                let (a, b) = (self.below(100) as f32 * 0.37, self.below(100) as f32 * -1.1);
                u64::from(a.to_bits()) << 32 | u64::from(b.to_bits())
            }
            _ => self.next(),
        }
    }
}
