//! The machine, its learning rule, and the entries that dream, measure and draw.

use super::temper::Tempering;
use crate::boltzmann::{Anneal, Learner, LearnerOptions, Machine, log_odds};
use crate::nn::Schedule;
use crate::prelude::*;

/// Fantasy particles: chains that show what the machine dreams.
pub const FANTASIES: usize = 36;
/// Chains of one run of the sampling entries.
const CHAINS: usize = 64;
/// Gibbs steps from noise to a sample.
const BURN_IN: u32 = 300;
/// Held-out images of one run of the measuring entry.
pub const CHUNK: usize = 128;
/// Images of one run of the entry that flips each of their pixels.
pub const FLIPPED: usize = 8;
/// Chains of one run of annealing.
pub const ANNEALED: usize = 32;

/// The program and its entries.
pub struct Model {
    pub program: Program,
    pub feed: Feed,
    pub recorder: Recorder,
    pub learner: Learner,
    pub tempering: Tempering,
    pub anneal: Anneal,
    /// The pixels of the fantasies, `[FANTASIES, V]`.
    pub fantasy_v: Var,
    /// Hidden units of the fantasies, `[FANTASIES, H]`.
    pub fantasy_h: Var,
    /// Probabilities of their pixels, `[FANTASIES, V]`.
    pub fantasy_p: Var,
    pub fantasy_hidden: EntryId,
    pub fantasy_visible: EntryId,
    pub measure: EntryId,
    /// The pseudo-likelihood of held-out images.
    pub flip: EntryId,
    pub fantasy_energy: EntryId,
    /// Images of the machine before it has learned anything, `[FANTASIES, V]`.
    pub untrained: Var,
    pub untrained_energy: EntryId,
    /// The learner's gradient without a step.
    pub gradient: EntryId,
    /// Samples in the making, `[CHAINS, V]`.
    sample_v: Var,
    sample_start: EntryId,
    sample_gibbs: EntryId,
    sample_end: EntryId,
}

impl Model {
    /// Builds the program.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the machine does not fit together.
    pub fn new(settings: &Settings, sets: &ImageSets) -> Result<Model, Error> {
        let (d, n, h) = (sets.train.area(), sets.train.n, settings.count("hidden"));
        let batch = settings.count("batch").min(n);

        let mut p = Program::new("rbm");
        let mut group = p.group("rbm");
        let machine = Machine::new(&mut p, &mut group, log_odds(&sets.train.mean(), n), h);
        let schedule = Schedule::new(&mut p, settings, Fall::Linear);
        let temperature = knob(&mut p, settings, "temperature");
        let recorder = Recorder::new(&mut p, &["reconstruction_error"]);
        let feed = Feed::images(&mut p, sets);
        let options = LearnerOptions {
            machine,
            group: &group,
            feed: &feed,
            batch,
            schedule,
            recorder: Some(&recorder),
        };
        let learner = Learner::new(&mut p, options)?;
        let tempering = Tempering::new(&mut p, &learner, [batch, d])?;
        let anneal = Anneal::new(&mut p, machine, [1, ANNEALED, 1], false)?;
        let fantasy_v = p.state("fantasy_visible", [FANTASIES, d], Init::Constant(0.0));
        let fantasy_p = p.state("fantasy_probability", [FANTASIES, d], Init::Constant(0.0));
        let fantasy_h = p.state("fantasy_hidden", [FANTASIES, h], Init::Constant(0.0));
        let untrained = p.data("untrained", [FANTASIES, d]);
        let sample_v = p.scratch("sample_visible", [CHAINS, d]);

        let fantasy_hidden = p.entry("hidden", |g| {
            let input = machine.hidden_input(g, g.read(fantasy_v));
            g.assign(fantasy_h, g.bernoulli((input / g.knob(temperature)).sigmoid()));
        })?;
        let fantasy_visible = p.entry("visible", |g| {
            let input = machine.visible_input(g, g.read(fantasy_h));
            let probability = (input / g.knob(temperature)).sigmoid();
            g.assign(fantasy_p, probability);
            g.assign(fantasy_v, g.bernoulli(probability));
        })?;
        let measure = p.entry("measure", |g| {
            g.output("free_energy", machine.free_energy(g, feed.test_rows(g, CHUNK)));
        })?;
        let flip = p.entry("flip", |g| {
            let v = feed.test_rows(g, FLIPPED);
            g.output("pseudo_likelihood", machine.conditionals(g, v).sum_axes(&[1]));
        })?;
        let sample_start = p.entry("sample_start", |g| {
            g.assign(sample_v, g.bernoulli(g.full(0.5, [CHAINS, d])));
        })?;
        let sample_gibbs = p.entry("sample_gibbs", |g| {
            let h = g.bernoulli(machine.hidden(g, g.read(sample_v)));
            g.assign(sample_v, g.bernoulli(machine.visible(g, h)));
        })?;
        let sample_end = p.entry("sample_end", |g| {
            let h = g.bernoulli(machine.hidden(g, g.read(sample_v)));
            g.assign(sample_v, g.bernoulli(machine.visible(g, h)));
        })?;
        let fantasy_energy = p.entry("fantasy_energy", |g| {
            g.output("free_energy", machine.free_energy(g, g.read(fantasy_v)));
        })?;
        let untrained_energy = p.entry("untrained_energy", |g| {
            g.output("free_energy", machine.free_energy(g, g.read(untrained)));
        })?;
        let gradient = p.entry("gradient", |g| g.output("gradient", learner.gradient(g)))?;
        Ok(Model {
            program: p,
            feed,
            recorder,
            learner,
            tempering,
            anneal,
            fantasy_v,
            fantasy_h,
            fantasy_p,
            fantasy_hidden,
            fantasy_visible,
            measure,
            flip,
            fantasy_energy,
            untrained,
            untrained_energy,
            gradient,
            sample_v,
            sample_start,
            sample_gibbs,
            sample_end,
        })
    }

    /// The ends of Gibbs chains from noise, `len` pixels in all.
    pub fn chains(&self, device: &Driver, len: usize, seed: u64) -> Answer<Vec<f32>> {
        let schedule = [(self.sample_start, 1), (self.sample_gibbs, BURN_IN), (self.sample_end, 1)];
        device.draws(&schedule, seed, self.sample_v, len)
    }
}
