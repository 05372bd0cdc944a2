//! The seeds of a hunt's runs.

/// How a run is scheduled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    pub chaos: bool,
    /// Of this run; none without chaos.
    pub seed: Option<u64>,
}

impl Schedule {
    /// Of run `number` of a hunt with this seed.
    pub fn of(hunt: u64, number: u64, chaos: bool) -> Self {
        match chaos {
            true => Self { chaos, seed: Some(run_seed(hunt, number)) },
            false => Self::default(),
        }
    }

    /// The options of `clew record` that schedule another run like this one.
    pub fn options(&self) -> Vec<String> {
        let mut all = Vec::new();
        if self.chaos {
            all.push("--chaos".to_owned());
        }
        all.extend(self.seed.map(|seed| format!("--seed {seed}")));
        all
    }
}

/// Short enough to be typed, and for a hunt's first 2³² runs never the same twice: every step of it can be
/// undone. Of each eight runs the lowest bits differ, so that all kinds of chaos get their turn (see
/// `clew_record::chaos`), in another order each time: shards get all kinds too.
pub fn run_seed(hunt: u64, number: u64) -> u64 {
    const KINDS: u32 = 3;
    const REST: u32 = u32::MAX >> KINDS;
    let mixed = mix(hunt);
    let block = number >> KINDS;
    let mut x = (block as u32).wrapping_add((mixed >> 32) as u32) & REST;
    x = (x ^ x >> 16).wrapping_mul(0x85eb_ca6b) & REST;
    x = (x ^ x >> 13).wrapping_mul(0xc2b2_ae35) & REST;
    x = (x ^ x >> 16 ^ mixed as u32) & REST;
    let kind = number.wrapping_add(mix(mixed ^ block)) & ((1 << KINDS) - 1);
    u64::from(x) << KINDS | kind
}

/// splitmix64's output function.
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn seeds_differ_between_runs_and_hunts() {
        let seeds = |hunt| (1..=20_000).map(move |n| run_seed(hunt, n));
        assert_eq!(seeds(7).collect::<HashSet<_>>().len(), 20_000);
        assert_eq!(seeds(7).zip(seeds(8)).filter(|(a, b)| a == b).count(), 0);
        assert_eq!(Schedule::of(7, 3, true), Schedule::of(7, 3, true));
        assert_eq!(Schedule::of(7, 3, false), Schedule::default());
    }

    #[test]
    fn all_kinds_get_their_turn() {
        let kinds = |numbers: &mut dyn Iterator<Item = u64>| {
            numbers.map(|n| run_seed(7, n) % 8).collect::<HashSet<_>>().len()
        };
        assert_eq!(kinds(&mut (0..8)), 8);
        assert_eq!(kinds(&mut (8..16)), 8);
        // Those of a shard.
        assert_eq!(kinds(&mut (1..1000).step_by(16)), 8);
    }
}
