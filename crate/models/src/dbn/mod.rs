//! The deep belief net: a directed layer below a restricted Boltzmann machine, stacked greedily.
//!
//! G. Hinton, S. Osindero, Y.-W. Teh, "A fast learning algorithm for deep belief nets", Neural
//! Computation 18, 2006. A first machine learns pixels. A second one, turned over and with the first
//! one's weights, is put on top: together they are the same model as before, so that the bound
//!
//! > log p(v) ≥ E_q [log p(v|h) + log p*(h) − log q(h|v)] − log Z_top
//!
//! begins at the first machine's log-likelihood, and grows as the second one learns what the first
//! makes of the images. Labels are ten more units of the top machine's visible layer, of which one is
//! on: held at a class, it dreams of that class. Fine-tuning is the up–down algorithm of the same
//! paper, a contrastive wake–sleep.
//!
//! One iteration is one of the first machine (then tied anew), or of the top one, or of all.

mod card;
mod model;
mod picture;

pub use card::CARD;

use crate::card::Card;
use crate::data::ImageSets;
use crate::exhibit::{Exhibit, Opening, Payload, Picture, Samples, Sources, Task};
use crate::metrics::dbn::{self as exact, Exact};
use crate::settings::Settings;
use crate::{Error, Saved, drive};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use model::{CHUNK, DREAMS, Model};
use tilde_graph::rng::Stream;
use tilde_graph::{Device, Program};

