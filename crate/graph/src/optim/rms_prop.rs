//! RMSprop.

use crate::Tensor;
use crate::graph::Graph;
use crate::program::Program;
use crate::var::{Group, Holds, Var};

/// Settings of [`RmsProp`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsPropOptions {
    /// Decay of the mean square.
    pub alpha: f32,
    /// Added to its root.
    pub epsilon: f32,
    /// Momentum of the step; 0 keeps no velocity.
    pub momentum: f32,
}

impl Default for RmsPropOptions {
    fn default() -> RmsPropOptions {
        RmsPropOptions { alpha: 0.99, epsilon: 1e-8, momentum: 0.0 }
    }
}

/// RMSprop (T. Hinton, lecture 6e of "Neural networks for machine learning", 2012), as in PyTorch:
/// v ← αv + (1 − α)∇²; m ← momentum·m + ∇/(√v + ε); w ← w − rate·m.
#[derive(Clone, Debug)]
pub struct RmsProp {
    weights: Var,
    square: Var,
    velocity: Option<Var>,
    options: RmsPropOptions,
}

impl RmsProp {
    /// Declares the mean square of a group, and its velocity if there is momentum.
    pub fn new(program: &mut Program, group: &Group, name: &str, options: RmsPropOptions) -> RmsProp {
        let state =
            |p: &mut Program, what: &str| p.state_like(group, &alloc::format!("{name}.{what}"), false);
        let square = state(program, "square");
        program.hold(square, Holds::NotNegative);
        let velocity = (options.momentum != 0.0).then(|| state(program, "velocity"));
        RmsProp { weights: group.var(), square, velocity, options }
    }

    /// Assigns the updated weights, which are also returned. `grad` is flat; `rate` is a scalar.
    pub fn update<'g>(&self, g: &'g Graph, grad: Tensor<'g>, rate: Tensor<'g>) -> Tensor<'g> {
        let RmsPropOptions { alpha, epsilon, momentum } = self.options;
        let square = alpha * g.read(self.square) + (1.0 - alpha) * grad.square();
        let mut step = grad / (square.sqrt() + epsilon);
        g.assign(self.square, square);
        if let Some(velocity) = self.velocity {
            step = momentum * g.read(velocity) + step;
            g.assign(velocity, step);
        }
        let w = g.read(self.weights) - rate * step;
        g.assign(self.weights, w);
        w
    }
}
