//! Softmax and what is made of it.

use super::no_axis;
use crate::op::DType;
use crate::{Shape, Tensor};
use alloc::format;

impl<'g> Tensor<'g> {
    /// eˣ / Σ eˣ along `axis`; the shape stays.
    pub fn softmax(self, axis: usize) -> Tensor<'g> {
        if axis >= self.shape().rank() {
            return no_axis(self, "softmax", axis);
        }
        let e = self.below_top(axis).exp();
        e * (1.0 / e.sum_keep(&[axis]))
    }

    /// log(eˣ / Σ eˣ) along `axis`; the shape stays.
    pub fn log_softmax(self, axis: usize) -> Tensor<'g> {
        if axis >= self.shape().rank() {
            return no_axis(self, "log_softmax", axis);
        }
        let below = self.below_top(axis);
        below - below.exp().sum_keep(&[axis]).ln()
    }

    /// The cross-entropy of logits `[N, V]` with the classes `targets` (`u32 [N]`, below V): `[N]`,
    /// −log softmax at the target.
    pub fn cross_entropy(self, targets: Tensor<'g>) -> Tensor<'g> {
        let (logits, classes) = (self.shape(), targets.shape());
        let fits = logits.rank() == 2 && classes == Shape::new(&[logits.dim(0)]);
        if !fits || self.dtype() != DType::F32 || targets.dtype() != DType::U32 {
            let message = format!(
                "{:?} {logits} and {:?} {classes} are not logits [N, V] and classes U32 [N]",
                self.dtype(),
                targets.dtype()
            );
            return self.graph.fail("cross_entropy", message);
        }
        let below = self.below_top(1);
        let picked = targets.one_hot(logits.dim(1)).select(below, self.graph.constant(0.0));
        below.exp().sum_axes(&[1]).ln() - picked.sum_axes(&[1])
    }

    /// The difference to the largest element along `axis`, so that no exponential overflows. No gradient
    /// flows through the maximum. The caller's result must not change if a number is added to all
    /// elements; then its gradient is right all the same.
    fn below_top(self, axis: usize) -> Tensor<'g> {
        self - self.max_keep(&[axis]).stop()
    }
}
