//! The landscape of energies, Z by quadrature, the likelihood, and samples.

use super::card::{Method, Sampler};
use super::{EXTENT, Ebm, PROBED_AT, REACH, STEP_SIZES, biased_variance};
use crate::data::Toy;
use crate::metrics::energy_distance::estimate;
use crate::numeric::scalar::{largest, log_sum_exp};
use crate::prelude::*;

/// Places on a side of the grid of the quadrature: of the pictures, and at the end of a run.
pub(super) const GRID: usize = 64;
const FINE: usize = 192;
/// Held-out points: all, and those that the page's likelihood is measured on.
pub(super) const HELD_OUT: usize = 8192;
const TESTED: usize = 1024;
/// Samples of the page, and of the end of a run.
pub(super) const SAMPLED: usize = 1024;
const GATED: usize = 2000;

/// Energies of a grid, and what follows from them.
pub(super) struct Landscape {
    /// `[n, n]`
    pub energies: Vec<f32>,
    /// log Z.
    pub log_partition: f64,
    /// Mean energy of held-out points.
    mean_energy: Estimate,
}

impl Landscape {
    /// Mean −log p(x) = E(x) + log Z of held-out points.
    fn nll(&self) -> Estimate {
        self.mean_energy.plus(self.log_partition, 0.0)
    }

    /// The lowest energy.
    pub fn lowest(&self) -> f32 {
        self.energies.iter().copied().fold(f32::INFINITY, f32::min)
    }

    /// `n` draws from the density on a grid of [`GRID`] by [`GRID`], even within a cell, `[n, 2]`.
    fn sample(&self, n: usize, seed: u64) -> Vec<f32> {
        let mut total = 0.0;
        let mut below = Vec::with_capacity(self.energies.len());
        for e in &self.energies {
            total += libm::exp(-f64::from(*e) - self.log_partition);
            below.push(total);
        }
        let mut stream = Stream::new(seed, 0x5A3D);
        let cell = 2.0 * REACH / GRID as f32;
        let mut out = Vec::with_capacity(2 * n);
        for _ in 0..n {
            let u = f64::from(stream.uniform()) * total;
            let at = below.partition_point(|&b| b < u).min(GRID * GRID - 1);
            for i in [at % GRID, at / GRID] {
                out.push((i as f32 + stream.uniform()) * cell - REACH);
            }
        }
        out
    }
}

/// What figures read of the device besides the landscape.
struct Reads {
    /// Energies of the chains, `[CHAINS]`.
    at_chains: Answer<Vec<f32>>,
    /// Mean squares of the chains on the standard normal, `[STEP_SIZES]`.
    squares: Answer<Vec<f32>>,
    /// What the last step has lowered; none before the first one.
    objective: Option<Answer<Vec<f64>>>,
}

impl Reads {
    fn new(ebm: &Ebm, live: &Live) -> Reads {
        let (m, device) = (&ebm.model, live.device);
        Reads {
            at_chains: device.ask(m.at_chains, "energies"),
            squares: device.read(m.squares),
            objective: m.trainer.recorder.latest(live),
        }
    }

    async fn figures(self, ebm: &Ebm, landscape: &Landscape) -> Result<Figures, Error> {
        let (at_chains, squares) = (self.at_chains.await?, self.squares.await?);
        let at_chains = Estimate::of(at_chains.iter().map(|&e| f64::from(e)));
        let off = STEP_SIZES
            .iter()
            .zip(&squares)
            .map(|(&step, &square)| (f64::from(square) / biased_variance(f64::from(step)) - 1.0).abs());
        let mut out = Figures::new();
        landscape.nll().report(&mut out, ["loss", "loss_se"]);
        out.push(("log_partition", landscape.log_partition));
        // Before the first step the energy is flat and no chain has moved: nothing is known of either.
        let Some(objective) = self.objective else { return Ok(ebm.with_floor(out)) };
        // E of the data less E of the chains.
        let gap = landscape.mean_energy.plus(-at_chains.mean, at_chains.error);
        gap.report(&mut out, ["energy_gap", "energy_gap_se"]);
        out.extend([("ula_variance", f64::from(squares[PROBED_AT])), ("ula_error", largest(off))]);
        out.push(("objective", objective.await?[0]));
        Ok(ebm.with_floor(out))
    }
}

