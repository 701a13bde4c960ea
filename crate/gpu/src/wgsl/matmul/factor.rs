//! One of the two factors of a product, and how four words of it can be loaded at once.

use tilde_graph::plan::Access;

/// The left or the right factor.
pub(super) struct Factor<'a> {
    pub(super) access: &'a Access,
    /// Its rows (left) or columns (right): the dimension that the product keeps.
    pub(super) size: u32,
    /// Words between those.
    pub(super) out: i32,
    /// Words between elements along the summed dimension.
    pub(super) along: i32,
}

/// How the words of a factor are loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walk {
    /// One by one.
    Words,
    /// Four along the summed dimension.
    Along,
    /// Four along the dimension that is kept.
    Out,
}

impl Factor<'_> {
    /// The widest aligned loads of a block of `tile` rows or columns.
    pub(super) fn walk(&self, tile: u32) -> Walk {
        let aligned = |stride: i32| stride % 4 == 0;
        if !aligned(self.access.loc.offset as i32) || !aligned(self.access.strides[0]) {
            Walk::Words
        } else if self.along == 1 && aligned(self.out) {
            Walk::Along
        } else if self.out == 1 && aligned(self.along) && tile == 4 && self.size.is_multiple_of(4) {
            Walk::Out
        } else {
            Walk::Words
        }
    }
}
