//! What a debugging session remembers of where it was: checkpoints, and the places it stopped at.

use std::collections::BTreeMap;

use clew_timeline::Position;

/// A user's checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub position: Position,
    /// Function and line, if the debugger told.
    pub place: String,
}

/// See the module's documentation. It outlives a client.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    pub checkpoints: BTreeMap<u32, Checkpoint>,
    last_number: u32,
    stops: Vec<Position>,
    /// Which of the stops we stand at.
    at: usize,
    /// The debugger says itself which stops its user sees.
    told: bool,
}

impl Notes {
    pub fn check(&mut self, checkpoint: Checkpoint) -> u32 {
        self.last_number += 1;
        self.checkpoints.insert(self.last_number, checkpoint);
        self.last_number
    }

    /// The process stopped here on its way for the debugger.
    pub fn stopped(&mut self, here: Position) {
        if !self.told {
            self.note(here);
        }
    }

    /// The user saw the process stop here.
    pub fn seen(&mut self, here: Position) {
        if !self.told {
            self.told = true;
            self.stops.truncate(1);
            self.at = 0;
        }
        self.note(here);
    }

    fn note(&mut self, here: Position) {
        if self.stops.get(self.at) == Some(&here) {
            return;
        }
        self.stops.truncate(self.at + 1);
        self.stops.push(here);
        self.at = self.stops.len() - 1;
    }

    /// Where the session stopped before.
    pub fn back(&mut self) -> Option<Position> {
        let at = self.at.checked_sub(1)?;
        self.go(at)
    }

    /// Where it stopped after that.
    pub fn forward(&mut self) -> Option<Position> {
        self.go(self.at + 1)
    }

    fn go(&mut self, at: usize) -> Option<Position> {
        let position = *self.stops.get(at)?;
        self.at = at;
        Some(position)
    }
}
