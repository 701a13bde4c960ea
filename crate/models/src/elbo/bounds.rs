//! The importance-weighted bounds: Y. Burda, R. Grosse, R. Salakhutdinov, "Importance weighted
//! autoencoders", ICLR 2016. With w = p(x, z)/q(z), z ~ q,
//!
//! > L_K = E log (w₁ + … + w_K)/K,  L₁ = ELBO ≤ L₂ ≤ … → log p(x).

use super::guide::{Guide, Rule};
use super::model::Model;
use crate::numeric::scalar::log_sum_exp;
use crate::prelude::*;

/// Distance of the nodes over q, in its standard deviations.
const NODES: f64 = 0.04;
/// Distance of the nodes over log t: the integrand is as smooth as exp(−e^u).
const STEP: f64 = 0.4;
/// Parts of the integral below this are left out, on either side.
const SMALL: f64 = 1e-12;
/// Most nodes on either side: a q that is far off has weights over thousands of powers of e.
const MOST: i32 = 3_000;

/// L_K exactly, K-dimensional integral though it is: log s = ∫ (e^−t − e^−ts)/t dt (Frullani), so
///
/// > E log S = ∫ (exp(−e^u) − E exp(−e^u S)) du,  E exp(−t S) = (E_q exp(−t w/K))^K,
///
/// which is an integral over u of an integral over z. `None` where q is so far off that it would
/// take too long.
pub fn exact(guide: &Guide, model: &Model, k: u32) -> Option<f64> {
    let rule = Rule::new(NODES);
    if k <= 1 {
        return Some(guide.elbo(model, &rule));
    }
    let count = libm::log(f64::from(k));
    // log w/K relative to p(x), which makes the mean of S 1, and the weight of the node.
    let relative = |z: f64| model.log_joint(z) - guide.log_density(z) - model.log_evidence - count;
    let atoms: Vec<[f64; 2]> = guide.nodes(&rule).iter().map(|[z, p]| [relative(*z), *p]).collect();
    let part = |u: f64| {
        let mut mean = 0.0;
        for [log, p] in &atoms {
            let rate = u + log;
            // What is 0 or 1 to rounding needs no exponential.
            if rate < -38.0 {
                mean += p;
            } else if rate < 4.0 {
                mean += p * libm::exp(-libm::exp(rate));
            }
        }
        libm::exp(-libm::exp(u)) - libm::pow(mean, f64::from(k))
    };
    let mut sum = part(0.0);
    for side in [-STEP, STEP] {
        let mut i = 1;
        loop {
            let term = part(side * f64::from(i));
            sum += term;
            // Both terms of the difference are 1, or 0, from here on.
            if term.abs() < SMALL && i > 8 {
                break;
            }
            i += 1;
            if i > MOST {
                return None;
            }
        }
    }
    Some(STEP * sum + model.log_evidence)
}

/// L_K estimated from draws, for each K: the mean over groups of K of them, and its standard error.
pub fn estimated(guide: &Guide, model: &Model, ks: &[u32], n: usize, stream: &mut Stream) -> Vec<[f64; 2]> {
    let logs: Vec<f64> = (0..n)
        .map(|_| {
            let z = guide.draw(stream);
            model.log_joint(z) - guide.log_density(z)
        })
        .collect();
    let one = |&k: &u32| {
        let bound = |group: &[f64]| log_sum_exp(group.iter().copied()) - libm::log(f64::from(k));
        let bounds = Tally::of(logs.chunks_exact(k as usize).map(bound));
        [bounds.mean(), bounds.error().unwrap_or(f64::NAN)]
    };
    ks.iter().map(one).collect()
}
