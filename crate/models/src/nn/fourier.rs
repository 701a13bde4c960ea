//! Fourier features of coordinates (M. Tancik et al., "Fourier features let networks learn high
//! frequency functions in low dimensional domains", NeurIPS 2020).

use alloc::vec::Vec;
use core::f32::consts::TAU;
use tilde_graph::{Tensor, Unary};

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
