//! Running sums, and what depends on order.

use super::no_axis;
use crate::Tensor;
use crate::op::{Binary, DType, Unary};
use crate::shape::MAX_RANK;
use alloc::format;

impl<'g> Tensor<'g> {
    /// The sum of all elements up to each one along `axis`; the shape stays. It is a product with a
    /// triangular matrix, so a long axis of N costs N² per row.
    pub fn cumsum(self, axis: usize) -> Tensor<'g> {
        let shape = self.shape();
        if axis >= shape.rank() {
            return no_axis(self, "cumsum", axis);
        }
        let n = shape.dim(axis);
        let square = [n, n];
        let until = self.graph.iota(square, 0).binary(Binary::Le, self.graph.iota(square, 1));
        let last = self.swapped(axis);
        let sums = last.reshape([shape.len() / n.max(1), n]).matmul(until);
        sums.reshape(last.shape()).swapped(axis)
    }

    /// The index of the largest element along `axis`, which vanishes: `u32`. Of equals, the first.
    pub fn arg_max(self, axis: usize) -> Tensor<'g> {
        let shape = self.shape();
        if axis >= shape.rank() {
            return no_axis(self, "arg_max", axis);
        }
        let g = self.graph;
        let n = shape.dim(axis);
        let hit = self.equal(self.max_keep(&[axis]));
        // Of all hits the first has the most elements behind it.
        let behind = n as f32 - g.iota(shape, axis).to_f32();
        let first = n as f32 - hit.select(behind, g.constant(1.0)).max_axes(&[axis]);
        first.unary(Unary::ToU32)
    }

    /// How many elements of its row, the last axis, come before each one in descending order; equals
    /// stay in order. `f32` 0, 1, …, N − 1, without gradient; the shape stays. It compares all
    /// pairs: N² per row.
    pub fn ranks(self) -> Tensor<'g> {
        self.ranked("ranks")
    }

    /// 1 for the `k` largest elements of each row, the last axis, else 0, without gradient; of equals,
    /// the first. The shape stays. `k` is one number (`f32`: a constant or a knob), or one a row.
    pub fn top_k_mask(self, k: Tensor<'g>) -> Tensor<'g> {
        let (x, count) = (self.shape(), k.shape());
        if count.broadcast(&x) != Some(x) || k.dtype() != DType::F32 {
            let message = format!("{:?} {count} does not say how many of {x}", k.dtype());
            return self.graph.fail("top_k_mask", message);
        }
        self.ranked("top_k_mask").lt(k)
    }

    /// The `k` largest elements of each row, the last axis, in descending order, and their places
    /// (`u32`): `[.., N] → [.., k], [.., k]`. Equals stay in order.
    pub fn top_k(self, k: usize) -> (Tensor<'g>, Tensor<'g>) {
        let (g, x) = (self.graph, self.shape());
        let rank = x.rank();
        if rank == 0 || rank == MAX_RANK || k > x.dim(rank - 1) || self.dtype() != DType::F32 {
            let none = g.fail("top_k", format!("{:?} {x} has no {k} elements in a row", self.dtype()));
            return (none, none);
        }
        let n = x.dim(rank - 1);
        let mut row = x.with(rank - 1, 1);
        row.push(n);
        // [.., k, N]: 1 where the element has this rank.
        let all = row.with(rank - 1, k);
        let hit = self.ranks().reshape(row).equal(g.iota(all, rank - 1).to_f32());
        let values = hit.select(self.reshape(row), g.constant(0.0)).sum_axes(&[rank]);
        let places = (hit * g.iota(all, rank).to_f32()).sum_axes(&[rank]);
        (values, places.unary(Unary::ToU32))
    }

    fn ranked(self, op: &str) -> Tensor<'g> {
        let (g, x) = (self.graph, self.shape());
        let rank = x.rank();
        if rank == 0 || rank == MAX_RANK || self.dtype() != DType::F32 {
            return g.fail(op, format!("{:?} {x} has no rows, or too many axes", self.dtype()));
        }
        let n = x.dim(rank - 1);
        let mut pairs = x;
        pairs.push(n);
        let (one, other) = (self.reshape(pairs.with(rank, 1)), self.reshape(pairs.with(rank - 1, 1)));
        let earlier = g.iota(pairs, rank).lt(g.iota(pairs, rank - 1));
        let before = one.lt(other) + one.equal(other) * earlier;
        before.sum_axes(&[rank])
    }

    /// `axis` and the last one exchanged.
    fn swapped(self, axis: usize) -> Tensor<'g> {
        let rank = self.shape().rank();
        let mut axes = [0, 1, 2, 3, 4, 5];
        axes.swap(axis, rank - 1);
        self.permute(&axes[..rank])
    }
}
