//! The machine's figures, and draws from it.

use super::Rbm;
use super::model::{CHUNK, MEASURED};
use crate::boltzmann::{log_base, log_odds};
use crate::metrics::{ais, rbm as exact};
use crate::prelude::*;

/// Hidden units up to which the page enumerates each time it looks; up to [`exact::MOST`] it takes a
/// second, and is left to `evaluate` and to sampling.
const QUICK: usize = 16;
/// Steps of the enumeration, V·2^H, up to which samples are drawn exactly: a fraction of a second.
const EXACT: usize = 1 << 23;
/// Temperatures of a large machine's annealing.
const TEMPERATURES: u32 = 3000;

impl Rbm {
    /// What needs no log Z; the exact likelihood too, of machines that are enumerated quickly; and all held-out
    /// images, where large machines are annealed.
    pub(super) async fn measure(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        let (m, d) = (&self.model, live.device);
        // The same images each time, or the curves would jump whenever the costly figures come.
        let images = match scope {
            Scope::Quick | Scope::Page if self.hidden > QUICK => CHUNK.min(self.sets.test.n),
            Scope::Quick | Scope::Page | Scope::All(_) => self.sets.test.n,
        };
        let enumerated = match scope {
            Scope::Quick => false,
            Scope::Page => self.hidden <= QUICK,
            Scope::All(_) => self.hidden <= exact::MOST,
        };
        let error = m.recorder.latest(live);
        d.seed(m.measure, VIEW_SEED);
        let measured = m.feed.over(d, m.measure, CHUNK, images, "figures");
        let fantasies = d.ask(m.fantasy_energy, "free_energy");
        let values = enumerated.then(|| m.learner.values(d));
        let annealed = match scope {
            Scope::All(_) if !enumerated => Some(self.annealed(d)?),
            Scope::Quick | Scope::Page | Scope::All(_) => None,
        };

        let mut out = Figures::new();
        // The first step computes it.
        if let Some(error) = error {
            out.push(("reconstruction_error", error.await?[0]));
        }
        let (measured, fantasies) = (measured.await?, fantasies.await?);
        let column = |column: usize| {
            let values = measured.iter().skip(column).step_by(MEASURED);
            values.map(|&x| f64::from(x)).sum::<f64>() / images as f64
        };
        let (energy, pseudo) = (column(0), column(1));
        out.extend([
            // Training lowers the negative log-likelihood; its pseudo-likelihood needs no log Z.
            ("loss", -pseudo),
            ("free_energy_data", energy),
            ("free_energy_model", mean(&fantasies)),
            ("pseudo_likelihood", pseudo),
        ]);
        if let Some(values) = values {
            let log_z = values.await?.exact().log_partition();
            // Mean log p(v) = −mean F(v) − log Z
            out.extend([("log_partition", log_z), ("test_log_likelihood", -energy - log_z)]);
        }
        if let Some((log_base, sums)) = annealed {
            let weights = m.anneal.weights_of(&sums.await?);
            let log_z = log_base + ais::log_mean(weights[0].last());
            out.extend([("log_partition_ais", log_z), ("test_log_likelihood_ais", -energy - log_z)]);
        }
        Ok(out)
    }

    /// Enqueues an annealing run from the pixels' own frequencies, which is where the machine began; gives
    /// log Z of that base and the sums of the increments.
    fn annealed(&self, device: &Driver) -> Result<(f64, Answer<Vec<f32>>), Error> {
        let base = log_odds(&self.sets.train.mean(), self.sets.train.n);
        let anneal = &self.model.anneal;
        anneal.set_bases(device, &base);
        anneal.seed(device, VIEW_SEED);
        Ok((log_base(&base, self.hidden), anneal.run(device, TEMPERATURES)?))
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
