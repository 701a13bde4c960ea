//! Energy-based models of points in the plane.
//!
//! A network gives every place an energy, and low energy means likely:
//!
//! > p(x) = e^{−E(x)} / Z,  Z = ∫ e^{−E(x)} dx.
//!
//! Here x lives in a box, and Z is integrated on a grid, so the likelihood that such models are usually
//! denied is known. Chains walk down E with noise, x ← x − ε∇E(x) + √(2ε)·z (Langevin dynamics). Four
//! ways to learn: chains that go on from step to step (T. Tieleman, "Training restricted Boltzmann
//! machines using approximations to the likelihood gradient", ICML 2008), short ones that begin as
//! noise (E. Nijkamp et al., "Learning non-convergent non-persistent short-run MCMC toward
//! energy-based model", NeurIPS 2019), the likelihood itself with Z from places everywhere, and
//! denoising score matching (P. Vincent, Neural Computation 23, 2011). Left out: Metropolis
//! corrections, replay buffers, images.
//!
//! B batch, C chains.

mod card;
mod model;
mod picture;

pub use card::CARD;

use crate::Error;
use crate::card::Card;
use crate::data::{Plane, Toy};
use crate::drive;
use crate::exhibit::{Exhibit, Opening, Payload, Picture, Samples, Sources, Task, UserData};
use crate::metrics::energy_distance::energy_distance;
use crate::numeric::scalar::{largest, log_sum_exp};
use crate::settings::Settings;
use crate::shapes;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use model::{ASKED, CHUNK, Model};
use tilde_graph::rng::Stream;
use tilde_graph::{Device, EntryId, Program};

/// Half the side of the box that x lives in.
const REACH: f32 = 3.0;
const EXTENT: [f32; 4] = [-REACH, REACH, -REACH, REACH];
/// Places on a side of the grid of the quadrature: of the pictures, and where gates are measured.
const GRID: usize = 64;
const FINE: usize = 192;
/// Held-out points that the likelihood is measured on, likewise, and samples.
const TESTED: usize = 1024;
const GATED: usize = 8192;
const SAMPLED: usize = 1024;
/// Step sizes of the chains on the standard normal; [`PROBED`] is the one whose variance is shown.
const STEP_SIZES: [f32; 7] = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0];
const PROBED: f64 = 0.5;
const PROBED_AT: usize = 4;
/// Seed of the pictures' noise, fixed so that they change with the model only.
const VIEW_SEED: u64 = 1;

/// The settings of maximum likelihood with Z from 4,096 places a step.
pub const EXACT: &[(&str, &str)] =
    &[("method", "grid"), ("learning_rate", "0.01"), ("places", "64"), ("horizon", "250")];

/// The variance that Langevin dynamics without correction has on the standard normal: its fixed point
/// of v = (1 − ε)²v + 2ε.
fn biased_variance(step: f64) -> f64 {
    1.0 / (1.0 - 0.5 * step)
}

