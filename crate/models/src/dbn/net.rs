//! A directed layer below a restricted Boltzmann machine, whose visible layer is the hidden units and ten
//! labels.
//!
//! p(v, h, y, t) = p(v | h)·p(h, y, t), with q(h | v) in place of the posterior.

use super::CLASSES;
use crate::metrics::dbn as exact;
use crate::prelude::*;

/// The layers above the pixels.
#[derive(Clone, Copy, Debug)]
pub struct Net {
    /// Generative: weights `[V, H]`, biases `[V]`.
    pub down: [Param; 2],
    /// Recognition: weights `[V, H]`, biases `[H]`.
    pub up: [Param; 2],
    /// The top machine: W `[H, T]`, U `[Y, T]`, biases of h, y and t.
    pub top: [Param; 5],
}

impl Net {
    /// The logits of q(h | v), `[B, H]`.
    pub fn recognise<'g>(&self, g: &'g Graph, v: Tensor<'g>) -> Tensor<'g> {
        v.matmul(g.param(self.up[0])) + g.param(self.up[1])
    }

    /// The logits of p(v | h), `[B, V]`.
    pub fn generate<'g>(&self, g: &'g Graph, h: Tensor<'g>) -> Tensor<'g> {
        h.matmul_nt(g.param(self.down[0])) + g.param(self.down[1])
    }

    /// The top units' input from h, `[B, T]`.
    fn top_input<'g>(&self, g: &'g Graph, h: Tensor<'g>) -> Tensor<'g> {
        h.matmul(g.param(self.top[0])) + g.param(self.top[4])
    }

    /// p(t = 1 | h, y), `[B, T]`.
    pub fn associate<'g>(&self, g: &'g Graph, h: Tensor<'g>, y: Tensor<'g>) -> Tensor<'g> {
        (self.top_input(g, h) + y.matmul(g.param(self.top[1]))).sigmoid()
    }

    /// Draws of h and y given t; one class of y is on.
    pub fn recall<'g>(&self, g: &'g Graph, t: Tensor<'g>) -> [Tensor<'g>; 2] {
        let h = (t.matmul_nt(g.param(self.top[0])) + g.param(self.top[2])).sigmoid();
        let y = t.matmul_nt(g.param(self.top[1])) + g.param(self.top[3]);
        [g.bernoulli(h), g.categorical(y).one_hot(CLASSES)]
    }

    /// log p*(h, y) for every y, the top units summed out: `[B, Y]`.
    pub fn joint<'g>(&self, g: &'g Graph, h: Tensor<'g>) -> Tensor<'g> {
        let input = self.top_input(g, h);
        let [b, t] = [0, 1].map(|axis| input.shape().dim(axis));
        let by_label = g.param(self.top[1]).reshape([1, CLASSES, t]);
        let units = (input.reshape([b, 1, t]) + by_label).softplus().sum_axes(&[2]);
        units + g.param(self.top[3]) + (h * g.param(self.top[2])).sum_keep(&[1])
    }

    /// −∂ log p of the top machine with respect to W, U and the biases of h, y and t: under the model (h_k, y_k)
    /// minus under the data (h, y).
    pub fn top_descent<'g>(
        &self,
        g: &'g Graph,
        [h, y]: [Tensor<'g>; 2],
        [h_k, y_k]: [Tensor<'g>; 2],
    ) -> [Tensor<'g>; 5] {
        let (t, t_k) = (self.associate(g, h, y), self.associate(g, h_k, y_k));
        let each = 1.0 / h.shape().dim(0) as f32;
        [
            (h_k.matmul_tn(t_k) - h.matmul_tn(t)) * each,
            (y_k.matmul_tn(t_k) - y.matmul_tn(t)) * each,
            (h_k - h).mean_axes(&[0]),
            (y_k - y).mean_axes(&[0]),
            (t_k - t).mean_axes(&[0]),
        ]
    }

    /// The parameters out of the flat variables of the generative layer and the top machine.
    pub fn values(&self, down: &[f32], top: &[f32]) -> exact::Net {
        let [w, u, b, a, c] = self.top.map(|p| top[p.range()].to_vec());
        let [weights, visible] = self.down.map(|p| down[p.range()].to_vec());
        exact::Net { down: weights, visible, top: w, labels: u, b, a, c }
    }
}
