//! Annealed importance sampling of log Z.
//!
//! R. Neal, Statistics and Computing 11, 2001; for these machines R. Salakhutdinov and I. Murray,
//! ICML 2008. Chains walk from a base of independent pixels, whose normaliser is known, to the
//! machine, along p_β(v, h) ∝ p_base(v, h)^(1−β) p(v, h)^β, of which h sums out:
//!
//! > log p*_β(v) = (1−β)aᵀv + βbᵀv + Σ_j softplus(β(c_j + (vW)_j))
//!
//! with a the base's biases. Before each transition the log-weight of a chain grows by
//! log p*_β′(v) − log p*_β(v). E w = Z / Z_base exactly, with Z_base = 2^H Π_i (1 + e^{a_i}).
//!
//! The increments of a *rung*, a few temperatures, are summed on the device, in single precision: they
//! are small. The rungs are added up on the host, in double precision. No compensated sum is needed,
//! which a shader's compiler would be free to undo.

use super::Machine;
use crate::Error;
use crate::driver::{Answer, Driver};
use crate::metrics::ais::Weights;
use crate::numeric::scalar::softplus;
use alloc::vec::Vec;
use tilde_graph::{EntryId, Holds, Init, Knob, Program, Shape, Tensor, Var};

/// Chains from one or more bases to a machine.
pub struct Anneal {
    /// Bases.
    pub bases: usize,
    /// Chains of each base.
    pub chains: usize,
    /// Rungs that are kept.
    pub rungs: usize,
    /// The chains, `[K·C, V]`: those of one base, then those of the next.
    pub particles: Var,
    /// The bases' biases, `[K, V]`; a data variable.
    biases: Var,
    /// Sums of the increments, `[R, K·C]`.
    pub sums: Var,
    /// Rungs that are done.
    pub rung: Var,
    temperatures: Knob,
    /// Draws the chains from their bases.
    pub begin: EntryId,
    walk: EntryId,
    mark: EntryId,
}

impl Anneal {
    /// Declares chains to a machine of V visible units: part of a checkpoint if `keep`.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the machine does not fit together.
    pub fn new(
        p: &mut Program,
        machine: Machine,
        [bases, chains, rungs]: [usize; 3],
        keep: bool,
    ) -> Result<Anneal, Error> {
        let (d, n) = (machine.b.shape().dim(0), bases * chains);
        let temperatures = p.knob("annealing_temperatures", 1000.0);
        let biases = p.data("anneal.base", [bases, d]);
        let state = |p: &mut Program, name: &str, shape: &[usize]| match keep {
            true => p.state(name, Shape::new(shape), Init::Constant(0.0)),
            false => p.scratch(name, Shape::new(shape)),
        };
        let particles = state(p, "anneal.particles", &[n, d]);
        let now = state(p, "anneal.increments", &[n]);
        let sums = state(p, "anneal.weights", &[rungs, n]);
        let at = state(p, "anneal.temperature", &[]);
        let rung = state(p, "anneal.rung", &[]);
        for count in [at, rung] {
            p.hold(count, Holds::Count);
        }
        let begin = p.entry("anneal_begin", |g| {
            let a = spread(g.read(biases), chains);
            g.assign(particles, g.bernoulli(a.sigmoid()));
            g.assign(now, g.full(0.0, [n]));
            g.assign(sums, g.full(0.0, [rungs, n]));
            g.assign(at, g.constant(0.0));
            g.assign(rung, g.constant(0.0));
        })?;
        let walk = p.entry("anneal", |g| {
            let a = spread(g.read(biases), chains);
            let t = g.read(at);
            let [from, to] = [t, t + 1.0].map(|t| (t / g.knob(temperatures)).minimum(g.constant(1.0)));
            let v = g.read(particles);
            let input = machine.hidden_input(g, v);
            let linear = (v * (g.param(machine.b) - a)).sum_axes(&[1]);
            let units = ((input * to).softplus() - (input * from).softplus()).sum_axes(&[1]);
            g.assign(now, g.read(now) + (to - from) * linear + units);
            let h = g.bernoulli((input * to).sigmoid());
            let back = machine.visible_input(g, h);
            g.assign(particles, g.bernoulli((a + to * (back - a)).sigmoid()));
            g.assign(at, t + 1.0);
        })?;
        let mark = p.entry("anneal_mark", |g| {
            let here = g.iota([rungs, 1], 0).to_f32().equal(g.read(rung));
            g.assign(sums, g.read(sums) + here * g.read(now).reshape([1, n]));
            g.assign(now, g.full(0.0, [n]));
            g.assign(rung, g.read(rung) + 1.0);
        })?;
        Ok(Anneal { bases, chains, rungs, particles, biases, sums, rung, temperatures, begin, walk, mark })
    }

    /// Writes the bases' biases, `[K, V]`.
    pub fn set_bases(&self, device: &Driver, biases: &[f32]) {
        device.write(self.biases, biases);
    }

    /// Says how many steps a run has from 0 to 1.
    pub fn set_temperatures(&self, device: &Driver, temperatures: u32) {
        device.knob(self.temperatures, temperatures as f32);
    }

    /// The schedule of one rung of `temperatures` steps. What goes beyond the last stays at the machine,
    /// and adds nothing.
    pub fn rung(&self, temperatures: u32) -> [(EntryId, u32); 2] {
        [(self.walk, temperatures), (self.mark, 1)]
    }

    /// The chains' log-weights after each rung, of each base, from the sums once they are read.
    pub fn weights_of(&self, sums: &[f32]) -> Vec<Weights> {
        let n = self.bases * self.chains;
        let of = |base: usize| {
            let rows = sums.chunks(n).map(|row| &row[base * self.chains..][..self.chains]);
            Weights::new(rows, self.chains)
        };
        (0..self.bases).map(of).collect()
    }

    /// Enqueues one whole run of `temperatures` steps; its answer is for [`Anneal::weights_of`].
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub fn run(&self, device: &Driver, temperatures: u32) -> Result<Answer<Vec<f32>>, Error> {
        self.set_temperatures(device, temperatures);
        device.run(self.begin)?;
        let each = temperatures.div_ceil(self.rungs as u32);
        device.schedule(&self.rung(each), temperatures.div_ceil(each))?;
        Ok(device.read(self.sums))
    }

    /// Starts the chains' draws from a seed of their own.
    pub fn seed(&self, device: &Driver, seed: u64) {
        [self.begin, self.walk].into_iter().for_each(|entry| device.seed(entry, seed));
    }
}

/// `[K, V]`, each row repeated for all chains of its base: `[K·C, V]`.
fn spread(biases: Tensor<'_>, chains: usize) -> Tensor<'_> {
    let [bases, d] = [0, 1].map(|axis| biases.shape().dim(axis));
    biases.reshape([bases, 1, d]).broadcast([bases, chains, d]).reshape([bases * chains, d])
}

/// log Z of independent pixels with these biases, beside `hidden` units without weights.
pub fn log_base(biases: &[f32], hidden: usize) -> f64 {
    let pixels: f64 = biases.iter().map(|&a| softplus(f64::from(a))).sum();
    pixels + hidden as f64 * core::f64::consts::LN_2
}
