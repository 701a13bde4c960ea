//! Parallel tempering: chains at several temperatures that exchange their states.
//!
//! G. Desjardins, A. Courville, Y. Bengio, P. Vincent, O. Delalleau, AISTATS 2010. Hot chains cross
//! the valleys where the chain at temperature 1, which the gradient uses, would stay.

use crate::boltzmann::{Learner, Machine};
use crate::prelude::*;

/// Temperatures of each chain; even.
const LADDER: usize = 8;

/// The entries.
pub struct Tempering {
    /// One Gibbs step at every temperature, then exchanges between neighbours.
    pub step: EntryId,
    /// Hands the chains at temperature 1 to the learner.
    pub give: EntryId,
}

impl Tempering {
    /// Declares as many ladders as the learner has chains.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if it does not fit together.
    pub fn new(p: &mut Program, learner: &Learner, [batch, d]: [usize; 2]) -> Result<Tempering, Error> {
        let machine = learner.machine;
        let chain = learner.chain;
        let ladder = p.state("ladder", [LADDER, batch, d], Init::Constant(0.0));
        let step = p.entry("temper", |g| {
            let rows = LADDER * batch;
            // β from 1/M, almost free, to 1: [M, 1].
            let beta = (g.iota([LADDER, 1], 0).to_f32() + 1.0) * (1.0 / LADDER as f32);
            let each = beta.broadcast([LADDER, batch]).reshape([rows, 1]);
            let v = g.read(ladder).reshape([rows, d]);
            let h = g.bernoulli((each * machine.hidden_input(g, v)).sigmoid());
            let v = g.bernoulli((each * machine.visible_input(g, h)).sigmoid());
            // First the pairs (0, 1), (2, 3), …; then (1, 2), (3, 4), …
            let v = exchanged(g, machine, v.reshape([LADDER, batch, d]), beta);
            let inner = exchanged(g, machine, v.slice(1, LADDER - 2), beta.slice(1, LADDER - 2));
            g.assign(ladder, g.concat(&[v.slice(0, 1), inner, v.slice(LADDER - 1, 1)], 0));
        })?;
        let give = p.entry("temper_give", |g| {
            g.assign(chain, g.read(ladder).slice(LADDER - 1, 1).reshape([batch, d]));
        })?;
        Ok(Tempering { step, give })
    }
}

/// States `[M, B, V]` at β `[M, 1]` after neighbours 2i and 2i + 1 have been offered to change places:
/// accepted with the ratio of the products of their probabilities.
fn exchanged<'g>(g: &'g Graph, machine: Machine, v: Tensor<'g>, beta: Tensor<'g>) -> Tensor<'g> {
    let [m, b, d] = [0, 1, 2].map(|axis| v.shape().dim(axis));
    let flat = v.reshape([m * b, d]);
    let linear = (flat * g.param(machine.b)).sum_axes(&[1]).reshape([m, b]);
    let input = machine.hidden_input(g, flat);
    let h = input.shape().dim(1);
    let input = input.reshape([m, b, h]);
    // log p*_β(v) = βbᵀv + Σ softplus(β(c + vW)).
    let log_p =
        |beta: Tensor<'g>| beta * linear + (beta.reshape([m, 1, 1]) * input).softplus().sum_axes(&[2]);
    let other = beta.reshape([m / 2, 2, 1]).flip(&[1]).reshape([m, 1]);
    let gain = (log_p(other) - log_p(beta)).reshape([m / 2, 2, b]).sum_axes(&[1]);
    let accept = g.uniform([m / 2, b]).ln().lt(gain).reshape([m / 2, 1, b, 1]);
    let pairs = v.reshape([m / 2, 2, b, d]);
    accept.select(pairs.flip(&[1]), pairs).reshape([m, b, d])
}