/// Label units.
const CLASSES: usize = 10;
/// Draws of h for each held-out image that `evaluate` averages the bound over; the page takes one.
const DRAWS: usize = 4;

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Dbn::new`].
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Opening {
    Ok(Box::new(Dbn::new(settings, seed, sources)?))
}

/// The opened exhibit.
pub struct Dbn {
    model: Model,
    sets: ImageSets,
    settings: Settings,
    step: u32,
}

impl Dbn {
    /// Builds the programs.
    ///
    /// # Errors
    /// [`Error::BadData`] for data that is not images.
    pub fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Dbn, Error> {
        let sets = ImageSets::new("dbn", settings.choice("data"), seed, sources)?.binarised();
        Ok(Dbn { model: Model::new(settings, &sets)?, sets, settings: settings.clone(), step: 0 })
    }

    /// What the next step does: 0 the first machine, 1 the top one, 2 all.
    fn stage(&self) -> u32 {
        let first = self.settings.count("first_steps") as u32;
        let tuned =
            self.settings.flag("fine_tune") && self.step >= first + self.settings.count("top_steps") as u32;
        u32::from(self.step >= first) + u32::from(tuned)
    }

    /// The parameters on the host.
    async fn net(&self, device: &mut dyn Device) -> Result<exact::Net, Error> {
        let (down, top) = (drive::read(device, self.model.down), drive::read(device, self.model.top));
        Ok(self.model.net.values(&down.await?, &top.await?))
    }

    /// Means over the first `images` held-out ones, `draws` times: the bound but for log Z, the
    /// reconstruction, the share of right classes.
    async fn means(&self, device: &mut dyn Device, images: usize, draws: usize) -> Result<[f64; 3], Error> {
        let measure = self.model.measure;
        drive::seed_entry(device, measure, 1);
        let mut runs = Vec::new();
        for first in (0..images).step_by(CHUNK) {
            drive::write(device, self.model.first, &[first as f32]);
            for _ in 0..draws {
                drive::run(device, measure)?;
                let read = |id| drive::output(device, measure, id);
                runs.push((CHUNK.min(images - first), ["bound", "reconstruction", "right"].map(read)));
            }
        }
        let mut sums = [0.0; 3];
        for (count, outputs) in runs {
            for (sum, output) in sums.iter_mut().zip(outputs) {
                *sum += output.await?[..count].iter().map(|&x| f64::from(x)).sum::<f64>();
            }
        }
        Ok(sums.map(|sum| sum / (images * draws) as f64))
    }

    /// All figures of the first `images` held-out ones, with `draws` draws of h for each; those that need enumeration if `deep`.
    async fn figures(
        &self,
        device: &mut dyn Device,
        images: usize,
        draws: usize,
        deep: bool,
    ) -> Result<Vec<(&'static str, f64)>, Error> {
        let images = images.min(self.sets.test.n);
        let [bound, reconstruction, accuracy] = self.means(device, images, draws).await?;
        let mut out = vec![
            ("step", f64::from(self.step)),
            ("loss", reconstruction),
            ("stage", f64::from(self.stage() + 1)),
        ];
        // Without labels there is nothing that a class could be right about.
        if !self.sets.test.labels.is_empty() {
            out.push(("accuracy", accuracy));
        }
        if deep {
            let net = self.net(device).await?;
            let first = self.model.learner.values(device).await?;
            let (exact, first) = (Exact::new(&net), first.exact());
            let log_z = first.log_partition();
            let (mut all, mut below) = (0.0, 0.0);
            for i in 0..images {
                let image = self.sets.test.image(i);
                all += exact.log_likelihood(&net, image) / images as f64;
                let v: Vec<f32> = image.iter().map(|&x| f32::from(x)).collect();
                below -= (first.free_energy(&v) + log_z) / images as f64;
            }
            let bound = bound - exact.log_z;
            out.extend([
                ("test_log_likelihood", all),
                ("bound", bound),
                ("first_log_likelihood", below),
                ("identity", bound - below),
                ("log_partition_first", log_z),
                ("log_partition_top", exact.log_z),
            ]);
        }
        Ok(out)
    }

    /// Writes the classes that the chains are held at.
    fn clamp(&self, device: &mut dyn Device) {
        let mut rows = vec![0.0; DREAMS * CLASSES];
        for (i, row) in rows.chunks_mut(CLASSES).enumerate() {
            match self.settings.choice("digit") {
                "free" => {}
                "each" => row[i / (DREAMS / CLASSES)] = 1.0,
                digit => row[usize::from(digit.as_bytes()[0] - b'0')] = 1.0,
            }
        }
        drive::write(device, self.model.clamp, &rows);
    }
}

impl Exhibit for Dbn {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn program(&self) -> &Program {
        &self.model.program
    }

    fn start(&mut self, device: &mut dyn Device, _seed: u64) -> Result<(), Error> {
        self.step = 0;
        let m = &self.model;
        drive::write_u(device, m.learner.train, &self.sets.train.packed());
        drive::write_u(device, m.test, &self.sets.test.packed());
        for (var, set) in [(m.train_labels, &self.sets.train), (m.test_labels, &self.sets.test)] {
            // Classes beyond the tenth share it; images without labels are all of one class.
            let label =
                |i: usize| set.labels.get(i).map_or(0, |&label| u32::from(label).min(CLASSES as u32 - 1));
            drive::write_u(device, var, &(0..set.n).map(label).collect::<Vec<u32>>());
        }
        let settings = self.settings.clone();
        self.set(device, &settings, "")?;
        let m = &self.model;
        Ok(device.run(&[(m.tie, 1), (m.noise, 1), (m.dream_top, 1), (m.dream_down, 1)], 1)?)
    }

    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error> {
        let m = &self.model;
        let (l, k) = (&m.learner, self.settings.count("k") as u32);
        let dream = [(m.dream_top, 1), (m.dream_down, 1)];
        for _ in 0..n {
            let [above, below] = dream;
            let top = [(m.positive, 1), (m.gibbs, k), (m.update, 1), above, below];
            match self.stage() {
                0 => {
                    let first = [(l.positive, 1), (l.gibbs, 1), (l.update, 1), (m.tie, 1), above, below];
                    device.run(&first, 1)?;
                }
                1 => device.run(&top, 1)?,
                _ => {
                    device.run(&top, 1)?;
                    drive::run(device, m.fine)?;
                }
            }
            self.step += 1;
        }
        Ok(())
    }

    fn step(&mut self, device: &mut dyn Device, phase: &str) -> Result<(), Error> {
        match phase {
            "top" => drive::run(device, self.model.dream_top),
            _ => drive::run(device, self.model.dream_down),
        }
    }

    fn metrics<'a>(
        &'a mut self,
        device: &'a mut dyn Device,
        deep: bool,
    ) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move { self.figures(device, if deep { usize::MAX } else { CHUNK }, 1, deep).await })
    }

    fn evaluate<'a>(&'a mut self, device: &'a mut dyn Device) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move { self.figures(device, usize::MAX, DRAWS, true).await })
    }

    fn sample<'a>(&'a mut self, device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(async move {
            let net = self.net(device).await?;
            Ok(Samples {
                kind: "images",
                data: Exact::new(&net).sample(&net, n, &mut Stream::new(seed, 0x5A4D)),
                shape: vec![n, self.sets.train.height, self.sets.train.width],
            })
        })
    }

    fn view<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture> {
        Box::pin(async move { self.picture(device, id).await })
    }

    fn act<'a>(&'a mut self, device: &'a mut dyn Device, _id: &'a str, _payload: Payload) -> Task<'a, ()> {
        let m = &self.model;
        let schedule = [(m.noise, 1), (m.dream_top, 1), (m.dream_down, 1)];
        Box::pin(async move { Ok(device.run(&schedule, 1)?) })
    }

    fn set(&mut self, device: &mut dyn Device, settings: &Settings, _id: &str) -> Result<(), Error> {
        self.settings = settings.clone();
        drive::set_knobs(device, &self.model.program, settings);
        // The first machine's rate falls to 0 by the time that the second is put on it.
        drive::set_knob(device, self.model.learner.horizon, settings.number("first_steps") as f32);
        self.clamp(device);
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
