//! What chaos a seed comes to: the portfolio.
//!
//! Consecutive seeds go through the portfolio in turn, so that of a few runs each kind of schedule gets
//! its chance; the parameters within it are random.

use clew_abi::chaos::{
    BURSTS, BY_CALLS, Chaos, DELAYS, GATHERING, INVERSION, LATE_STARTS, LATE_TIMEOUTS, NAMES,
    PLACES, PRIORITIES, Rng, SHORT_IO, SPURIOUS, STALLS, STARVATION,
};

/// The chaos of one recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub chaos: Chaos,
    /// Cores that the guest is to see; 0 for the machine's.
    pub cores: u64,
}

/// How tasks take turns.
#[derive(Clone, Copy, Debug)]
enum Turns {
    /// Any of them runs for a slice of any length up to one within these bounds, in ticks.
    Random([u64; 2]),
    /// The one of the highest priority runs; so many changes.
    Priorities(usize),
}

/// One kind of schedule.
#[derive(Clone, Copy, Debug)]
struct Kind {
    turns: Turns,
    policies: u64,
}

const fn kind(turns: Turns, policies: u64) -> Kind {
    Kind { turns, policies }
}

/// What consecutive seeds go through.
#[rustfmt::skip]
const PORTFOLIO: [Kind; 8] = [
    kind(Turns::Random([20, 500]), GATHERING | BURSTS | PLACES),
    kind(Turns::Priorities(1), LATE_TIMEOUTS | SHORT_IO),
    kind(Turns::Random([30_000, 3_000_000]), STARVATION | LATE_STARTS | DELAYS | STALLS),
    kind(Turns::Priorities(2), GATHERING | INVERSION | PLACES),
    kind(Turns::Random([100, 100_000]), SPURIOUS | SHORT_IO | STALLS | BURSTS | DELAYS),
    kind(Turns::Priorities(1), BY_CALLS | LATE_STARTS | LATE_TIMEOUTS),
    kind(Turns::Random([10, 200]), GATHERING | BURSTS | INVERSION | LATE_TIMEOUTS),
    kind(Turns::Priorities(3), BY_CALLS | STARVATION | SPURIOUS | STALLS),
];
/// Any schedule may have these too.
const MORE: [u64; 5] = [PLACES, SHORT_IO, LATE_STARTS, LATE_TIMEOUTS, DELAYS];
/// How many cores there may seem to be.
const CORES: [u64; 6] = [1, 2, 3, 4, 8, 32];
/// Ticks of a whole run of several threads, for the changes of priorities: short-lived ones, and up to
/// a second.
const STEPS: [[u64; 2]; 2] = [[50, 4000], [200, 100_000_000]];
/// The same in calls.
const CALLS: [[u64; 2]; 2] = [[4, 32], [16, 4000]];
/// The shortest slices.
const LEAST: [u64; 2] = [1, 20];
const EXACT: u64 = 160;
const INSTRUCTIONS: u64 = 24;
/// A hold, in nanoseconds.
const HOLD: [u64; 2] = [30_000, 400_000_000];
const STARVED: [u64; 2] = [1_000_000, 2_000_000_000];

impl Plan {
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::derived(seed, 0);
        let kind = PORTFOLIO[(seed % PORTFOLIO.len() as u64) as usize];
        let mut policies = kind.policies;
        for more in MORE {
            policies |= if rng.chance(64) { more } else { 0 };
        }
        let (slice, changes) = match kind.turns {
            Turns::Random(most) => ([rng.scaled(LEAST), rng.scaled(most)], [0; 3]),
            Turns::Priorities(number) => {
                let most = if policies & BY_CALLS != 0 { CALLS } else { STEPS };
                let most = most[rng.below(2) as usize];
                let change = |n| if n < number { rng.scaled(most) } else { 0 };
                ([1, u64::MAX], std::array::from_fn(change))
            }
        };
        if let Turns::Priorities(_) = kind.turns {
            policies |= PRIORITIES;
        }
        let calls = if rng.chance(128) { 0 } else { rng.scaled([4, 160]) };
        let chaos = Chaos {
            seed: rng.next(),
            policies,
            slice,
            changes,
            exact: EXACT,
            instructions: INSTRUCTIONS,
            calls,
            hold: if policies & STARVATION != 0 { STARVED } else { HOLD },
        };
        let cores = match rng.chance(100) {
            true => CORES[rng.below(CORES.len() as u64) as usize],
            false => 0,
        };
        Self { chaos, cores }
    }

    /// In words.
    pub fn describe(&self) -> String {
        let Chaos { slice: [least, most], changes, policies, .. } = self.chaos;
        let changes = changes.iter().filter(|ticks| **ticks != 0).count();
        let mut words = vec![match policies & PRIORITIES {
            0 => format!("slices of {least} to {most} ticks"),
            _ => format!("priorities that change {changes} times"),
        }];
        let named = NAMES.iter().filter(|(bit, _)| policies & bit & !PRIORITIES != 0);
        words.extend(named.map(|(_, name)| (*name).to_owned()));
        if self.cores != 0 {
            words.push(format!("{} cores", self.cores));
        }
        words.join(", ")
    }
}

/// A seed for a recording that was given none, short enough to be typed.
pub fn seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_one_plan() {
        assert_eq!(Plan::new(5), Plan::new(5));
        assert_ne!(Plan::new(5).chaos.seed, Plan::new(13).chaos.seed);
    }

    #[test]
    fn consecutive_seeds_go_through_the_portfolio() {
        for seed in 0..1000 {
            let policies: u64 =
                (seed..seed + 8).map(|s| Plan::new(s).chaos.policies).fold(0, |a, b| a | b);
            assert_eq!(policies, NAMES.iter().fold(0, |all, (bit, _)| all | bit), "from {seed}");
        }
    }

    #[test]
    fn plans_are_within_bounds() {
        for seed in 0..1000 {
            let plan = Plan::new(seed);
            assert!(plan.chaos.is_on());
            assert!(plan.chaos.slice[0] > 0 && plan.chaos.hold[1] <= 2_000_000_000);
            assert!(plan.cores == 0 || CORES.contains(&plan.cores));
            assert!(!plan.describe().is_empty());
        }
    }

    #[test]
    fn seeds_are_short() {
        assert!(seed() <= u64::from(u32::MAX));
    }
}
