//! Learning rates that change with the step. All arguments are scalars, so each may be a knob; `step`
//! counts the steps done before this one, from 0, as [`Adam::t`](super::Adam::t) does.

use crate::Tensor;

/// A constant `rate` after a linear warm-up over `warm_up` steps: rate·min(1, (step + 1)/warm_up). With 0
/// there is no warm-up.
pub fn constant<'g>(step: Tensor<'g>, rate: Tensor<'g>, warm_up: Tensor<'g>) -> Tensor<'g> {
    let one = step.graph.constant(1.0);
    rate * ((step + 1.0) / warm_up.maximum(one)).minimum(one)
}

/// Cosine decay (I. Loshchilov, F. Hutter, ICLR 2017) after the warm-up of [`constant`]: from step
/// `warm_up` to step `total` the rate falls along half a cosine to `fraction`·`rate`, where it stays.
pub fn cosine<'g>(
    step: Tensor<'g>,
    rate: Tensor<'g>,
    warm_up: Tensor<'g>,
    total: Tensor<'g>,
    fraction: Tensor<'g>,
) -> Tensor<'g> {
    let one = step.graph.constant(1.0);
    let progress = ((step - warm_up) / (total - warm_up).maximum(one)).clamp(0.0, 1.0);
    let wave = 0.5 + 0.5 * (progress * core::f32::consts::PI).cos();
    constant(step, rate, warm_up) * (fraction + (1.0 - fraction) * wave)
}
