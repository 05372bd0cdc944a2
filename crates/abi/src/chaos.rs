//! Chaos: what makes a recording's schedule, and what else the outside world decides, unusual.
//!
//! The supervisor chooses policies and their parameters from the recording's one seed; engines follow
//! them, with random numbers that begin at a seed of their own, derived from it.

/// What an engine is told. All zero: no chaos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Chaos {
    /// Where the process's random numbers begin.
    pub seed: u64,
    /// Bit set of the constants below.
    pub policies: u64,
    /// Ticks of a slice, at least and at most.
    pub slice: [u64; 2],
    /// [`PRIORITIES`]: the running task becomes the last once within each of so many ticks
    /// (calls, [`BY_CALLS`]) that are not 0.
    pub changes: [u64; 3],
    /// So many of 256 slices go on for up to so many instructions after their last tick.
    pub exact: u64,
    pub instructions: u64,
    /// After so many of 256 system calls another task runs.
    pub calls: u64,
    /// Nanoseconds that a task is kept from running, at least and at most.
    pub hold: [u64; 2],
}

/// The waiting task of the highest priority runs; priorities are random (PCT). Otherwise any.
pub const PRIORITIES: u64 = 1;
/// Now and then some task does not run for a while, unless no other can.
pub const STARVATION: u64 = 2;
/// Threads and processes begin late.
pub const LATE_STARTS: u64 = 4;
/// When a task waits for another, some third one may run instead of that.
pub const INVERSION: u64 = 8;
/// Who waited for some time gets to run later than that.
pub const LATE_TIMEOUTS: u64 = 16;
/// Reads and writes transfer less than they could.
pub const SHORT_IO: u64 = 32;
/// Futex waits end without a reason.
pub const SPURIOUS: u64 = 64;
/// Memory is mapped at random places.
pub const PLACES: u64 = 128;
/// Processes of several are late at some system calls.
pub const STALLS: u64 = 256;
/// Threads begin when their maker waits for something, or has run for long: all at once.
pub const GATHERING: u64 = 512;
/// Now and then tasks take turns of a few instructions each, for a while.
pub const BURSTS: u64 = 1024;
/// [`Chaos::changes`] counts system calls instead of ticks.
pub const BY_CALLS: u64 = 2048;
/// Soon after some system calls the task does not run for a while.
pub const DELAYS: u64 = 4096;

/// Their names, for people.
pub const NAMES: [(u64, &str); 13] = [
    (PRIORITIES, "priorities"),
    (STARVATION, "starvation"),
    (LATE_STARTS, "late starts"),
    (INVERSION, "priority inversion"),
    (LATE_TIMEOUTS, "late time-outs"),
    (SHORT_IO, "short reads and writes"),
    (SPURIOUS, "spurious wakeups"),
    (PLACES, "random addresses"),
    (STALLS, "stalls"),
    (GATHERING, "gathered starts"),
    (BURSTS, "bursts of switches"),
    (BY_CALLS, "changes by calls"),
    (DELAYS, "delays after calls"),
];

impl Chaos {
    /// Is there any?
    pub fn is_on(&self) -> bool {
        self.slice[1] != 0
    }

    pub fn has(&self, policy: u64) -> bool {
        self.policies & policy != 0
    }

    /// The same policies with the random numbers of something else: `what` tells it from others.
    #[must_use]
    pub fn derived(&self, what: u64) -> Self {
        Self { seed: Rng::derived(self.seed, what).next(), ..*self }
    }
}

/// Random numbers (SplitMix64, Steele, Lea and Flood 2014): whatever the seed, they differ from those
/// of the next one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rng(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Those of `what`, which has the seed in common with others.
    pub fn derived(seed: u64, what: u64) -> Self {
        Self(Self(seed).next() ^ Self(!what).next())
    }

    #[allow(clippy::should_implement_trait, reason = "never ends")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Less than `limit`; 0 if that is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// True `part` times of 256.
    pub fn chance(&mut self, part: u64) -> bool {
        self.next() >> 56 < part
    }

    /// Within these bounds, small ones as often as large ones: the binary logarithm is evenly
    /// distributed.
    pub fn scaled(&mut self, [least, most]: [u64; 2]) -> u64 {
        let (least, most) = (least.max(1), most.max(1));
        if least >= most {
            return least;
        }
        // Between two powers of two as on a line.
        let bits = |n: u64| {
            (u64::from(n.ilog2()) << 16) + ((((n as u128) << 16) >> n.ilog2()) as u64 - (1 << 16))
        };
        let at = bits(least) + self.below(bits(most) - bits(least) + 1);
        let (power, rest) = (at >> 16, at & 0xffff);
        let value = (u128::from((1 << 16) + rest) << power) >> 16;
        (value as u64).clamp(least, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_numbers() {
        let (mut a, mut b) = (Rng::new(7), Rng::new(7));
        assert!((0..100).all(|_| a.next() == b.next()));
        assert_ne!(Rng::derived(7, 1).next(), Rng::derived(7, 2).next());
        assert_ne!(Rng::derived(7, 1).next(), Rng::derived(8, 1).next());
    }

    #[test]
    fn numbers_keep_to_their_bounds() {
        let mut rng = Rng::new(1);
        for _ in 0..10_000 {
            assert!(rng.below(3) < 3);
            assert!((5..=1_000_003).contains(&rng.scaled([5, 1_000_003])));
        }
        assert_eq!(rng.below(0), 0);
        assert_eq!(rng.scaled([9, 9]), 9);
        assert_eq!(rng.scaled([9, 3]), 9);
        assert!(!rng.chance(0));
        assert!(rng.chance(256));
    }

    #[test]
    fn scaled_numbers_are_of_all_sizes() {
        let mut rng = Rng::new(1);
        let mut sizes = [0; 20];
        for _ in 0..20_000 {
            sizes[rng.scaled([1, (1 << 20) - 1]).ilog2() as usize] += 1;
        }
        assert!(sizes.iter().all(|n| (700..1300).contains(n)), "{sizes:?}");
    }

    #[test]
    fn derived_policies_are_the_same() {
        let chaos = Chaos { seed: 3, policies: PLACES, slice: [1, 2], ..Chaos::default() };
        let child = chaos.derived(1);
        assert!(child.is_on() && child.has(PLACES) && child.seed != chaos.seed);
        assert!(!Chaos::default().is_on());
    }
}
