//! A restricted Boltzmann machine's parameters, and what is computed from them in a graph.

use crate::metrics::rbm as exact;
use alloc::vec::Vec;
use tilde_graph::{Graph, Group, Init, Param, Program, Tensor};

/// E(v, h) = −bᵀv − cᵀh − vᵀWh. B batch, V visible, H hidden.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// `[V, H]`.
    pub w: Param,
    /// `[V]`.
    pub b: Param,
    /// `[H]`.
    pub c: Param,
}

impl Machine {
    /// A machine of small random weights whose visible units begin with the biases given.
    pub fn new(program: &mut Program, group: &mut Group, visible: Vec<f32>, hidden: usize) -> Machine {
        let d = visible.len();
        Machine {
            w: group.param(program, "weight", [d, hidden], Init::Normal(0.01)),
            b: group.param(program, "visible_bias", [d], Init::Values(visible)),
            c: group.param(program, "hidden_bias", [hidden], Init::Constant(0.0)),
        }
    }

    /// c + vW, `[B, V] → [B, H]`.
    pub fn hidden_input<'g>(&self, g: &'g Graph, v: Tensor<'g>) -> Tensor<'g> {
        v.matmul(g.param(self.w)) + g.param(self.c)
    }

    /// b + hWᵀ, `[B, H] → [B, V]`.
    pub fn visible_input<'g>(&self, g: &'g Graph, h: Tensor<'g>) -> Tensor<'g> {
        h.matmul_nt(g.param(self.w)) + g.param(self.b)
    }

    /// p(h = 1 | v) = σ(c + vW), `[B, V] → [B, H]`.
    pub fn hidden<'g>(&self, g: &'g Graph, v: Tensor<'g>) -> Tensor<'g> {
        self.hidden_input(g, v).sigmoid()
    }

    /// p(v = 1 | h) = σ(b + hWᵀ), `[B, H] → [B, V]`.
    pub fn visible<'g>(&self, g: &'g Graph, h: Tensor<'g>) -> Tensor<'g> {
        self.visible_input(g, h).sigmoid()
    }

    /// F(v) = −bᵀv − Σ_j softplus(c_j + (vW)_j), `[B, V] → [B]`.
    pub fn free_energy<'g>(&self, g: &'g Graph, v: Tensor<'g>) -> Tensor<'g> {
        -(v * g.param(self.b)).sum_axes(&[1]) - self.hidden_input(g, v).softplus().sum_axes(&[1])
    }

    /// log p(v_i | v_−i) of each pixel given all others, `[B, V] → [B, V]`: log σ(F(ṽ) − F(v)), where ṽ is v
    /// with pixel i flipped. The hidden units' inputs of ṽ are those of v and one weight more or less. Their
    /// sum over pixels is the pseudo-likelihood (J. Besag, The Statistician 24, 1975). Takes B·V·H steps.
    pub fn conditionals<'g>(&self, g: &'g Graph, v: Tensor<'g>) -> Tensor<'g> {
        let input = self.hidden_input(g, v);
        let [b, d, h] = [v.shape().dim(0), v.shape().dim(1), input.shape().dim(1)];
        // What the flip adds to pixel i: 1 or −1.
        let step = 1.0 - 2.0 * v;
        let moved = input.reshape([b, 1, h]) + step.reshape([b, d, 1]) * g.param(self.w).reshape([1, d, h]);
        let gained = moved.softplus().sum_axes(&[2]) - input.softplus().sum_axes(&[1]).reshape([b, 1]);
        // F(v) − F(ṽ)
        -((step * g.param(self.b) + gained).softplus())
    }

    /// −∂ log p with respect to W, b and c: under the model (v_k with hidden means p_k) minus under
    /// the data (v with p).
    pub fn descent<'g>(&self, [v, p]: [Tensor<'g>; 2], [v_k, p_k]: [Tensor<'g>; 2]) -> [Tensor<'g>; 3] {
        let each = 1.0 / v.shape().dim(0) as f32;
        [(v_k.matmul_tn(p_k) - v.matmul_tn(p)) * each, (v_k - v).mean_axes(&[0]), (p_k - p).mean_axes(&[0])]
    }

    /// The parameters out of the group's flat variable.
    pub fn values(&self, flat: &[f32]) -> Values {
        let [w, b, c] = [self.w, self.b, self.c].map(|p| flat[p.range()].to_vec());
        Values { w, b, c }
    }
}

/// A machine's parameters on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// `[V, H]`.
    pub w: Vec<f32>,
    /// `[V]`.
    pub b: Vec<f32>,
    /// `[H]`.
    pub c: Vec<f32>,
}

impl Values {
    /// For what is computed exactly.
    pub fn exact(&self) -> exact::Machine<'_> {
        exact::Machine { w: &self.w, b: &self.b, c: &self.c }
    }
}

/// The logit of the mean of `n` images with half a count more of either kind: as a bias it gives each
/// pixel its own frequency, and never all certainty.
pub fn log_odds(mean: &[f32], n: usize) -> Vec<f32> {
    let odds = |m: &f32| {
        let p = (m + 0.5 / n as f32) / (1.0 + 1.0 / n as f32);
        libm::logf(p / (1.0 - p))
    };
    mean.iter().map(odds).collect()
}
