//! Deep Boltzmann machines with three hidden layers exactly, by enumeration of the first and third.
//!
//! E(v, h₁, h₂, h₃) = −b_vᵀv − Σ b_lᵀh_l − vᵀW₁h₁ − h₁ᵀW₂h₂ − h₂ᵀW₃h₃. Given h₁ and h₃, the units of v
//! and of h₂ are independent, and their sums are products:
//!
//! > Z = Σ_{h₁,h₃} e^{b₁ᵀh₁ + b₃ᵀh₃} Π_i (1 + e^{b_v + W₁h₁}) Π_k (1 + e^{b₂ + W₂ᵀh₁ + W₃h₃})

use super::rbm::log_product;
use super::states::{Scaled, inputs};
use crate::numeric::scalar::log_sum_exp;
use alloc::vec;
use alloc::vec::Vec;

/// A machine's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// W₁ `[V, N₁]`, W₂ `[N₁, N₂]`, W₃ `[N₂, N₃]`.
    pub weights: [Vec<f32>; 3],
    /// b_v `[V]`, b₁, b₂, b₃.
    pub biases: [Vec<f32>; 4],
}

/// What enumeration of a machine gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Exact {
    /// Σ_{h₂,h₃} e^{−E(h₁, h₂, h₃)} for every state of h₁, where E has the terms without v. `[2^N₁]`.
    above: Scaled,
    /// log Z.
    pub log_z: f64,
}

impl Exact {
    /// Takes 2^(N₁+N₃)·N₂ + 2^N₁·V steps.
    pub fn new(machine: &Machine) -> Exact {
        let [w1, w2, w3] = &machine.weights;
        let [bv, b1, b2, b3] = &machine.biases;
        let (n1, n2, n3) = (b1.len(), b2.len(), b3.len());
        let linear = |b: &[f32], n: usize| inputs(|j, _| b[j], &[0.0], n);
        let from_below = inputs(|j, k| w2[j * n2 + k], b2, n1);
        let from_above = inputs(|j, k| w3[k * n3 + j], &vec![0.0; n2], n3);
        let largest = |x: &[f64]| x.iter().fold(0.0f64, |m, x| m.max(x.abs()));
        // e^x is a product, and so is what many factors 1 + e^x ≤ e^(|x| + 1) are together: below e^640.
        let most = largest(&from_below) + largest(&from_above);
        let moderate = most < 80.0;
        let at_once = (640.0 / (most + 1.0)) as usize;
        let exps = |x: &[f64]| x.iter().map(|&x| libm::exp(x)).collect::<Vec<f64>>();
        let (e_below, e_above) =
            if moderate { (exps(&from_below), exps(&from_above)) } else { (vec![], vec![]) };
        let third = linear(b3, n3);
        let mut logs = vec![0.0; 1 << n3];
        let mut input = vec![0.0; n2];
        let first = linear(b1, n1);
        let mut above = vec![0.0; 1 << n1];
        for (h1, total) in above.iter_mut().enumerate() {
            for h3 in 0..1usize << n3 {
                logs[h3] = third[h3]
                    + if moderate {
                        let (below, above) = (&e_below[h1 * n2..][..n2], &e_above[h3 * n2..][..n2]);
                        let parts = below.chunks(at_once).zip(above.chunks(at_once));
                        let product = |(a, b): (&[f64], &[f64])| {
                            a.iter().zip(b).fold(1.0, |p, (a, b)| p * (1.0 + a * b))
                        };
                        parts.map(|part| libm::log(product(part))).sum::<f64>()
                    } else {
                        for k in 0..n2 {
                            input[k] = from_below[h1 * n2 + k] + from_above[h3 * n2 + k];
                        }
                        log_product(&input)
                    };
            }
            *total = first[h1] + log_sum_exp(logs.iter().copied());
        }
        let visible = inputs(|j, i| w1[i * n1 + j], bv, n1);
        let whole = above.iter().zip(visible.chunks(bv.len())).map(|(a, input)| a + log_product(input));
        let whole: Vec<f64> = whole.collect();
        Exact { log_z: log_sum_exp(whole.iter().copied()), above: Scaled::new(&above) }
    }

    /// log p(v) of an image whose pixels are 0 or 1.
    pub fn log_likelihood(&self, machine: &Machine, v: &[u8]) -> f64 {
        let n1 = machine.biases[1].len();
        let mut input = vec![0.0f32; n1];
        let mut linear = 0.0;
        for (i, _) in v.iter().enumerate().filter(|(_, on)| **on > 0) {
            linear += f64::from(machine.biases[0][i]);
            input.iter_mut().zip(&machine.weights[0][i * n1..]).for_each(|(a, w)| *a += w);
        }
        linear + self.above.log_sum(&input) - self.log_z
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every state of every unit, one after the other.
    #[test]
    fn products_are_sums_over_states() {
        let values =
            |n: usize, f: f32| (0..n).map(|i| f * libm::sinf(1.7 * i as f32 + f)).collect::<Vec<f32>>();
        let machine = Machine {
            weights: [values(12, 1.0), values(6, 2.0), values(4, 1.5)],
            biases: [values(4, 0.5), values(3, 0.7), values(2, 0.9), values(2, 1.1)],
        };
        let sizes = [4, 3, 2, 2];
        let bits = |state: usize, layer: usize| {
            let before: usize = sizes[..layer].iter().sum();
            (0..sizes[layer]).map(move |j| (state >> (before + j) & 1) as f64)
        };
        let negative_energy = |state: usize| {
            let mut sum = 0.0;
            for l in 0..4 {
                sum += bits(state, l).zip(&machine.biases[l]).map(|(x, b)| x * f64::from(*b)).sum::<f64>();
                if l < 3 {
                    for (i, x) in bits(state, l).enumerate() {
                        for (j, y) in bits(state, l + 1).enumerate() {
                            sum += x * y * f64::from(machine.weights[l][i * sizes[l + 1] + j]);
                        }
                    }
                }
            }
            sum
        };
        let exact = Exact::new(&machine);
        let log_z = log_sum_exp((0..1usize << 11).map(negative_energy));
        assert!((exact.log_z - log_z).abs() < 1e-9);
        let of_v = |v: usize| log_sum_exp((0..1usize << 7).map(|h| negative_energy(h << 4 | v))) - log_z;
        for (v, image) in [(0b0101, [1, 0, 1, 0]), (0b1110, [0, 1, 1, 1])] {
            assert!((exact.log_likelihood(&machine, &image) - of_v(v)).abs() < 1e-6);
        }
    }
}
