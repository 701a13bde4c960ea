//! The restricted Boltzmann machine on binary images.
//!
//! E(v, h) = −bᵀv − cᵀh − vᵀWh, so that p(h|v) and p(v|h) factorise. The gradient of the
//! log-likelihood is ⟨vhᵀ⟩ under the data minus ⟨vhᵀ⟩ under the model; see [`Learner`] for how the
//! second is estimated, and `temper.rs` for chains at several temperatures. With at most 20 hidden
//! units the partition function is enumerated, and the log-likelihood is exact; beyond, `evaluate`
//! estimates it by annealed importance sampling.
//!
//! One iteration is "positive" once, "gibbs" k times, "update" once: k is live.
//!
//! B batch, V visible, H hidden.

mod card;
mod measure;
mod picture;
mod temper;
mod tiny;

pub use card::CARD;
pub use tiny::{TINY_B, TINY_C, TINY_DATA, TINY_W};

use crate::boltzmann::{Anneal, Learner, misfit};
use crate::card::Card;
use crate::data::ImageSets;
use crate::exhibit::{Exhibit, Opening, Payload, Picture, Samples, Sources, Task};
use crate::settings::Settings;
use crate::{Error, drive};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use measure::CHUNK;
use temper::Tempering;
use tilde_graph::{Device, EntryId, Init, Program, Unary, Var};

/// Fantasy particles: chains that show what the machine dreams.
const FANTASIES: usize = 36;
/// Chains of one run of the sampling entries.
const CHAINS: usize = 64;
/// Hidden units up to which the page enumerates each time it looks; up to
/// [`MOST`](crate::metrics::rbm::MOST) it takes a second, and is left to `evaluate` and to sampling.
const QUICK: usize = 16;

