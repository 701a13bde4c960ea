//! The memory of a loaded plan, as the kernels address it.

use tilde_graph::plan::Loc;

/// The arenas' first words.
#[derive(Clone, Copy)]
pub struct Memory {
    /// In the order of [`Arena::ALL`](tilde_graph::plan::Arena::ALL).
    pub base: [*mut u32; 7],
}

impl Memory {
    /// The word at `loc`.
    ///
    /// # Safety
    /// `loc` must lie in its arena.
    #[inline(always)]
    pub unsafe fn at(&self, loc: Loc) -> *mut u32 {
        // A guarded access may begin before its arena; it is never read there.
        self.base[loc.arena as usize].wrapping_offset(loc.offset as i32 as isize)
    }
}