impl Ebm {
    /// With the entropy of the data, which no model's loss is below.
    fn with_floor(&self, mut out: Figures) -> Figures {
        out.extend(self.plane.toy().map(Toy::entropy).map(|nats| ("loss_reference", nats)));
        out
    }

    /// Energies of points `[n, 2]`.
    fn energies(&self, device: &Driver, points: &[f32]) -> Answer<Vec<f32>> {
        device.over_rows(self.model.ask, self.model.asked, points, "energies")
    }

    /// The landscape on a grid of `side` by `side`, log Z by the midpoint rule, and the mean energy of the
    /// first `points` held-out ones.
    async fn survey(&self, device: &Driver, side: usize, points: usize) -> Result<Landscape, Error> {
        let energies = self.energies(device, &shapes::grid(side, EXTENT));
        let at_data = self.energies(device, &self.held_out[..2 * points]);
        let (energies, at_data) = (energies.await?, at_data.await?);
        // log Z ≈ log Σ e^{−E} + log of the area of a cell
        let cell = f64::from(2.0 * REACH) / side as f64;
        let log_partition = log_sum_exp(energies.iter().map(|e| -f64::from(*e))) + 2.0 * libm::log(cell);
        let mean_energy = Estimate::of(at_data.iter().map(|&e| f64::from(e)));
        let mean_energy = mean_energy.repeated(points, self.plane.distinct(points));
        Ok(Landscape { energies, log_partition, mean_energy })
    }

    /// The page's landscape.
    pub(super) async fn landscape(&self, live: &Live<'_>) -> Result<Rc<Landscape>, Error> {
        self.landscape.get(live.generation, async || self.survey(live.device, GRID, TESTED).await).await
    }

    /// `n` samples, `[n, 2]`: draws from the density on the grid, or the ends of chains.
    pub(super) async fn draw(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Vec<f32>, Error> {
        match live.settings.get("sampler") {
            Sampler::Grid => Ok(self.landscape(live).await?.sample(n, seed)),
            Sampler::Chain => self.chain_ends(live, n, seed).await,
        }
    }

    /// Ends of `n` chains that began anywhere in the box, `[n, 2]`. A method that has learned from short
    /// chains is sampled by chains of that length.
    fn chain_ends(&self, live: &Live, n: usize, seed: u64) -> Answer<Vec<f32>> {
        let m = &self.model;
        let steps = match live.settings.get("method") {
            Method::ShortRun => "chain_steps",
            Method::Persistent | Method::Grid | Method::ScoreMatching => "sample_steps",
        };
        let steps = live.settings.count(steps) as u32;
        live.device.draws(&[(m.sample_begin, 1), (m.sample_step, steps)], seed, m.sample, 2 * n)
    }

    /// The page's samples, `[SAMPLED, 2]`.
    pub(super) async fn shown_samples(&self, live: &Live<'_>) -> Result<Rc<Vec<f32>>, Error> {
        self.samples.get(live.generation, async || self.draw(live, SAMPLED, VIEW_SEED).await).await
    }

    /// The figures of the page.
    pub(super) async fn page_figures(&self, live: &Live<'_>, deep: bool) -> Result<Figures, Error> {
        let reads = Reads::new(self, live);
        let samples = async || match deep {
            true => self.shown_samples(live).await.map(Some),
            false => Ok(None),
        };
        let (landscape, samples) = join::both(self.landscape(live), samples()).await;
        let mut out = reads.figures(self, &*landscape?).await?;
        if let Some(samples) = samples? {
            let distance = estimate(&samples, &self.held_out[..2 * SAMPLED], 2)
                .repeated(SAMPLED, self.plane.distinct(SAMPLED));
            distance.report(&mut out, ["energy_distance", "energy_distance_se"]);
        }
        Ok(out)
    }

    /// Those of the end of a run: Z on a finer grid, and all held-out points.
    pub(super) async fn whole_figures(&self, live: &Live<'_>) -> Result<Figures, Error> {
        let reads = Reads::new(self, live);
        let landscape = self.survey(live.device, FINE, HELD_OUT).await?;
        let mut out = reads.figures(self, &landscape).await?;
        let samples = self.draw(live, GATED, VIEW_SEED).await?;
        let distance =
            estimate(&samples, &self.held_out[..2 * GATED], 2).repeated(GATED, self.plane.distinct(GATED));
        distance.report(&mut out, ["energy_distance", "energy_distance_se"]);
        Ok(out)
    }
}
