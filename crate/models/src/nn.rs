//! Networks: parameters and the equations over them.

pub mod conv;
pub mod fourier;
mod recorder;
mod schedule;
mod trail;
mod trainer;
pub mod transformer;

pub use recorder::{RING, Recorded, Recorder};
pub use schedule::{Fall, Schedule, knob};
pub use trail::Trail;
pub use trainer::Trainer;

use alloc::format;
use alloc::vec::Vec;
use tilde_graph::{Graph, Group, Init, Param, Program, Tensor, Var};

/// Seed of the draws of pictures and figures, fixed so that these change with the model only.
pub const VIEW_SEED: u64 = 1;

/// Says of a closure that its tensors belong to the graph it is given, which a closure cannot say
/// of itself: for figures that several entries share.
pub fn figures<const N: usize, F>(f: F) -> F
where
    F: for<'g> Fn(&'g Graph) -> [Tensor<'g>; N],
{
    f
}

/// y = x·W + b.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    /// `[inputs, outputs]`.
    pub w: Param,
    /// `[outputs]`.
    pub b: Param,
}

impl Linear {
    /// Uniform in ±1/√inputs, weights and biases alike (PyTorch's default).
    pub fn new(
        program: &mut Program,
        group: &mut Group,
        name: &str,
        inputs: usize,
        outputs: usize,
    ) -> Linear {
        let bound = 1.0 / tilde_graph::real::sqrtf(inputs as f32);
        Linear {
            w: group.param(program, &format!("{name}.weight"), [inputs, outputs], Init::Uniform(bound)),
            b: group.param(program, &format!("{name}.bias"), [outputs], Init::Uniform(bound)),
        }
    }

    /// `[B, inputs] → [B, outputs]`.
    pub fn apply<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        x.matmul(g.param(self.w)) + g.param(self.b)
    }

    /// The same layer with the parameters of another flat variable (averaged weights).
    pub fn with(&self, group: &Group, flat: Var) -> Linear {
        Linear { w: group.of(self.w, flat), b: group.of(self.b, flat) }
    }
}

/// Linear layers with a function between them.
#[derive(Clone, Debug)]
pub struct Mlp {
    /// From input to output.
    pub layers: Vec<Linear>,
}

impl Mlp {
    /// Layers of the given widths, input first.
    pub fn new(program: &mut Program, group: &mut Group, widths: &[usize]) -> Mlp {
        Mlp::named(program, group, "layer", widths)
    }

    /// Layers of the given widths, called `name` and a number from 1.
    pub fn named(program: &mut Program, group: &mut Group, name: &str, widths: &[usize]) -> Mlp {
        let layer =
            |(i, w): (usize, &[usize])| Linear::new(program, group, &format!("{name}{}", i + 1), w[0], w[1]);
        Mlp { layers: widths.windows(2).enumerate().map(layer).collect() }
    }

    /// `[B, inputs] → [B, outputs]`, with `f` after every layer but the last.
    pub fn apply<'g>(&self, g: &'g Graph, x: Tensor<'g>, f: impl Fn(Tensor<'g>) -> Tensor<'g>) -> Tensor<'g> {
        let last = self.layers.len() - 1;
        self.layers.iter().enumerate().fold(x, |x, (i, layer)| {
            let y = layer.apply(g, x);
            if i < last { f(y) } else { y }
        })
    }

    /// The same network with the parameters of another flat variable.
    pub fn with(&self, group: &Group, flat: Var) -> Mlp {
        Mlp { layers: self.layers.iter().map(|l| l.with(group, flat)).collect() }
    }
}
