//! Rows: kernels with a reduction run over *outer* points and, at each, over a row of *inner* ones.
//! Softmax and the norms are several reductions over the same rows with elementwise work between and
//! after them; here is what may share one kernel.

use super::fuse::{Fused, Kind};
use super::squeeze;
use crate::Shape;
use crate::graph::NodeId;
use crate::op::Op;

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

impl Fused {
    /// The rows of a reduction.
    pub fn rows(&self, id: NodeId) -> Option<Rows> {
        let node = &self.nodes[id as usize];
        match node.op {
            Op::Reduce(_, mask) if self.kinds[id as usize] == Kind::Reduce => {
                Some(Rows::new(&self.nodes[node.inputs[0] as usize].shape, mask))
            }
            _ => None,
        }
    }

    /// Whether a member of a kernel over `rows` runs at every inner point, not once a row.
    pub fn is_inner(&self, id: NodeId, rows: &Rows) -> bool {
        self.kinds[id as usize] != Kind::Reduce && self.domain(id) == rows.shape
    }

    /// Whether operand `i` of `id` is a value of its row, so that within a kernel over `rows` every
    /// inner point can take it from a register.
    pub fn of_row(&self, id: NodeId, i: usize, rows: &Rows) -> bool {
        let node = &self.nodes[id as usize];
        if !matches!(node.op, Op::Unary(_) | Op::Binary(_) | Op::Select) || !self.is_inner(id, rows) {
            return false;
        }
        let view = &self.views[node.inputs[i] as usize];
        let base = squeeze(&self.nodes[view.base as usize].shape);
        let outer = rows.outer();
        let strides = outer.strides();
        let wide = (0..node.shape.rank()).filter(|&a| node.shape.dim(a) != 1);
        let mut kept = 0;
        base == outer
            && view.affine.offset == 0
            && wide.enumerate().all(|(at, a)| {
                let stride = view.affine.strides[a];
                if rows.reduced(at) {
                    return stride == 0;
                }
                kept += 1;
                stride == strides[kept - 1]
            })
    }

    /// Whether a register can carry operand `i` to `id` inside one kernel, which runs over `rows` if
    /// it has a reduction.
    pub fn carried(&self, id: NodeId, i: usize, rows: Option<Rows>) -> bool {
        self.aligned(id, i) || rows.is_some_and(|rows| self.of_row(id, i, &rows))
    }
}
