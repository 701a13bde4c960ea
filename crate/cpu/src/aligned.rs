//! Memory that begins at a cache line, so that no vector of a dense loop lies across two.

use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};
use core::slice;
use tilde_graph::DeviceError;

/// Words of a line.
const LINE: usize = 16;

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u32; LINE]);

/// Words that begin at a cache line.
#[derive(Default)]
pub struct Words(Vec<Line>);

impl Words {
    /// So many zeros, and the rest of the last line.
    ///
    /// # Errors
    /// [`DeviceError::OutOfMemory`] if the allocator refuses.
    #[inline(never)]
    pub fn zeros(len: usize) -> Result<Words, DeviceError> {
        let lines = len.div_ceil(LINE);
        let mut words = Vec::new();
        words
            .try_reserve_exact(lines)
            .map_err(|_| DeviceError::OutOfMemory { needed: 4 * len as u64, limit: isize::MAX as u64 })?;
        words.resize(lines, Line([0; LINE]));
        Ok(Words(words))
    }

    /// The first word, as a number.
    pub fn floats(&mut self) -> *mut f32 {
        self.0.as_mut_ptr().cast()
    }
}

impl Deref for Words {
    type Target = [u32];
    fn deref(&self) -> &[u32] {
        // SAFETY: lines are words without gaps.
        unsafe { slice::from_raw_parts(self.0.as_ptr().cast(), self.0.len() * LINE) }
    }
}

impl DerefMut for Words {
    fn deref_mut(&mut self) -> &mut [u32] {
        // SAFETY: lines are words without gaps.
        unsafe { slice::from_raw_parts_mut(self.0.as_mut_ptr().cast(), self.0.len() * LINE) }
    }
}
