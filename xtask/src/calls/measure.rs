//! Which calls the guests made when the suite recorded them, and what these came to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Error, Result};
use clew_testsuite::calls::{self, Made, Row};
use clew_testsuite::guests;

use crate::cargo;

/// As many guests are named for each call.
const NAMED: usize = 3;

/// What was seen of every guest.
#[derive(Default)]
pub struct Seen {
    guests: BTreeMap<String, Calls>,
}

struct Calls {
    made: BTreeSet<Made>,
    /// Other runs may make other calls.
    varies: bool,
}

impl Seen {
    /// Looks at the traces that the suite `guests` kept.
    pub fn kept(clew: &Path) -> Result<Self> {
        let mut seen = Self::default();
        for guest in guests::discover().map_err(Error::msg)? {
            let trace = cargo::target().join("testsuite/guests").join(&guest.name).join("trace");
            if !trace.exists() {
                println!("{} has no trace", guest.name);
                continue;
            }
            let made = calls::made(clew, &trace).map_err(Error::msg)?;
            let varies = guest.directives.nondeterministic || guest.name.starts_with("race_");
            seen.guests.insert(guest.name, Calls { made, varies });
        }
        Ok(seen)
    }

    /// For each call the errors that were seen, and the guests that exercise it most: those that see most
    /// of it, of equals those that do little else.
    pub fn rows(&self) -> BTreeMap<u32, Row> {
        let mut rows = BTreeMap::new();
        for row in clew_syscalls::table::all() {
            let outcomes = |calls: &Calls| calls.made.iter().filter(|m| m.0 == row.nr).count();
            let mut guests: Vec<_> =
                self.guests.iter().filter(|(_, calls)| outcomes(calls) > 0).collect();
            guests.sort_by_key(|(_, calls)| {
                (calls.varies, usize::MAX - outcomes(calls), calls.made.len())
            });
            let made = self.guests.values().flat_map(|calls| &calls.made);
            let all = made.filter(|m| m.0 == row.nr && m.1 != 0);
            let errors: BTreeSet<i32> = all.map(|made| made.1).collect();
            let names = errors.iter().map(|&e| clew_syscalls::errno_name(e).unwrap_or("?"));
            let mut names: Vec<&str> = names.collect();
            names.sort_unstable();
            let guests = guests.iter().take(NAMED).map(|(name, _)| name.to_string()).collect();
            rows.insert(row.nr, Row { nr: row.nr, errors: names.join(" "), guests });
        }
        rows
    }
}