struct Entries {
    fantasy_hidden: EntryId,
    fantasy_visible: EntryId,
    measure: EntryId,
    sample_start: EntryId,
    sample_gibbs: EntryId,
    sample_end: EntryId,
}

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Rbm::new`].
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Opening {
    Ok(Box::new(Rbm::new(settings, seed, sources)?))
}

/// The opened exhibit.
pub struct Rbm {
    program: Program,
    sets: ImageSets,
    learner: Learner,
    tempering: Tempering,
    anneal: Anneal,
    hidden: usize,
    test_bytes: Var,
    first: Var,
    fantasy_h: Var,
    fantasy_p: Var,
    entries: Entries,
    settings: Settings,
}

impl Rbm {
    /// Builds the programs.
    ///
    /// # Errors
    /// [`Error::BadData`] for data that is not images.
    pub fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Rbm, Error> {
        let sets = ImageSets::new("rbm", settings.choice("data"), seed, sources)?.binarised();
        let (d, n, h) = (sets.train.area(), sets.train.n, settings.count("hidden"));

        let mut p = Program::new("rbm");
        let learner = Learner::new(&mut p, "rbm", &sets, h, settings.count("batch"))?;
        let tempering = Tempering::new(&mut p, &learner, [settings.count("batch").min(n), d])?;
        let machine = learner.machine;
        let anneal = Anneal::new(&mut p, machine, [1, 100, 1], false)?;
        let temperature = p.knob("temperature", 1.0);
        let fantasy_v = p.state("fantasy_visible", [FANTASIES, d], Init::Constant(0.0));
        let fantasy_p = p.state("fantasy_probability", [FANTASIES, d], Init::Constant(0.0));
        let fantasy_h = p.state("fantasy_hidden", [FANTASIES, h], Init::Constant(0.0));
        let sample_v = p.state("sample_visible", [CHAINS, d], Init::Constant(0.0));
        let test_bytes = p.data_u("test", [sets.test.n, sets.test.row_words()]);
        let first = p.input("first", [1]);

        let fantasy_hidden = p.entry("hidden", |g| {
            let input = machine.hidden_input(g, g.read(fantasy_v));
            g.assign(fantasy_h, g.bernoulli((input / g.knob(temperature)).sigmoid()));
        });
        let fantasy_visible = p.entry("visible", |g| {
            let input = machine.visible_input(g, g.read(fantasy_h));
            let probability = (input / g.knob(temperature)).sigmoid();
            g.assign(fantasy_p, probability);
            g.assign(fantasy_v, g.bernoulli(probability));
        });
        let measure = p.entry("measure", |g| {
            let index = (g.iota([CHUNK], 0).to_f32() + g.read(first)).unary(Unary::ToU32);
            let v = g.read(test_bytes).gather_bytes(index, d);
            let energy = machine.free_energy(g, v);
            // One pixel of each image turned round.
            let pixel = g.indices(CHUNK, d).reshape([CHUNK, 1]);
            let at = pixel.equal(g.iota([1, d], 1));
            let turned = machine.free_energy(g, v + at * (1.0 - 2.0 * v));
            g.output("free_energy", energy);
            // D·log σ(F(turned) − F(v)) estimates Σ_i log p(v_i | v_−i).
            g.output("pseudo", -((energy - turned).softplus()) * d as f32);
            g.output("fantasy_energy", machine.free_energy(g, g.read(fantasy_v)));
        });
        let sample_start = p.entry("sample_start", |g| {
            let half = g.full(0.5, [CHAINS, d]);
            g.assign(sample_v, g.bernoulli(half));
        });
        let sample_gibbs = p.entry("sample_gibbs", |g| {
            let h = g.bernoulli(machine.hidden(g, g.read(sample_v)));
            g.assign(sample_v, g.bernoulli(machine.visible(g, h)));
        });
        let sample_end = p.entry("sample_end", |g| {
            let h = g.bernoulli(machine.hidden(g, g.read(sample_v)));
            g.output("images", g.bernoulli(machine.visible(g, h)));
        });
        let entries = Entries {
            fantasy_hidden: fantasy_hidden.map_err(misfit)?,
            fantasy_visible: fantasy_visible.map_err(misfit)?,
            measure: measure.map_err(misfit)?,
            sample_start: sample_start.map_err(misfit)?,
            sample_gibbs: sample_gibbs.map_err(misfit)?,
            sample_end: sample_end.map_err(misfit)?,
        };
        Ok(Rbm {
            program: p,
            sets,
            learner,
            tempering,
            anneal,
            hidden: h,
            test_bytes,
            first,
            fantasy_h,
            fantasy_p,
            entries,
            settings: settings.clone(),
        })
    }
}

impl Exhibit for Rbm {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn program(&self) -> &Program {
        &self.program
    }

    fn start(&mut self, device: &mut dyn Device, _seed: u64) -> Result<(), Error> {
        drive::write_u(device, self.learner.train, &self.sets.train.packed());
        drive::write_u(device, self.test_bytes, &self.sets.test.packed());
        let settings = self.settings.clone();
        self.set(device, &settings, "")?;
        // The dreams begin with what the untrained machine makes of empty images.
        Ok(device.run(&[(self.entries.fantasy_hidden, 1), (self.entries.fantasy_visible, 1)], 1)?)
    }

    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error> {
        let Learner { positive, gibbs, update, .. } = self.learner;
        let e = &self.entries;
        let k = self.settings.count("k") as u32;
        let [hidden, visible] = [(e.fantasy_hidden, 1), (e.fantasy_visible, 1)];
        match self.settings.choice("algorithm") {
            "tempering" => {
                let Tempering { step, give } = self.tempering;
                let schedule = [(positive, 1), (step, k), (give, 1), (update, 1), hidden, visible];
                Ok(device.run(&schedule, n)?)
            }
            _ => Ok(device.run(&[(positive, 1), (gibbs, k), (update, 1), hidden, visible], n)?),
        }
    }

    fn step(&mut self, device: &mut dyn Device, phase: &str) -> Result<(), Error> {
        match phase {
            "hidden" => drive::run(device, self.entries.fantasy_hidden),
            _ => drive::run(device, self.entries.fantasy_visible),
        }
    }

    fn metrics<'a>(
        &'a mut self,
        device: &'a mut dyn Device,
        deep: bool,
    ) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move {
            // The same images each time, or the curves would jump whenever the costly figures come.
            let images = if self.hidden > QUICK { CHUNK } else { usize::MAX };
            match deep {
                true => self.all_figures(device, images, QUICK).await,
                false => self.figures(device, images).await,
            }
        })
    }

    fn evaluate<'a>(&'a mut self, device: &'a mut dyn Device) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move { self.evaluated(device).await })
    }

    fn sample<'a>(&'a mut self, device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(async move {
            let data = self.draws(device, n, seed).await?;
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
        Box::pin(async move {
            drive::write(device, self.fantasy_h, &vec![0.0; FANTASIES * self.hidden]);
            drive::run(device, self.entries.fantasy_visible)
        })
    }

    fn set(&mut self, device: &mut dyn Device, settings: &Settings, _id: &str) -> Result<(), Error> {
        self.settings = settings.clone();
        drive::set_knobs(device, &self.program, settings);
        let persistent = settings.choice("algorithm") == "pcd";
        drive::set_knob(device, self.learner.persistent, f32::from(u8::from(persistent)));
        Ok(())
    }
}
