//! Break- and watchpoints as gdb sets them.

use std::collections::BTreeMap;

use clew_timeline::{Access, Breakpoint, CatchSyscalls, Watchpoint};

use crate::session::Session;

/// Software or hardware: the same to a timeline, but gdb sets and removes each for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Software,
    Hardware,
}

/// `execve` and `execveat`.
const EXECS: [u64; 2] = [59, 322];

/// What is set. A change reaches the timeline before the next motion.
#[derive(Clone, Debug, Default)]
pub struct Points {
    breakpoints: BTreeMap<(u64, Kind), Vec<Vec<u8>>>,
    watchpoints: Vec<Watchpoint>,
    pub calls: CatchSyscalls,
    /// Calls that replace the program stop too, for the server.
    pub execs: bool,
    pub passed: u64,
}

impl Points {
    /// Sets a breakpoint, or replaces its conditions.
    pub fn insert(&mut self, addr: u64, kind: Kind, conditions: Vec<Vec<u8>>) {
        self.breakpoints.insert((addr, kind), conditions);
    }

    pub fn remove(&mut self, addr: u64, kind: Kind) -> bool {
        self.breakpoints.remove(&(addr, kind)).is_some()
    }

    /// Of which kind is a breakpoint at an address?
    pub fn kind(&self, addr: u64) -> Kind {
        match self.breakpoints.contains_key(&(addr, Kind::Software)) {
            true => Kind::Software,
            false => Kind::Hardware,
        }
    }

    pub fn watch(&mut self, addr: u64, len: u64, access: Access) {
        self.watchpoints.push(Watchpoint { addr, len, access });
    }

    /// Takes away one such watchpoint.
    pub fn unwatch(&mut self, addr: u64, len: u64, access: Access) -> bool {
        let gone = Watchpoint { addr, len, access };
        match self.watchpoints.iter().position(|set| *set == gone) {
            Some(i) => {
                self.watchpoints.swap_remove(i);
                true
            }
            None => false,
        }
    }

    pub fn apply(&self, session: &mut impl Session) {
        let mut merged: BTreeMap<u64, Option<Vec<Vec<u8>>>> = BTreeMap::new();
        for (&(addr, _), conditions) in &self.breakpoints {
            // One without conditions always stops.
            let all = merged.entry(addr).or_insert_with(|| Some(Vec::new()));
            match all {
                Some(all) if !conditions.is_empty() => all.extend(conditions.iter().cloned()),
                all => *all = None,
            }
        }
        let breakpoint = |(addr, conditions): (u64, Option<Vec<Vec<u8>>>)| Breakpoint {
            addr,
            conditions: conditions.unwrap_or_default(),
        };
        session.set_breakpoints(merged.into_iter().map(breakpoint).collect());
        let mut watchpoints = self.watchpoints.clone();
        watchpoints.sort_by_key(|w| (w.addr, w.len, w.access as u8));
        watchpoints.dedup();
        session.set_watchpoints(watchpoints);
        session.catch_syscalls(self.all_calls());
        session.pass_signals(self.passed);
    }

    fn all_calls(&self) -> CatchSyscalls {
        match &self.calls {
            CatchSyscalls::None if self.execs => CatchSyscalls::Some(EXECS.to_vec()),
            CatchSyscalls::Some(numbers) if self.execs => {
                CatchSyscalls::Some(numbers.iter().copied().chain(EXECS).collect())
            }
            asked => asked.clone(),
        }
    }

    /// Whether a stop at this call is for the server only.
    pub fn is_own(&self, call: u64) -> bool {
        let asked = match &self.calls {
            CatchSyscalls::None => false,
            CatchSyscalls::All => true,
            CatchSyscalls::Some(numbers) => numbers.contains(&call),
        };
        self.execs && !asked && EXECS.contains(&call)
    }

    /// Nothing stops any more: the client that set all this is gone.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
