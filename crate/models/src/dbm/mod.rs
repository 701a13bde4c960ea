//! The deep Boltzmann machine, with the lecture's three hidden layers.
//!
//! R. Salakhutdinov, G. Hinton, "Deep Boltzmann machines", AISTATS 2009. Layers are joined to their
//! neighbours both ways, so h₁ hears v and h₂ at once. The data's side of the gradient comes from a
//! mean field, iterated to its fixed point; the model's side from persistent chains. Before that the
//! layers are pretrained one by one as restricted machines whose weights are doubled in place of the
//! neighbour that is still missing.
//!
//! With the first and third layer summed over and v and h₂ summed out, everything is exact: see
//! [`metrics::dbm`](crate::metrics::dbm).
//!
//! One iteration is one contrastive step of the layer that is being pretrained; or, once all are
//! joined, "positive" once, "settle" as often as is set, "dream" k times, "update" once.

mod card;
mod model;
mod picture;

pub use card::CARD;

use crate::card::Card;
use crate::data::ImageSets;
use crate::exhibit::{Exhibit, Opening, Payload, Picture, Samples, Sources, Task};
use crate::metrics::dbm::{self as exact, Exact};
use crate::settings::Settings;
use crate::{Error, Saved, drive};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use model::{CHUNK, Model, SETTLED};
use tilde_graph::{Device, Program};

