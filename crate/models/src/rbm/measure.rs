//! The machine's figures, and draws from it.

use super::{FANTASIES, Rbm};
use crate::boltzmann::{log_base, log_odds};
use crate::metrics::{ais, rbm as exact};
use crate::{Error, drive};
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::Device;
use tilde_graph::rng::Stream;

/// Held-out images of one run of the measuring entry.
pub(super) const CHUNK: usize = 128;
/// Gibbs steps from noise to a sample, where it is not drawn exactly.
const BURN_IN: u32 = 300;
/// Steps of the enumeration, V·2^H, up to which samples are drawn exactly: a fraction of a second.
const EXACT: usize = 1 << 23;
/// Temperatures of a large machine's annealing.
const TEMPERATURES: u32 = 3000;

impl Rbm {
    /// Figures of the first `images` held-out ones that need no log Z.
    pub(super) async fn figures(
        &self,
        device: &mut dyn Device,
        images: usize,
    ) -> Result<Vec<(&'static str, f64)>, Error> {
        let (steps, error) = (
            drive::read(device, self.learner.steps),
            drive::output(device, self.learner.update, "reconstruction_error"),
        );
        let (steps, error) = (steps.await?[0], error.await?[0]);
        let mut out = vec![("step", f64::from(steps))];
        // The first step computes it.
        if steps > 0.0 {
            out.push(("reconstruction_error", f64::from(error)));
        }
        let images = images.min(self.sets.test.n);
        drive::seed_entry(device, self.entries.measure, 1);
        let (mut energy, mut pseudo, mut dreams) = (0.0, 0.0, 0.0);
        let mut runs = Vec::new();
        for first in (0..images).step_by(CHUNK) {
            drive::write(device, self.first, &[first as f32]);
            drive::run(device, self.entries.measure)?;
            let read = |id| drive::output(device, self.entries.measure, id);
            runs.push((CHUNK.min(images - first), ["free_energy", "pseudo", "fantasy_energy"].map(read)));
        }
        let sum = |values: &[f32]| values.iter().map(|&x| f64::from(x)).sum::<f64>();
        for (count, [of_data, of_pixels, of_dreams]) in runs {
            energy += sum(&of_data.await?[..count]);
            pseudo += sum(&of_pixels.await?[..count]);
            dreams = sum(&of_dreams.await?) / FANTASIES as f64;
        }
        let (energy, pseudo) = (energy / images as f64, pseudo / images as f64);
        // What it lowers is the negative log-likelihood; its pseudo-likelihood can always be had.
        out.push(("loss", -pseudo));
        out.push(("free_energy_data", energy));
        out.push(("free_energy_model", dreams));
        out.push(("pseudo_likelihood", pseudo));
        Ok(out)
    }

    /// log Z and the mean log-likelihood of held-out images, exactly.
    async fn exact(&self, device: &mut dyn Device, energy: f64) -> Result<Vec<(&'static str, f64)>, Error> {
        let log_z = self.learner.values(device).await?.exact().log_partition();
        Ok(vec![("log_partition", log_z), ("test_log_likelihood", -energy - log_z)])
    }

    pub(super) async fn all_figures(
        &self,
        device: &mut dyn Device,
        images: usize,
        most_hidden: usize,
    ) -> Result<Vec<(&'static str, f64)>, Error> {
        let mut out = self.figures(device, images).await?;
        let energy = out.iter().find(|m| m.0 == "free_energy_data").map_or(f64::NAN, |m| m.1);
        if self.hidden <= most_hidden {
            out.extend(self.exact(device, energy).await?);
        }
        Ok(out)
    }

    /// The same with what is too dear for the page: large machines are annealed.
    pub(super) async fn evaluated(&self, device: &mut dyn Device) -> Result<Vec<(&'static str, f64)>, Error> {
        let mut out = self.all_figures(device, usize::MAX, exact::MOST).await?;
        if self.hidden > exact::MOST {
            let energy = out.iter().find(|m| m.0 == "free_energy_data").map_or(f64::NAN, |m| m.1);
            // From the pixels' own frequencies, which is where the machine began.
            let base = log_odds(&self.sets.train.mean(), self.sets.train.n);
            self.anneal.set_bases(device, &base);
            let weights = self.anneal.run(device, TEMPERATURES, 1).await?;
            let log_z = log_base(&base, self.hidden) + ais::log_mean(weights.last());
            out.push(("log_partition_ais", log_z));
            out.push(("test_log_likelihood_ais", -energy - log_z));
        }
        Ok(out)
    }

    /// Exact samples of a small machine; of a large one the ends of long Gibbs chains from noise.
    pub(super) async fn draws(
        &self,
        device: &mut dyn Device,
        n: usize,
        seed: u64,
    ) -> Result<Vec<f32>, Error> {
        if self.hidden <= exact::MOST && self.sets.train.area() << self.hidden <= EXACT {
            let values = self.learner.values(device).await?;
            return Ok(values.exact().sample(n, &mut Stream::new(seed, 0x5A4D), false));
        }
        let e = &self.entries;
        for entry in [e.sample_start, e.sample_gibbs, e.sample_end] {
            drive::seed_entry(device, entry, seed);
        }
        let len = n * self.sets.train.area();
        let mut data = Vec::with_capacity(len);
        while data.len() < len {
            device.run(&[(e.sample_start, 1), (e.sample_gibbs, BURN_IN), (e.sample_end, 1)], 1)?;
            data.extend(drive::output(device, e.sample_end, "images").await?);
        }
        data.truncate(len);
        Ok(data)
    }
}
