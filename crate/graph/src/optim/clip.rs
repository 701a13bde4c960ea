//! Gradients of bounded length (R. Pascanu, T. Mikolov, Y. Bengio, ICML 2013).

use crate::Tensor;
use alloc::format;

/// A flat gradient `[P]`, shortened to the Euclidean norm `max_norm` (a scalar) where it is longer, as
/// PyTorch's `clip_grad_norm_`: times min(1, max/(norm + 10⁻⁶)).
pub fn clip_global_norm<'g>(grad: Tensor<'g>, max_norm: Tensor<'g>) -> Tensor<'g> {
    clip_groups([grad], max_norm)[0]
}

/// [`clip_global_norm`] of the gradients of several groups by their common norm.
pub fn clip_groups<'g, const N: usize>(grads: [Tensor<'g>; N], max_norm: Tensor<'g>) -> [Tensor<'g>; N] {
    let g = max_norm.graph;
    if max_norm.shape().len() != 1 {
        let message = format!("the norm must be one number, not {}", max_norm.shape());
        return grads.map(|_| g.fail("clip_global_norm", message.clone()));
    }
    let squares = grads.iter().fold(g.constant(0.0), |sum, grad| sum + grad.square().sum());
    let factor = (max_norm.reshape([]) / (squares.sqrt() + 1e-6)).minimum(g.constant(1.0)).stop();
    grads.map(|grad| grad * factor)
}
