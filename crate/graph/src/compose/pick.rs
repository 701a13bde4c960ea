//! Classes as vectors, and vectors of classes.

use crate::op::DType;
use crate::{Shape, Tensor};
use alloc::format;

impl<'g> Tensor<'g> {
    /// Classes (`u32`, of any shape) as vectors: `[..] → f32 [.., classes]`, 1 at the class and 0
    /// elsewhere.
    pub fn one_hot(self, classes: usize) -> Tensor<'g> {
        let mut shape = self.shape();
        if shape.rank() == crate::shape::MAX_RANK || self.dtype() != DType::U32 {
            let message = format!("{:?} {shape} are no classes, or have too many axes", self.dtype());
            return self.graph.fail("one_hot", message);
        }
        shape.push(1);
        let class = self.reshape(shape);
        class.equal(self.graph.iota(shape.with(shape.rank() - 1, classes), shape.rank() - 1))
    }

    /// Rows of a table `[V, D]` at `index` (`u32`, of any shape, below V): `[.., D]`. Its gradient is
    /// a matrix product, which sums in the same order every time.
    pub fn embedding(self, index: Tensor<'g>) -> Tensor<'g> {
        let (table, mut shape) = (self.shape(), index.shape());
        if table.rank() != 2 || shape.rank() == crate::shape::MAX_RANK || index.dtype() != DType::U32 {
            let message = format!("{table} is no table [V, D], or {:?} {shape} no index", index.dtype());
            return self.graph.fail("embedding", message);
        }
        let rows = self.gather(index.reshape(Shape::new(&[shape.len()])));
        shape.push(table.dim(1));
        rows.reshape(shape)
    }
}
