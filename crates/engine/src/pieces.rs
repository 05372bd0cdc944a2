//! Lists of what is known about ranges of the guest's memory, which goes, is split and moves with the memory.

use alloc_crate::vec::Vec;
use clew_abi::layout::Range;

/// What is known about one range.
pub trait Piece: Copy {
    fn range(&self) -> Range;

    /// What is known about the part from address `from` on, which lies at `place`.
    fn part(&self, from: u64, place: Range) -> Self;
}

/// Is anything known about a range?
pub fn known<T: Piece>(list: &[T], range: Range) -> bool {
    list.iter().any(|piece| piece.range().overlaps(range))
}

/// Forgets what is known about a range, which splits what reaches beyond it.
pub fn forget<T: Piece>(list: &mut Vec<T>, gone: Range) {
    if !known(list, gone) {
        return;
    }
    let outside = |piece: &T| {
        let (piece, range) = (*piece, piece.range());
        let below = Range::new(range.start, range.end.min(gone.start));
        let above = Range::new(range.start.max(gone.end), range.end);
        let left = [below, above].into_iter().filter(|part| !part.is_empty());
        left.map(move |part| piece.part(part.start, part))
    };
    *list = list.iter().flat_map(outside).collect();
}

/// A move of memory, of one mapping.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    pub from: u64,
    /// What is not there any more; empty if the memory is at two places now.
    pub gone: Range,
    pub to: Range,
}

impl Move {
    /// Is anything known that changes?
    pub fn concerns<T: Piece>(&self, list: &[T]) -> bool {
        let from = Range::new(self.from, self.from + 1);
        [from, self.gone, self.to].into_iter().any(|range| known(list, range))
    }

    /// What is known about the memory holds at its new place. Returns that.
    pub fn of<T: Piece>(&self, list: &mut Vec<T>) -> Option<T> {
        let moved = list.iter().find(|piece| piece.range().contains(self.from)).copied();
        forget(list, self.gone);
        forget(list, self.to);
        let moved = moved.map(|piece| piece.part(self.from, self.to));
        list.extend(moved);
        moved
    }
}