/// Hidden layers.
const LAYERS: usize = 3;
/// Gibbs steps from noise to a sample.
const BURN_IN: u32 = 500;

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Dbm::new`].
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Opening {
    Ok(Box::new(Dbm::new(settings, seed, sources)?))
}

/// The opened exhibit.
pub struct Dbm {
    model: Model,
    sets: ImageSets,
    /// log-likelihood of held-out images under independent pixels with the training set's means.
    pixels: f64,
    settings: Settings,
    step: u32,
}

impl Dbm {
    /// Builds the programs.
    ///
    /// # Errors
    /// [`Error::BadData`] for data that is not images.
    pub fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Dbm, Error> {
        let sets = ImageSets::new("dbm", settings.choice("data"), seed, sources)?.binarised();
        let pixels = independent(&sets);
        Ok(Dbm { model: Model::new(settings, &sets)?, sets, pixels, settings: settings.clone(), step: 0 })
    }

    /// The layer that the next step pretrains, from 0; [`LAYERS`] when all are joined.
    fn stage(&self) -> usize {
        match self.settings.flag("pretrain") {
            true => (self.step as usize / self.settings.count("layer_steps")).min(LAYERS),
            false => LAYERS,
        }
    }

    /// The machine on the host, and its enumeration.
    async fn exact(&self, device: &mut dyn Device) -> Result<(exact::Machine, Exact), Error> {
        let machine = self.model.net.values(&drive::read(device, self.model.parameters).await?);
        let exact = Exact::new(&machine);
        Ok((machine, exact))
    }

    /// The mean log p(v) of the first `images` held-out ones, exactly.
    fn likelihood(&self, (machine, exact): &(exact::Machine, Exact), images: usize) -> f64 {
        let each = (0..images).map(|i| exact.log_likelihood(machine, self.sets.test.image(i)));
        each.sum::<f64>() / images as f64
    }

    /// Their mean bound after each mean-field step.
    async fn bounds(&self, device: &mut dyn Device, log_z: f64, images: usize) -> Result<Vec<f64>, Error> {
        let m = &self.model;
        let mut traces = Vec::new();
        for first in (0..images).step_by(CHUNK) {
            drive::write(device, m.first, &[first as f32]);
            device.run(&[(m.measure_start, 1), (m.measure, SETTLED as u32)], 1)?;
            traces.push((CHUNK.min(images - first), drive::read(device, m.trace)));
        }
        let mut bounds = vec![-log_z; SETTLED + 1];
        for (count, trace) in traces {
            for (bound, row) in bounds.iter_mut().zip(trace.await?.chunks(CHUNK)) {
                *bound += row[..count].iter().map(|&x| f64::from(x)).sum::<f64>() / images as f64;
            }
        }
        Ok(bounds)
    }

    async fn figures(&self, device: &mut dyn Device, deep: bool) -> Result<Vec<(&'static str, f64)>, Error> {
        let images = self.sets.test.n;
        let known = self.exact(device).await?;
        let likelihood = self.likelihood(&known, images);
        let size = |l: usize| {
            let w = &known.0.weights[l];
            libm::sqrt(w.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / w.len() as f64)
        };
        let mut out = vec![
            ("step", f64::from(self.step)),
            ("loss", -likelihood),
            ("test_log_likelihood", likelihood),
            ("pixels", self.pixels),
            ("log_partition", known.1.log_z),
            ("weights_first", size(0)),
            ("weights_second", size(1)),
            ("weights_third", size(2)),
            ("stage", (self.stage() + 1) as f64),
        ];
        if deep {
            let bound = self.bounds(device, known.1.log_z, images).await?[SETTLED];
            out.extend([("bound", bound), ("gap", likelihood - bound)]);
        }
        Ok(out)
    }
}

/// The mean log-likelihood of held-out images if pixels were independent.
fn independent(sets: &ImageSets) -> f64 {
    let logits = crate::boltzmann::log_odds(&sets.train.mean(), sets.train.n);
    let zeros: f64 = logits.iter().map(|&a| crate::numeric::scalar::softplus(f64::from(a))).sum();
    let ones: f64 = logits.iter().zip(sets.test.mean()).map(|(a, m)| f64::from(*a) * f64::from(m)).sum();
    ones - zeros
}

impl Exhibit for Dbm {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn program(&self) -> &Program {
        &self.model.program
    }

    fn start(&mut self, device: &mut dyn Device, _seed: u64) -> Result<(), Error> {
        self.step = 0;
        let m = &self.model;
        drive::write_u(device, m.train, &self.sets.train.packed());
        drive::write_u(device, m.test, &self.sets.test.packed());
        drive::set_knobs(device, &m.program, &self.settings);
        Ok(device.run(&[(m.noise, 1), (m.dream, 1)], 1)?)
    }

    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error> {
        let m = &self.model;
        let (k, rounds) = (self.settings.count("k") as u32, self.settings.count("mean_field") as u32);
        for _ in 0..n {
            match self.stage() {
                LAYERS => {
                    let pretrained = LAYERS as u32 * self.settings.count("layer_steps") as u32;
                    if self.settings.flag("pretrain") && self.step == pretrained {
                        // The chains begin where the pretrained layers believe the data to be.
                        device.run(&[(m.positive, 1), (m.wake, 1)], 1)?;
                    }
                    device.run(&[(m.positive, 1), (m.settle, rounds), (m.dream, k), (m.update, 1)], 1)?;
                }
                layer => device.run(&[(m.layers[layer], 1), (m.dream, 1)], 1)?,
            }
            self.step += 1;
        }
        Ok(())
    }

    fn step(&mut self, device: &mut dyn Device, phase: &str) -> Result<(), Error> {
        let m = &self.model;
        match phase {
            "settle" => {
                Ok(device.run(&[(m.positive, 1), (m.settle, self.settings.count("mean_field") as u32)], 1)?)
            }
            "dream" => drive::run(device, m.dream),
            _ => drive::run(device, m.update),
        }
    }

    fn metrics<'a>(
        &'a mut self,
        device: &'a mut dyn Device,
        deep: bool,
    ) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move { self.figures(device, deep).await })
    }

    fn sample<'a>(&'a mut self, device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(async move {
            let m = &self.model;
            for entry in [m.sample_start, m.sample_walk] {
                drive::seed_entry(device, entry, seed);
            }
            let mut data = Vec::new();
            while data.len() < n * self.sets.train.area() {
                device.run(&[(m.sample_start, 1), (m.sample_walk, BURN_IN), (m.sample_end, 1)], 1)?;
                data.extend(drive::output(device, m.sample_end, "images").await?);
            }
            data.truncate(n * self.sets.train.area());
            Ok(Samples {
                kind: "images",
                data,
                shape: vec![n, self.sets.train.height, self.sets.train.width],
            })
        })
    }

    fn view<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture> {
        Box::pin(async move { self.picture(device, id).await })
    }

    fn act<'a>(&'a mut self, device: &'a mut dyn Device, _id: &'a str, _payload: Payload) -> Task<'a, ()> {
        let schedule = [(self.model.noise, 1), (self.model.dream, 1)];
        Box::pin(async move { Ok(device.run(&schedule, 1)?) })
    }

    fn set(&mut self, device: &mut dyn Device, settings: &Settings, _id: &str) -> Result<(), Error> {
        self.settings = settings.clone();
        drive::set_knobs(device, &self.model.program, settings);
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        vec![Saved::words("progress", &[1], &[self.step])]
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        self.step = Saved::find_words(saved, "progress", &[1])?[0];
        Ok(())
    }
}
