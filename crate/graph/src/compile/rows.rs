//! Rows. A kernel with a reduction runs over *outer* points and, at each, over a row of *inner*
//! points. A sum of `[B, D]` over its last axis has `B` outer points with rows of `D` inner ones.

use super::squeeze;
use crate::Shape;

/// The rows that a reduction runs over; reductions over equal rows can share a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// The argument's shape, without axes of size 1.
    pub shape: Shape,
    /// The reduced axes of `shape`, a bit mask.
    pub mask: u8,
}

impl Rows {
    /// Of a reduction of `argument` over the axes of `mask`.
    pub fn new(argument: &Shape, mask: u8) -> Rows {
        let mut squeezed = 0;
        for (i, a) in (0..argument.rank()).filter(|&a| argument.dim(a) != 1).enumerate() {
            squeezed |= (mask >> a & 1) << i;
        }
        Rows { shape: squeeze(argument), mask: squeezed }
    }

    /// Whether an axis of `shape` is reduced.
    pub fn reduced(&self, axis: usize) -> bool {
        self.mask & (1 << axis) != 0
    }

    /// The axes that stay.
    pub fn outer(&self) -> Shape {
        self.shape.without(|a| self.reduced(a))
    }

    /// The axes of a row.
    pub fn inner(&self) -> Shape {
        self.shape.without(|a| !self.reduced(a))
    }

    /// Whether rows are whole in the domain's order: no outer axis lies behind an inner one. Draws
    /// are numbered by that order.
    pub fn trailing(&self) -> bool {
        (0..self.shape.rank()).skip_while(|&a| !self.reduced(a)).all(|a| self.reduced(a))
    }

    /// Whether several passes over a row are worth one kernel: rows that lie in runs in memory, short
    /// enough to stay in a cache, and enough of them to keep a device busy.
    pub fn several_passes(&self) -> bool {
        let last = self.shape.rank().wrapping_sub(1);
        let length = self.inner().len();
        self.reduced(last) && (8..=16_384).contains(&length) && self.shape.len() / length >= 8
    }
}
