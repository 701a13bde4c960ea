//! A deep belief net with one directed layer below a restricted Boltzmann machine, exactly, by
//! enumeration of the layer between them.
//!
//! p(v) = Σ_h p(v | h) p(h), with p(h) ∝ e^{bᵀh} Σ_y e^{a_y} Π_t (1 + e^{c_t + (Wᵀh)_t + U_yt}): the
//! label y and the top units t are summed out.

use super::rbm::Machine;
use super::states::Scaled;
use crate::numeric::scalar::log_sum_exp;
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::rng::Stream;

/// A net's parameters. V visible, H hidden, T top units, Y classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Net {
    /// The weights downwards, `[V, H]`.
    pub down: Vec<f32>,
    /// Biases of the visible units, `[V]`.
    pub visible: Vec<f32>,
    /// The top machine's weights, `[H, T]`.
    pub top: Vec<f32>,
    /// Its weights from the labels, `[Y, T]`.
    pub labels: Vec<f32>,
    /// Its biases of the hidden units, `[H]`.
    pub b: Vec<f32>,
    /// Of the labels, `[Y]`.
    pub a: Vec<f32>,
    /// And of the top units, `[T]`.
    pub c: Vec<f32>,
}

/// What enumeration of a net gives, for every state of the hidden units; bit j is unit j.
#[derive(Clone, Debug, PartialEq)]
pub struct Exact {
    /// log p*(h), unnormalised, `[2^H]`.
    pub prior: Vec<f64>,
    /// p*(h) / Π_i (1 + e^{input of visible unit i}): the factor of p(v, h) that does not depend on v, `[2^H]`.
    rest: Scaled,
    /// log Σ_h p*(h).
    pub log_z: f64,
}

impl Exact {
    /// Takes 2^H·(V + Y·T) steps, less where labels are alike.
    pub fn new(net: &Net) -> Exact {
        let (h, t) = (net.b.len(), net.c.len());
        // Given h, the top units are independent of one another, and so are the pixels.
        let upwards: Vec<f32> = (0..t * h).map(|at| net.top[at % h * t + at / h]).collect();
        let mut by_label: Vec<Vec<f64>> = Vec::new();
        for y in 0..net.a.len() {
            let weights = |y: usize| &net.labels[y * t..][..t];
            // Before the top machine learns, labels are alike.
            by_label.push(match by_label.last() {
                Some(before) if weights(y) == weights(y - 1) => before.clone(),
                _ => {
                    let c: Vec<f32> = net.c.iter().zip(weights(y)).map(|(c, u)| c + u).collect();
                    states(&Machine { w: &upwards, b: &c, c: &net.b })
                }
            });
        }
        let joint =
            |state: usize| net.a.iter().zip(&by_label).map(move |(a, logs)| f64::from(*a) + logs[state]);
        let prior: Vec<f64> = (0..1usize << h).map(|state| log_sum_exp(joint(state))).collect();
        let none = vec![0.0; h];
        let below = states(&Machine { w: &net.down, b: &net.visible, c: &none });
        let rest: Vec<f64> = prior.iter().zip(&below).map(|(prior, below)| prior - below).collect();
        let rest = Scaled::new(&rest);
        Exact { log_z: log_sum_exp(prior.iter().copied()), prior, rest }
    }

    /// log p(v) of an image whose pixels are 0 or 1.
    pub fn log_likelihood(&self, net: &Net, v: &[u8]) -> f64 {
        let h = net.b.len();
        let mut input = vec![0.0f32; h];
        let mut linear = 0.0;
        for (i, _) in v.iter().enumerate().filter(|(_, on)| **on > 0) {
            linear += f64::from(net.visible[i]);
            input.iter_mut().zip(&net.down[i * h..]).for_each(|(s, w)| *s += w);
        }
        linear + self.rest.log_sum(&input) - self.log_z
    }

    /// `n` exact samples `[n, V]`: h from the top machine, then pixels given h.
    pub fn sample(&self, net: &Net, n: usize, stream: &mut Stream) -> Vec<f32> {
        let h = net.b.len();
        let mut total = 0.0;
        let sums: Vec<f64> = self
            .prior
            .iter()
            .map(|log| {
                total += libm::exp(log - self.log_z);
                total
            })
            .collect();
        let mut out = Vec::with_capacity(n * net.visible.len());
        for _ in 0..n {
            let u = f64::from(stream.uniform()) * total;
            let state = sums.partition_point(|&sum| sum < u).min(sums.len() - 1);
            for (i, &bias) in net.visible.iter().enumerate() {
                let on = (0..h).filter(|j| state >> j & 1 == 1).map(|j| net.down[i * h + j]);
                let p = 1.0 / (1.0 + libm::expf(-(bias + on.sum::<f32>())));
                out.push(f32::from(u8::from(stream.uniform() < p)));
            }
        }
        out
    }
}

/// log p*(h) of every state, bit j being unit j.
fn states(machine: &Machine<'_>) -> Vec<f64> {
    let mut out = vec![0.0; 1 << machine.c.len()];
    machine.each_state(|bits, log_p| out[bits as usize] = log_p);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const W: [f32; 12] = [0.5, -1.0, 0.25, -0.75, 0.5, 1.0, 1.5, 0.25, -0.5, 0.0, -0.5, 0.75];

    /// A net whose top machine is the lower one upside down is that machine: log Z and log p(v) are
    /// the same. Labels with weights of 0 change nothing.
    #[test]
    fn tied_weights_are_the_machine_below() {
        let (b, c) = (vec![0.1, -0.2, 0.3, -0.4], vec![-0.1, 0.2, 0.05]);
        let machine = Machine { w: &W, b: &b, c: &c };
        let net = Net {
            down: W.to_vec(),
            visible: b.clone(),
            top: (0..12).map(|at| W[at % 4 * 3 + at / 4]).collect(),
            labels: vec![0.0; 8],
            b: c.clone(),
            a: vec![-core::f32::consts::LN_2; 2],
            c: b.clone(),
        };
        let exact = Exact::new(&net);
        assert!((exact.log_z - machine.log_partition()).abs() < 1e-6);
        for v in [[0u8, 0, 1, 1], [1, 0, 1, 0], [1, 1, 1, 1]] {
            let known = -machine.free_energy(&v.map(f32::from)) - machine.log_partition();
            assert!((exact.log_likelihood(&net, &v) - known).abs() < 1e-6);
        }
    }

    #[test]
    fn samples_have_the_net_s_frequencies() {
        let net = Net {
            down: W.to_vec(),
            visible: vec![0.1, -0.2, 0.3, -0.4],
            top: vec![1.0, -2.0, 0.5, 1.5, -0.3, 0.7],
            labels: vec![0.4, -0.6, 1.2, 0.1],
            b: vec![-0.1, 0.2, 0.05],
            a: vec![0.3, -0.3],
            c: vec![0.2, -0.5],
        };
        let (exact, n) = (Exact::new(&net), 40_000);
        let rows = exact.sample(&net, n, &mut Stream::new(3, 0));
        for v in 0..16u8 {
            let image = [0, 1, 2, 3].map(|i| v >> i & 1);
            let p = libm::exp(exact.log_likelihood(&net, &image));
            let count =
                rows.chunks(4).filter(|row| row.iter().zip(image).all(|(x, y)| *x == f32::from(y))).count();
            let error = tilde_graph::real::sqrt(p * (1.0 - p) / n as f64);
            assert!((count as f64 / n as f64 - p).abs() < 4.5 * error, "state {v}");
        }
    }
}
