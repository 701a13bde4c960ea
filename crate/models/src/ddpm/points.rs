//! The denoiser of points in the plane: a multilayer perceptron.

use super::tables::FEATURES;
use crate::nn::fourier;
use crate::prelude::*;

/// Octaves of the features of a coordinate, and the lowest frequency in radians.
const OCTAVES: usize = 4;
const LOWEST: f32 = 1.5;

/// x and the time through hidden layers with SiLU between them.
pub struct PointNet {
    /// From the time's features to the first hidden layer.
    time: Linear,
    /// From the point to the answer. The last layer starts as zeros.
    body: Mlp,
    fourier: bool,
}

impl PointNet {
    /// `layers` hidden layers of width `hidden`. Without Fourier features the network sees the bare
    /// coordinates.
    pub fn new(p: &mut Program, group: &mut Group, hidden: usize, layers: usize, fourier: bool) -> PointNet {
        let inputs = if fourier { 2 + 4 * OCTAVES } else { 2 };
        let widths = [vec![inputs], vec![hidden; layers]].concat();
        let mut body = Mlp::new(p, group, &widths);
        body.layers.push(Linear {
            w: group.param(p, "out.weight", [hidden, 2], Init::Constant(0.0)),
            b: group.param(p, "out.bias", [2], Init::Constant(0.0)),
        });
        PointNet { time: Linear::new(p, group, "time", FEATURES, hidden), body, fourier }
    }

    /// Points `[B, 2]` and features of their times, `[B, FEATURES]` or one row for all, to answers
    /// `[B, 2]`.
    pub fn apply<'g>(&self, g: &'g Graph, x: Tensor<'g>, time: Tensor<'g>) -> Tensor<'g> {
        let features =
            if self.fourier { g.concat(&[x, fourier::features(x, OCTAVES, LOWEST)], 1) } else { x };
        let [first, rest @ ..] = &self.body.layers[..] else { return x };
        let h = first.apply(g, features) + self.time.apply(g, time);
        rest.iter().fold(h, |h, layer| layer.apply(g, h.silu()))
    }

    /// The same network with averaged parameters.
    pub fn with(&self, group: &Group, flat: Var) -> PointNet {
        PointNet {
            time: self.time.with(group, flat),
            body: self.body.with(group, flat),
            fourier: self.fourier,
        }
    }
}
