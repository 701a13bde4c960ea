//! Operations composed of the primitives. The compiler makes one kernel of most of them, and their
//! gradients follow from those of the primitives.

mod activation;
mod attention;
mod draw;
mod norm;
mod order;
mod pick;
mod softmax;

pub use norm::BatchNorm;

use crate::Tensor;
use alloc::format;

/// Remembers that `x` has no axis `axis`.
fn no_axis<'g>(x: Tensor<'g>, op: &str, axis: usize) -> Tensor<'g> {
    x.graph.fail(op, format!("{} has no axis {axis}", x.shape()))
}
