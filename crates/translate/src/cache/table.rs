//! Tables at fixed addresses: nothing in them moves, and a snapshot is mapped as it is.

use clew_abi::layout::Range;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

/// A vector at a fixed place.
///
/// # Safety
/// The place is mapped, aligned for `T` and this table's alone (see `Cache::create`); the first `len`
/// elements are initialised.
pub struct Table<T: Copy> {
    place: Range,
    len: usize,
    kind: PhantomData<T>,
}

impl<T: Copy> Table<T> {
    pub(super) const fn at(place: Range) -> Self {
        Self { place, len: 0, kind: PhantomData }
    }

    pub(super) fn place(&self) -> Range {
        self.place
    }

    /// Where the elements in use end.
    pub(super) fn end(&self) -> u64 {
        self.place.start + (self.len * size_of::<T>()) as u64
    }

    #[inline]
    pub fn push(&mut self, value: T) {
        assert!(self.end() + size_of::<T>() as u64 <= self.place.end, "a table is full");
        // SAFETY: within the table's place.
        unsafe { (self.place.start as *mut T).add(self.len).write(value) }
        self.len += 1;
    }

    #[inline]
    pub fn extend_from_slice(&mut self, values: &[T]) {
        values.iter().for_each(|&value| self.push(value));
    }

    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    pub fn clear(&mut self) {
        self.len = 0;
    }
}

impl<T: Copy> Deref for Table<T> {
    type Target = [T];
    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: see the type.
        unsafe { core::slice::from_raw_parts(self.place.start as *const T, self.len) }
    }
}

impl<T: Copy> DerefMut for Table<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: see the type.
        unsafe { core::slice::from_raw_parts_mut(self.place.start as *mut T, self.len) }
    }
}
