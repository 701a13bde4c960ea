//! Memory that begins at a cache line, so that no vector of a dense loop lies across two.

use alloc::alloc::{Layout, alloc_zeroed, dealloc};
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;
use core::slice;
use tilde_graph::DeviceError;

/// Words that begin at a cache line.
pub struct Words {
    first: NonNull<u32>,
    len: usize,
}

impl Words {
    /// So many zeros.
    ///
    /// # Errors
    /// [`DeviceError::OutOfMemory`] if the allocator refuses.
    #[inline(never)]
    pub fn zeros(len: usize) -> Result<Words, DeviceError> {
        let refused = DeviceError::OutOfMemory { needed: 4 * len as u64, limit: isize::MAX as u64 };
        // SAFETY: the layout is never empty.
        let first = layout(len).and_then(|layout| NonNull::new(unsafe { alloc_zeroed(layout) }.cast()));
        first.map(|first| Words { first, len }).ok_or(refused)
    }

    /// The first word, as a number.
    pub fn floats(&mut self) -> *mut f32 {
        self.first.as_ptr().cast()
    }
}

/// Whole lines, one at least.
fn layout(words: usize) -> Option<Layout> {
    let bytes = words.max(1).checked_mul(4)?;
    Layout::from_size_align(bytes.checked_next_multiple_of(64)?, 64).ok()
}

impl Drop for Words {
    fn drop(&mut self) {
        if let Some(layout) = layout(self.len) {
            // SAFETY: allocated with this layout, and given back once.
            unsafe { dealloc(self.first.as_ptr().cast(), layout) };
        }
    }
}

impl Deref for Words {
    type Target = [u32];
    fn deref(&self) -> &[u32] {
        // SAFETY: so many words were allocated and initialised.
        unsafe { slice::from_raw_parts(self.first.as_ptr(), self.len) }
    }
}

impl DerefMut for Words {
    fn deref_mut(&mut self) -> &mut [u32] {
        // SAFETY: so many words were allocated and initialised.
        unsafe { slice::from_raw_parts_mut(self.first.as_ptr(), self.len) }
    }
}
