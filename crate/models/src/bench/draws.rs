//! The fixed numbers that every library starts from.

use super::Data;
use crate::nn::{Linear, Mlp};
use alloc::format;
use alloc::vec::Vec;
use tilde_graph::{Group, Init, Param, Program};

/// A 32-bit linear congruential generator: the same numbers in every language.
pub struct Uniforms(u32);

impl Uniforms {
    /// For initial weights: the parameters of a task draw from it in order of declaration. Those
    /// that start as zeros or ones draw nothing.
    pub fn weights() -> Uniforms {
        Uniforms(7)
    }

    /// For batches.
    pub fn batch() -> Uniforms {
        Uniforms(3)
    }

    /// The next number in [0, 1).
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0) / 4_294_967_296.0
    }

    /// `count` numbers uniform in ±bound.
    pub fn within(&mut self, bound: f64, count: usize) -> Vec<f32> {
        (0..count).map(|_| (bound * (2.0 * self.next() - 1.0)) as f32).collect()
    }

    /// `count` numbers uniform in ±1, as data.
    pub fn signed(&mut self, count: usize) -> Data {
        Data::Floats(self.within(1.0, count))
    }

    /// `count` numbers uniform in [0, 1), as data.
    pub fn unsigned(&mut self, count: usize) -> Data {
        Data::Floats((0..count).map(|_| self.next() as f32).collect())
    }
}

/// A parameter uniform in ±1/√inputs.
pub fn weight<const N: usize>(
    program: &mut Program,
    group: &mut Group,
    name: &str,
    shape: [usize; N],
    inputs: usize,
    draws: &mut Uniforms,
) -> Param {
    let values = draws.within(1.0 / tilde_graph::real::sqrt(inputs as f64), shape.iter().product());
    group.param(program, name, shape, Init::Values(values))
}

/// A layer whose weights are uniform in ±1/√inputs and whose biases are zero.
pub fn linear(
    program: &mut Program,
    group: &mut Group,
    name: &str,
    sizes: [usize; 2],
    draws: &mut Uniforms,
) -> Linear {
    Linear {
        w: weight(program, group, &format!("{name}.weight"), sizes, sizes[0], draws),
        b: group.param(program, &format!("{name}.bias"), [sizes[1]], Init::Constant(0.0)),
    }
}

/// Layers of the given widths, input first.
pub fn mlp(program: &mut Program, group: &mut Group, widths: &[usize], draws: &mut Uniforms) -> Mlp {
    let layer =
        |(i, w): (usize, &[usize])| linear(program, group, &format!("layer{}", i + 1), [w[0], w[1]], draws);
    Mlp { layers: widths.windows(2).enumerate().map(layer).collect() }
}
