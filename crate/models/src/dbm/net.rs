//! The energy of three hidden layers, and what follows from it.
//!
//! E(v, h₁, h₂, h₃) = −Σ_l b_lᵀh_l − vᵀW₁h₁ − h₁ᵀW₂h₂ − h₂ᵀW₃h₃, with h₀ = v.

use super::LAYERS;
use crate::metrics::dbm as exact;
use crate::prelude::*;

/// Units of all layers, v, h₁, h₂, h₃: states or their means, each `[B, N_l]`.
pub type Units<'g> = [Tensor<'g>; LAYERS + 1];

/// The parameters.
#[derive(Clone, Copy, Debug)]
pub struct Net {
    /// W_l `[N_{l−1}, N_l]`, with N₀ = V.
    pub w: [Param; LAYERS],
    /// b_l `[N_l]`.
    pub b: [Param; LAYERS + 1],
}

impl Net {
    /// σ(b_l + h_{l−1}W_l + h_{l+1}W_{l+1}ᵀ), `[B, N_l]`: the conditional of layer `l` given its neighbours'
    /// states, or a mean-field update given their means.
    pub fn given<'g>(&self, g: &'g Graph, l: usize, units: &Units<'g>) -> Tensor<'g> {
        let mut input = None;
        if l > 0 {
            input = Some(units[l - 1].matmul(g.param(self.w[l - 1])));
        }
        if l < LAYERS {
            let above = units[l + 1].matmul_nt(g.param(self.w[l]));
            input = Some(input.map_or(above, |below| below + above));
        }
        let bias = g.param(self.b[l]);
        input.map_or(bias, |input| input + bias).sigmoid()
    }

    /// σ(2·h_{l−1}W_l + b_l): layer `l` given the one below alone. The weights are doubled in place of the
    /// layer above, which is missing; not those of the last layer, which has none above it.
    pub fn upwards<'g>(&self, g: &'g Graph, l: usize, below: Tensor<'g>) -> Tensor<'g> {
        let doubled = if l < LAYERS { 2.0 } else { 1.0 };
        (below.matmul(g.param(self.w[l - 1])) * doubled + g.param(self.b[l])).sigmoid()
    }

    /// σ(2·h_l W_lᵀ + b_{l−1}): layer `l` − 1 given the one above alone. The weights are doubled in place of
    /// the layer below; not those of the first layer, below which are the pixels.
    pub fn downwards<'g>(&self, g: &'g Graph, l: usize, above: Tensor<'g>) -> Tensor<'g> {
        let doubled = if l > 1 { 2.0 } else { 1.0 };
        (above.matmul_nt(g.param(self.w[l - 1])) * doubled + g.param(self.b[l - 1])).sigmoid()
    }

    /// Where the mean field begins: one pass upwards from images `[B, V]`.
    pub fn pass_up<'g>(&self, g: &'g Graph, v: Tensor<'g>) -> Units<'g> {
        let h1 = self.upwards(g, 1, v);
        let h2 = self.upwards(g, 2, h1);
        [v, h1, h2, self.upwards(g, 3, h2)]
    }

    /// One round of the mean field: h₁ and h₃ given h₂, then h₂ given them. Never lowers the bound.
    pub fn settle<'g>(&self, g: &'g Graph, units: Units<'g>) -> Units<'g> {
        let [v, _, h2, _] = units;
        let (h1, h3) = (self.given(g, 1, &units), self.given(g, 3, &units));
        let h2 = self.given(g, 2, &[v, h1, h2, h3]);
        [v, h1, h2, h3]
    }

    /// One Gibbs step, h₁ and h₃ given the others, then v and h₂; and the probabilities of the pixels.
    pub fn gibbs<'g>(&self, g: &'g Graph, units: Units<'g>) -> (Units<'g>, Tensor<'g>) {
        let [v, _, h2, _] = units;
        let (h1, h3) = (g.bernoulli(self.given(g, 1, &units)), g.bernoulli(self.given(g, 3, &units)));
        let units = [v, h1, h2, h3];
        let pixels = self.given(g, 0, &units);
        ([g.bernoulli(pixels), h1, g.bernoulli(self.given(g, 2, &units)), h3], pixels)
    }

    /// −E(v, μ) + H(μ) `[B]`: the bound on log p(v), but for log Z.
    pub fn bound<'g>(&self, g: &'g Graph, units: &Units<'g>) -> Tensor<'g> {
        let mut sum = (units[0] * g.param(self.b[0])).sum_axes(&[1]);
        for l in 1..=LAYERS {
            let (below, mu) = (units[l - 1], units[l]);
            let input = below.matmul(g.param(self.w[l - 1])) + g.param(self.b[l]);
            let floor = |x: Tensor<'g>| x.maximum(g.constant(1e-12)).ln();
            let entropy = -(mu * floor(mu)) - (1.0 - mu) * floor(1.0 - mu);
            sum = sum + (mu * input + entropy).sum_axes(&[1]);
        }
        sum
    }

    /// −∂ log p with respect to the weights between two layers, of rows `low` and `high`: under the model
    /// minus under the data, which is first.
    pub fn weight_descent<'g>(low: [Tensor<'g>; 2], high: [Tensor<'g>; 2]) -> Tensor<'g> {
        let each = 1.0 / low[0].shape().dim(0) as f32;
        (low[1].matmul_tn(high[1]) - low[0].matmul_tn(high[0])) * each
    }

    /// −∂ log p with respect to all weights, then all biases, from the mean field of the data and samples of
    /// the model.
    pub fn descent<'g>(&self, g: &'g Graph, data: Units<'g>, mut model: Units<'g>) -> Vec<Tensor<'g>> {
        // Means in place of draws, where the other layers are given.
        (model[1], model[3]) = (self.given(g, 1, &model), self.given(g, 3, &model));
        let weights =
            (0..LAYERS).map(|l| Net::weight_descent([data[l], model[l]], [data[l + 1], model[l + 1]]));
        let biases = (0..=LAYERS).map(|l| (model[l] - data[l]).mean_axes(&[0]));
        weights.chain(biases).collect()
    }

    /// The parameters out of the flat variable.
    pub fn values(&self, flat: &[f32]) -> exact::Machine {
        let of = |p: Param| flat[p.range()].to_vec();
        exact::Machine { weights: self.w.map(of), biases: self.b.map(of) }
    }
}
