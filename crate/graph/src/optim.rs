//! Optimisers. They are graph code: the update is part of the step, and over a group's flat
//! variable it compiles to one kernel.

mod clip;
mod rms_prop;
pub mod schedule;

pub use clip::{clip_global_norm, clip_groups};
pub use rms_prop::{RmsProp, RmsPropOptions};

use crate::Tensor;
use crate::graph::Graph;
use crate::program::Program;
use crate::var::{Group, Holds, Var};

/// Stochastic gradient descent with momentum and weight decay, as in PyTorch:
/// g ← ∇ + decay·w; m ← momentum·m + g; w ← w − rate·m.
#[derive(Clone, Debug)]
pub struct Sgd {
    weights: Var,
    velocity: Var,
}

impl Sgd {
    /// Declares the velocity of a group.
    pub fn new(program: &mut Program, group: &Group, name: &str) -> Sgd {
        let velocity = program.state_like(group, &alloc::format!("{name}.velocity"), false);
        Sgd { weights: group.var(), velocity }
    }

    /// Assigns the updated weights, which are also returned. `grad` is flat, as
    /// [`Graph::grad_group`] gives it; rate, momentum and decay are scalars.
    pub fn update<'g>(
        &self,
        g: &'g Graph,
        grad: Tensor<'g>,
        rate: Tensor<'g>,
        momentum: Tensor<'g>,
        decay: Tensor<'g>,
    ) -> Tensor<'g> {
        let w = g.read(self.weights);
        let m = momentum * g.read(self.velocity) + (grad + decay * w);
        let w = w - rate * m;
        g.assign(self.velocity, m);
        g.assign(self.weights, w);
        w
    }
}

/// Adam's settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamOptions {
    /// Decay of the first moment.
    pub beta1: f32,
    /// Decay of the second moment.
    pub beta2: f32,
    /// Added to √v̂.
    pub epsilon: f32,
    /// Decoupled weight decay (AdamW), times the rate, on every parameter of the group. Weights that
    /// are not to decay, biases and gains, belong into a group of their own; see also
    /// [`Adam::update_decayed`].
    pub decay: f32,
}

impl Default for AdamOptions {
    fn default() -> AdamOptions {
        AdamOptions { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.0 }
    }
}

/// Adam (D. Kingma, J. Ba, ICLR 2015), with the decoupled weight decay of I. Loshchilov and
/// F. Hutter (ICLR 2019) where it is not 0.
#[derive(Clone, Debug)]
pub struct Adam {
    weights: Var,
    m: Var,
    v: Var,
    t: Var,
    options: AdamOptions,
}

impl Adam {
    /// Declares the moments of a group.
    pub fn new(program: &mut Program, group: &Group, name: &str, options: AdamOptions) -> Adam {
        let m = program.state_like(group, &alloc::format!("{name}.m"), false);
        let v = program.state_like(group, &alloc::format!("{name}.v"), false);
        program.hold(v, Holds::NotNegative);
        let t = program.counter(&alloc::format!("{name}.t"));
        Adam { weights: group.var(), m, v, t, options }
    }

    /// The number of updates done so far, a scalar.
    pub fn t<'g>(&self, g: &'g Graph) -> Tensor<'g> {
        g.read(self.t)
    }

    /// Assigns the updated weights, which are also returned. `grad` is flat; `rate` is a scalar.
    pub fn update<'g>(&self, g: &'g Graph, grad: Tensor<'g>, rate: Tensor<'g>) -> Tensor<'g> {
        self.update_decayed(g, grad, rate, g.constant(self.options.decay))
    }

    /// [`Adam::update`] with another decay than that of the options: a scalar, such as a knob, or
    /// one for each weight, `[P]`.
    pub fn update_decayed<'g>(
        &self,
        g: &'g Graph,
        grad: Tensor<'g>,
        rate: Tensor<'g>,
        decay: Tensor<'g>,
    ) -> Tensor<'g> {
        let AdamOptions { beta1, beta2, epsilon, .. } = self.options;
        let t = g.read(self.t) + 1.0;
        // m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²
        let m = beta1 * g.read(self.m) + (1.0 - beta1) * grad;
        let v = beta2 * g.read(self.v) + (1.0 - beta2) * grad.square();
        // 1 − βᵗ
        let correction = |beta: f32| match beta {
            0.0 => g.constant(1.0),
            _ => 1.0 - (t * libm::logf(beta)).exp(),
        };
        let root = (v / correction(beta2)).sqrt() + epsilon;
        let w = g.read(self.weights);
        let w = w * (1.0 - rate * decay) - rate / correction(beta1) * m / root;
        g.assign(self.m, m);
        g.assign(self.v, v);
        g.assign(self.t, t);
        g.assign(self.weights, w);
        w
    }
}

/// Assigns the exponential moving average of freshly updated weights: ā ← decay·ā + (1 − decay)·w.
pub fn average<'g>(g: &'g Graph, average: Var, weights: Tensor<'g>, decay: Tensor<'g>) {
    g.assign(average, decay * g.read(average) + (1.0 - decay) * weights);
}
