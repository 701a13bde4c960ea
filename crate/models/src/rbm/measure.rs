//! The machine's figures, and draws from it.

use super::Rbm;
use super::model::{ANNEALED, CHUNK, FLIPPED};
use crate::boltzmann::{log_base, log_odds};
use crate::metrics::{ais, rbm as exact};
use crate::prelude::*;

/// Hidden units up to which the page enumerates each time it looks; up to [`exact::MOST`] it takes a
/// second, and is left to the end of a run and to sampling.
const QUICK: usize = 16;
/// Steps of the enumeration, V·2^H, up to which samples are drawn exactly: a fraction of a second.
const EXACT: usize = 1 << 23;
/// Temperatures of a large machine's annealing, and runs of so many chains.
const TEMPERATURES: usize = 3000;
const RUNS: usize = 4;
/// Products that annealing may take where the page looks, which is one run, and at the end of a run.
const LOOK: u64 = 1 << 29;
const END: u64 = 1 << 32;
/// Steps that the page spends on the pseudo-likelihood: V·H for an image.
const FLIPS: usize = 1 << 21;

impl Rbm {
    /// What needs no log Z; the exact likelihood too, of machines that are enumerated quickly; and all held-out
    /// images, where large machines are annealed.
    pub(super) async fn measure(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        let (m, d) = (&self.model, live.device);
        let (all, area) = (self.sets.test.n, self.sets.train.area());
        // The same images each time, or the curves would jump whenever the costly figures come.
        let (images, flipped) = match scope {
            Scope::Whole | Scope::All(_) => (all, all),
            Scope::Quick | Scope::Page => (
                if self.hidden > QUICK { CHUNK.min(all) } else { all },
                (FLIPS / (area * self.hidden)).clamp(FLIPPED, all.max(FLIPPED)).min(all),
            ),
        };
        let enumerated = match scope {
            Scope::Quick => false,
            Scope::Page => self.hidden <= QUICK,
            Scope::Whole | Scope::All(_) => self.hidden <= exact::MOST,
        };
        let error = m.recorder.latest(live);
        let energies = m.feed.over(d, m.measure, CHUNK, images, "free_energy");
        let pseudo = m.feed.over(d, m.flip, FLIPPED, flipped, "pseudo_likelihood");
        let fantasies = d.ask(m.fantasy_energy, "free_energy");
        let values = enumerated.then(|| m.learner.values(d));
        let annealed = match scope {
            Scope::Quick => None,
            _ if enumerated => None,
            Scope::Page => Some(self.annealed(d, self.temperatures(LOOK, 1), 1)?),
            Scope::Whole => Some(self.annealed(d, self.temperatures(END, RUNS), RUNS)?),
            Scope::All(_) => Some(self.annealed(d, TEMPERATURES, RUNS)?),
        };

        let mut out = Figures::new();
        // The first step computes it.
        if let Some(error) = error {
            out.push(("reconstruction_error", error.await?[0]));
        }
        let (energies, pseudo, fantasies) = (energies.await?, pseudo.await?, fantasies.await?);
        let estimate = |values: &[f32]| Estimate::of(values.iter().map(|&x| f64::from(x)));
        let [energy, pseudo, dreams] = [&energies, &pseudo, &fantasies].map(|values| estimate(values));
        // Training lowers the negative log-likelihood; its pseudo-likelihood needs no log Z.
        pseudo.times(-1.0).report(&mut out, ["loss", "loss_se"]);
        energy.report(&mut out, ["free_energy_data", "free_energy_data_se"]);
        dreams.report(&mut out, ["free_energy_model", "free_energy_model_se"]);
        pseudo.report(&mut out, ["pseudo_likelihood", "pseudo_likelihood_se"]);
        // Mean log p(v) = −mean F(v) − log Z
        let likelihood = |log_z: f64, error: f64| energy.times(-1.0).plus(-log_z, error);
        if let Some(values) = values {
            let log_z = values.await?.exact().log_partition();
            out.push(("log_partition", log_z));
            likelihood(log_z, 0.0).report(&mut out, ["test_log_likelihood", "test_log_likelihood_se"]);
        }
        if let Some((log_base, runs)) = annealed {
            let mut logs = Vec::new();
            for sums in runs {
                logs.extend_from_slice(m.anneal.weights_of(&sums.await?)[0].last());
            }
            let log_z = ais::estimate(&logs).plus(log_base, 0.0);
            log_z.report(&mut out, ["log_partition_ais", "log_partition_ais_se"]);
            likelihood(log_z.mean, log_z.error)
                .report(&mut out, ["test_log_likelihood_ais", "test_log_likelihood_ais_se"]);
        }
        Ok(out)
    }

    /// Temperatures of so many runs that take no more than these products, if a hundred do not take more.
    fn temperatures(&self, products: u64, runs: usize) -> usize {
        let each = 2 * self.sets.train.area() * self.hidden * ANNEALED * runs;
        ((products / each as u64) as usize).clamp(100, TEMPERATURES)
    }

    /// Enqueues annealing runs from the pixels' own frequencies, which is where the machine began; gives
    /// log Z of that base and the sums of the increments of each run.
    fn annealed(
        &self,
        device: &Driver,
        temperatures: usize,
        runs: usize,
    ) -> Result<(f64, Vec<Answer<Vec<f32>>>), Error> {
        let base = log_odds(&self.sets.train.mean(), self.sets.train.n);
        let anneal = &self.model.anneal;
        anneal.set_bases(device, &base);
        anneal.seed(device, VIEW_SEED);
        let sums: Result<Vec<_>, Error> =
            (0..runs).map(|_| anneal.run(device, temperatures as u32)).collect();
        Ok((log_base(&base, self.hidden), sums?))
    }

    /// Exact samples of a small machine, `[n, V]`; of a large one the ends of long Gibbs chains from noise.
    pub(super) async fn draws(&self, device: &Driver, n: usize, seed: u64) -> Result<Vec<f32>, Error> {
        let area = self.sets.train.area();
        if self.hidden <= exact::MOST && area << self.hidden <= EXACT {
            let values = self.model.learner.values(device).await?;
            return Ok(values.exact().sample(n, &mut Stream::new(seed, 0x5A4D), false));
        }
        self.model.chains(device, n * area, seed).await
    }
}
