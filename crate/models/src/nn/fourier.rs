//! Fourier features of coordinates (M. Tancik et al., "Fourier features let networks learn high
//! frequency functions in low dimensional domains", NeurIPS 2020).

use super::{Linear, Mlp};
use alloc::format;
use alloc::vec::Vec;
use core::f32::consts::TAU;
use tilde_graph::{Graph, Group, Init, Program, Tensor, Unary};

/// Sines and cosines of `lowest·2^k·x`, k = 0 .. `octaves`: `[B, D] → [B, 2·octaves·D]`. Angles are
/// brought within half a turn first, where a GPU's sine is accurate.
pub fn features(x: Tensor<'_>, octaves: usize, lowest: f32) -> Tensor<'_> {
    let waves = (0..octaves).flat_map(|k| {
        let turns = x * (lowest * (1 << k) as f32 / TAU);
        let angle = (turns - (turns + 0.5).unary(Unary::Floor)) * TAU;
        [angle.sin(), angle.cos()]
    });
    x.graph().concat(&waves.collect::<Vec<_>>(), 1)
}

/// A network with SiLU between its layers that takes Fourier features of points: it learns functions with
/// fine detail over the plane.
#[derive(Clone, Debug)]
pub struct FourierMlp {
    body: Mlp,
    octaves: usize,
}

/// The lowest frequency, in radians.
const LOWEST: f32 = 1.5;

impl FourierMlp {
    /// From points of the plane to `outputs` numbers. With 0 `octaves` the network takes the coordinates as
    /// they are. Layers are called `name` and a number; the last one starts as zeros.
    pub fn named(
        p: &mut Program,
        group: &mut Group,
        name: &str,
        hidden: &[usize],
        outputs: usize,
        octaves: usize,
    ) -> FourierMlp {
        let mut body = Mlp::named(p, group, name, &[&[2 + 4 * octaves], hidden].concat());
        let last = hidden.last().copied().unwrap_or(2 + 4 * octaves);
        body.layers.push(Linear {
            w: group.param(p, &format!("{name}.weight"), [last, outputs], Init::Constant(0.0)),
            b: group.param(p, &format!("{name}.bias"), [outputs], Init::Constant(0.0)),
        });
        FourierMlp { body, octaves }
    }

    /// `[B, 2] → [B, outputs]`.
    pub fn apply<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        let inputs = if self.octaves == 0 { x } else { g.concat(&[x, features(x, self.octaves, LOWEST)], 1) };
        self.body.apply(g, inputs, Tensor::silu)
    }
}