/// Energies of the grid, and what follows from them.
struct Landscape {
    /// The training steps it is of.
    step: f32,
    /// `[GRID, GRID]`
    energies: Vec<f32>,
    log_partition: f64,
    /// Mean −log p of held-out points.
    nll: f64,
}

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Ebm::new`].
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Opening {
    Ok(Box::new(Ebm::new(settings, seed, sources)?))
}

/// The opened exhibit.
pub struct Ebm {
    model: Model,
    plane: Plane,
    settings: Settings,
    /// Held-out points, `[GATED, 2]`.
    test: Vec<f32>,
    landscape: Option<Landscape>,
    /// The latest samples, and the training steps they are of.
    latest: Option<(f32, Vec<f32>)>,
}

impl Ebm {
    /// Builds the programs.
    ///
    /// # Errors
    /// [`Error::BadData`] for data that are not points.
    pub fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Ebm, Error> {
        let mut settings = settings.clone();
        if let Some(UserData::Points(_)) = sources.user {
            settings.set_text("data", "drawn")?;
        }
        let Some(plane) = Plane::new(settings.choice("data"), &sources, seed, false)? else {
            return Err(Error::BadData("'energy' learns points of the plane, [N, 2], only.".into()));
        };
        let model = Model::new(&settings)?;
        let mut ebm = Ebm { model, plane, settings, test: Vec::new(), landscape: None, latest: None };
        ebm.hold_out();
        Ok(ebm)
    }

    /// Draws the held-out points, and forgets what was measured.
    fn hold_out(&mut self) {
        self.test = self.plane.fresh(GATED, &mut Stream::new(VIEW_SEED, 0x7E57));
        (self.landscape, self.latest) = (None, None);
    }

    /// Energies of points `[n, 2]`.
    async fn energies(&self, device: &mut dyn Device, points: &[f32]) -> Result<Vec<f32>, Error> {
        let mut runs = Vec::new();
        for chunk in points.chunks(2 * ASKED) {
            drive::write(device, self.model.asked, chunk);
            drive::run(device, self.model.ask)?;
            runs.push(drive::output(device, self.model.ask, "energies"));
        }
        drive::joined(runs, points.len() / 2).await
    }

    /// Energies on a grid of `n` by `n`, and log Z by the midpoint rule.
    async fn partition(&self, device: &mut dyn Device, n: usize) -> Result<(Vec<f32>, f64), Error> {
        let energies = self.energies(device, &shapes::grid(n, EXTENT)).await?;
        let cell = f64::from(2.0 * REACH) / n as f64;
        let log_z = log_sum_exp(energies.iter().map(|e| -f64::from(*e))) + 2.0 * libm::log(cell);
        Ok((energies, log_z))
    }

    /// Mean −log p of the first `n` held-out points.
    async fn surprise(&self, device: &mut dyn Device, n: usize, log_z: f64) -> Result<f64, Error> {
        let energies = self.energies(device, &self.test[..2 * n]).await?;
        Ok(energies.iter().map(|&e| f64::from(e)).sum::<f64>() / n as f64 + log_z)
    }

    /// The landscape of the present model: measured anew only where it has changed.
    async fn look(&mut self, device: &mut dyn Device) -> Result<&Landscape, Error> {
        let step = drive::read(device, self.model.steps).await?[0];
        if self.landscape.as_ref().is_none_or(|l| l.step != step) {
            let (energies, log_partition) = self.partition(device, GRID).await?;
            let nll = self.surprise(device, TESTED, log_partition).await?;
            self.landscape = Some(Landscape { step, energies, log_partition, nll });
        }
        Ok(self.landscape.as_ref().expect("it was looked at"))
    }

    /// The method's entry, and the steps of the chains before it.
    fn method(&self) -> (EntryId, u32) {
        let steps = self.settings.count("chain_steps") as u32;
        match self.settings.choice("method") {
            // Chains are only looked at.
            "grid" => (self.model.likelihood, 1),
            "score-matching" => (self.model.score, 1),
            _ => (self.model.contrast, steps),
        }
    }

    fn short_run(&self) -> bool {
        self.settings.choice("method") == "short-run"
    }

    /// `n` samples: draws from the density on the grid, even within a cell, or the ends of chains.
    async fn draw(&mut self, device: &mut dyn Device, n: usize, seed: u64) -> Result<Vec<f32>, Error> {
        if self.settings.choice("sampler") == "chain" {
            return self.chain_ends(device, n, seed).await;
        }
        let landscape = self.look(device).await?;
        let mut total = 0.0;
        let mut below = Vec::with_capacity(GRID * GRID);
        for e in &landscape.energies {
            total += libm::exp(-f64::from(*e) - landscape.log_partition);
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
        Ok(out)
    }

    /// Ends of chains that began anywhere in the box, as long as the method's own where it has learned
    /// from such.
    async fn chain_ends(&self, device: &mut dyn Device, n: usize, seed: u64) -> Result<Vec<f32>, Error> {
        let length = if self.short_run() { "chain_steps" } else { "sample_steps" };
        let length = self.settings.count(length) as u32;
        drive::seed_entry(device, self.model.sample_begin, seed);
        drive::seed_entry(device, self.model.sample_step, seed);
        let mut runs = Vec::new();
        for _ in 0..n.div_ceil(CHUNK) {
            device.run(&[(self.model.sample_begin, 1), (self.model.sample_step, length)], 1)?;
            runs.push(drive::read(device, self.model.sample));
        }
        drive::joined(runs, 2 * n).await
    }

    /// The page's samples: drawn anew only where the model has changed.
    async fn latest(&mut self, device: &mut dyn Device) -> Result<Vec<f32>, Error> {
        let step = drive::read(device, self.model.steps).await?[0];
        match &self.latest {
            Some((at, samples)) if *at == step => Ok(samples.clone()),
            _ => {
                let samples = self.draw(device, SAMPLED, VIEW_SEED).await?;
                self.latest = Some((step, samples.clone()));
                Ok(samples)
            }
        }
    }

    async fn light(&mut self, device: &mut dyn Device) -> Result<Vec<(&'static str, f64)>, Error> {
        let entropy = self.plane.toy().and_then(Toy::entropy);
        let chain = drive::read(device, self.model.chain).await?;
        let squares = drive::read(device, self.model.squares);
        let at_chain = self.energies(device, &chain).await?;
        let Landscape { step, log_partition, nll, .. } = *self.look(device).await?;
        let squares = squares.await?;
        let mean = at_chain.iter().map(|&e| f64::from(e)).sum::<f64>() / at_chain.len() as f64;
        let off = STEP_SIZES
            .iter()
            .zip(&squares)
            .map(|(&step, &square)| (f64::from(square) / biased_variance(f64::from(step)) - 1.0).abs());
        let mut out = vec![
            ("step", f64::from(step)),
            ("loss", nll),
            ("log_partition", log_partition),
            // E of the data less E of the chains.
            ("energy_gap", nll - log_partition - mean),
            ("ula_variance", f64::from(squares[PROBED_AT])),
            ("ula_error", largest(off)),
        ];
        out.extend(entropy.map(|nats| ("loss_reference", nats)));
        Ok(out)
    }

    fn input(&mut self, device: &mut dyn Device, id: &str, payload: &Payload) -> Result<(), Error> {
        match id {
            "scatter" => return drive::run(device, self.model.scatter),
            "clear" => self.plane.clear(),
            _ if payload.points.iter().any(|x| x.abs() > 2.0 * REACH) => {
                let message = "'brush' takes points of the picture, which reaches from -3 to 3 both ways.";
                return Err(Error::BadData(message.into()));
            }
            _ => {
                // A brush at the edge paints over it; x lives in the box.
                let inside: Vec<f32> = payload.points.iter().map(|x| x.max(-REACH).min(REACH)).collect();
                self.plane.paint(&inside)?;
            }
        }
        self.settings.set_text("data", "drawn")?;
        self.filled(device);
        Ok(())
    }

    /// The data are others now.
    fn filled(&mut self, device: &mut dyn Device) {
        drive::write(device, self.model.bank, self.plane.bank());
        self.hold_out();
    }
}

impl Exhibit for Ebm {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn program(&self) -> &Program {
        &self.model.program
    }

    fn start(&mut self, device: &mut dyn Device, _seed: u64) -> Result<(), Error> {
        self.filled(device);
        let settings = self.settings.clone();
        self.set(device, &settings, "")?;
        drive::run(device, self.model.scatter)
    }

    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error> {
        let (update, steps) = self.method();
        let begin = (self.model.scatter, u32::from(self.short_run()));
        Ok(device.run(&[begin, (self.model.langevin, steps), (update, 1), (self.model.check, 1)], n)?)
    }

    fn step(&mut self, device: &mut dyn Device, phase: &str) -> Result<(), Error> {
        drive::run(device, if phase == "langevin" { self.model.langevin } else { self.method().0 })
    }

    fn metrics<'a>(
        &'a mut self,
        device: &'a mut dyn Device,
        deep: bool,
    ) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move {
            let mut out = self.light(device).await?;
            if deep {
                let samples = self.latest(device).await?;
                out.push(("energy_distance", energy_distance(&samples, &self.test[..2 * SAMPLED], 2)));
            }
            Ok(out)
        })
    }

    fn evaluate<'a>(&'a mut self, device: &'a mut dyn Device) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move {
            let mut out = self.light(device).await?;
            let (_, log_z) = self.partition(device, FINE).await?;
            out[1].1 = self.surprise(device, GATED, log_z).await?;
            out[2].1 = log_z;
            let samples = self.draw(device, 2000, VIEW_SEED).await?;
            out.push(("energy_distance", energy_distance(&samples, &self.test[..4000], 2)));
            Ok(out)
        })
    }

    fn sample<'a>(&'a mut self, device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(async move {
            let data = self.draw(device, n, seed).await?;
            Ok(Samples { kind: "points", data, shape: vec![n, 2] })
        })
    }

    fn view<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture> {
        Box::pin(async move { self.picture(device, id).await })
    }

    fn act<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str, payload: Payload) -> Task<'a, ()> {
        Box::pin(core::future::ready(self.input(device, id, &payload)))
    }

    fn set(&mut self, device: &mut dyn Device, settings: &Settings, id: &str) -> Result<(), Error> {
        if id == "data" {
            self.plane.choose(Toy::from_id(settings.choice("data")));
        }
        self.settings = settings.clone();
        if id == "data" {
            self.filled(device);
        }
        drive::set_knobs(device, &self.model.program, settings);
        drive::set_knob(device, self.model.fraction, if settings.flag("schedule") { 0.05 } else { 1.0 });
        self.latest = None;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fixed point of the variance, stepped to.
    #[test]
    fn the_biased_variance_is_a_fixed_point() {
        for step in STEP_SIZES.map(f64::from) {
            let v = (0..2000).fold(1.0, |v, _| (1.0 - step) * (1.0 - step) * v + 2.0 * step);
            assert!((v - biased_variance(step)).abs() < 1e-9, "{step}: {v}");
        }
        assert!((biased_variance(0.1) - 1.052_631_578_947).abs() < 1e-9);
        assert_eq!(f64::from(STEP_SIZES[PROBED_AT]), PROBED);
    }
}
