//! What the runs have found, beside the exact value.

use super::{Ais, shown};
use crate::boltzmann::Machine;
use crate::metrics::ais::{self, Weights};
use crate::prelude::*;
use core::cell::RefCell;

/// Log Z by enumeration. The machine of a run stays while its rungs are done, so values are known by
/// their parameters and not by the step.
#[derive(Default)]
pub(super) struct Exact {
    known: RefCell<Vec<(Vec<f32>, f64)>>,
}

impl Exact {
    /// log Z of the machine with these parameters.
    pub fn log_z(&self, machine: Machine, flat: Vec<f32>) -> f64 {
        let mut known = self.known.borrow_mut();
        if let Some((_, log_z)) = known.iter().find(|(parameters, _)| *parameters == flat) {
            return *log_z;
        }
        let log_z = machine.values(&flat).exact().log_partition();
        // That of the present run, and that of the one before it.
        known.truncate(1);
        known.insert(0, (flat, log_z));
        log_z
    }
}

/// What one run has found, so far or at its end.
pub(super) struct Reading {
    /// Log-weights of each base.
    pub weights: Vec<Weights>,
    /// log Z of the machine, exactly.
    pub log_z: f64,
}

impl Ais {
    /// The last finished run; the first one as far as it has come.
    pub(super) async fn reading(&self, device: &Driver) -> Result<Reading, Error> {
        let m = &self.model;
        let (machine, sums) = match self.progress.finished {
            true => (m.finished_machine, m.finished_sums),
            false => (m.present_machine, m.anneal.sums),
        };
        let (flat, sums) = (device.read(machine), device.read(sums));
        let log_z = self.exact.log_z(m.machine, flat.await?);
        Ok(Reading { weights: m.anneal.weights_of(&sums.await?), log_z })
    }

    pub(super) async fn measure(&self, live: &Live<'_>) -> Result<Figures, Error> {
        let Reading { weights, log_z } = self.reading(live.device).await?;
        let log_base = [0, 1].map(|k| self.model.log_base(k));
        // log Ẑ = log Z_base + log mean w
        let found = [0, 1].map(|k| ais::estimate(weights[k].last()).plus(log_base[k], 0.0));
        let base = shown(live);
        let mut out = vec![("log_partition", log_z)];
        // Chains that are still on their way say nothing of the machine.
        if self.progress.finished {
            out.push(("loss", (found[base].mean - log_z).abs()));
            let [pixels, uniform] = found;
            pixels.report(&mut out, ["log_z_pixels", "log_z_pixels_se"]);
            uniform.report(&mut out, ["log_z_uniform", "log_z_uniform_se"]);
            pixels.plus(-log_z, 0.0).report(&mut out, ["error_pixels", "error_pixels_se"]);
            uniform.plus(-log_z, 0.0).report(&mut out, ["error_uniform", "error_uniform_se"]);
            let one = Estimate::of(weights[base].last().iter().copied());
            out.extend([
                ("ess_pixels", ais::effective(weights[0].last())),
                ("ess_uniform", ais::effective(weights[1].last())),
            ]);
            one.plus(log_base[base] - log_z, 0.0).report(&mut out, ["one_chain", "one_chain_se"]);
        }
        Ok(out)
    }

    /// Weights of `rounds` runs of so many temperatures from a base (0 mean pixels, 1 fair ones): the means
    /// of w·Z_base/Z, which is 1 in expectation, and of its logarithm, which is less, each with its standard
    /// error. For machines small enough that weights vary little. The device must be loaded with this
    /// exhibit's program.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn moments(
        &self,
        device: &Driver,
        temperatures: u32,
        base: usize,
        rounds: u32,
    ) -> Result<[[f64; 2]; 2], Error> {
        let m = &self.model;
        device.start(&m.program, 5);
        m.write(device);
        device.schedule(&m.begin(), 1)?;
        let flat = device.read(m.present_machine).await?;
        let exact = self.exact.log_z(m.machine, flat) - m.log_base(base);
        let mut moments = [Tally::default(); 2];
        for _ in 0..rounds {
            let increments = m.anneal.run(device, temperatures)?.await?;
            for log in m.anneal.weights_of(&increments)[base].last() {
                moments[0].add(libm::exp(log - exact));
                moments[1].add(log - exact);
            }
        }
        Ok(moments.map(|all| [all.mean(), all.error().unwrap_or(f64::NAN)]))
    }
}
