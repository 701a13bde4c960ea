//! The machine, the learner that trains it, and the chains that are annealed to it.

use super::target;
use crate::boltzmann::{Anneal, Learner, LearnerOptions, Machine, Values, log_base, log_odds};
use crate::nn::Schedule;
use crate::prelude::*;

/// Rungs of a run, if it has as many temperatures.
pub const RUNGS: usize = 50;
/// Images of a batch of the learning machine.
const BATCH: usize = 100;
/// Every pixel with its mean; every pixel fair.
pub const BASES: usize = 2;

/// A machine that learns, and what it learns from.
struct Learning {
    learner: Learner,
    feed: Feed,
    sets: ImageSets,
}

/// The program and its entries. K bases, C chains of each, V visible and H hidden units.
pub struct Model {
    pub program: Program,
    pub machine: Machine,
    learning: Option<Learning>,
    /// An image of the machine's size.
    pub blank: Images,
    pub anneal: Anneal,
    /// The biases of the bases, `[K, V]`.
    biases: Vec<f32>,
    /// The machine of the present run, which the learner has moved on from.
    pub present_machine: Var,
    /// The machine of the run that was finished last.
    pub finished_machine: Var,
    /// Its sums of increments, `[RUNGS, K·C]`.
    pub finished_sums: Var,
    /// The first chain of each base before a run and after each of its rungs, `[RUNGS + 1, K·V]`.
    pub trail: Var,
    /// That of the run that was finished last.
    pub finished_trail: Var,
    pub remember: EntryId,
    freeze: EntryId,
    finish: EntryId,
}

impl Model {
    /// A machine that learns `sets`, by CD-1.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if it does not fit together.
    pub fn learning(settings: &Settings, sets: ImageSets) -> Result<Model, Error> {
        let (n, hidden) = (sets.train.n, settings.count("hidden"));
        let pixels = log_odds(&sets.train.mean(), n);
        let blank =
            Images::new(vec![0; sets.train.area()], 1, [1, sets.train.height, sets.train.width], vec![])?;
        let mut p = Program::new("ais");
        let mut group = p.group("rbm");
        let machine = Machine::new(&mut p, &mut group, pixels.clone(), hidden);
        // The schedule has brought the rate to 0 by the end of the card's budget.
        let rate = [("learning_rate", 0.1), ("schedule", 1.0), ("horizon", 4500.0)];
        let schedule = Schedule::of(Fall::Linear, rate.map(|(name, value)| p.knob(name, value)));
        let feed = Feed::images(&mut p, &sets);
        let options = LearnerOptions {
            machine,
            group: &group,
            feed: &feed,
            batch: BATCH.min(n),
            schedule,
            // An iteration is a rung, with any number of updates.
            recorder: None,
        };
        let learner = Learner::new(&mut p, options)?;
        let learning = Some(Learning { learner, feed, sets });
        Model::annealed(settings, p, &group, machine, learning, blank, pixels)
    }

    /// A machine that is given.
    ///
    /// # Errors
    /// As [`Model::learning`].
    pub fn given(settings: &Settings, given: target::Given) -> Result<Model, Error> {
        let Values { w, b, c } = given.values;
        let mut p = Program::new("ais");
        let mut group = p.group("rbm");
        let machine = Machine {
            w: group.param(&mut p, "weight", [b.len(), c.len()], Init::Values(w)),
            b: group.param(&mut p, "visible_bias", [b.len()], Init::Values(b)),
            c: group.param(&mut p, "hidden_bias", [c.len()], Init::Values(c)),
        };
        Model::annealed(settings, p, &group, machine, None, given.blank, given.pixels)
    }

    /// Adds the chains, from bases with the biases `pixels` and 0.
    fn annealed(
        settings: &Settings,
        mut p: Program,
        group: &Group,
        machine: Machine,
        learning: Option<Learning>,
        blank: Images,
        pixels: Vec<f32>,
    ) -> Result<Model, Error> {
        let biases = [pixels, vec![0.0; blank.area()]].concat();
        let present_machine = p.state_like(group, "frozen", true);
        let finished_machine = p.state_like(group, "finished", true);
        let [w, b, c] = [machine.w, machine.b, machine.c].map(|param| group.of(param, present_machine));
        let chains = settings.count("chains");
        let anneal = Anneal::new(&mut p, Machine { w, b, c }, [BASES, chains, RUNGS], true)?;
        let finished_sums = p.state("finished.weights", [RUNGS, BASES * chains], Init::Constant(0.0));
        let width = BASES * blank.area();
        let [trail, finished_trail] = ["shown.trail", "shown.finished"]
            .map(|name| p.state(name, [RUNGS + 1, width], Init::Constant(0.0)));
        let remember = p.entry("remember", |g| {
            let first = (g.iota([BASES], 0).to_f32() * chains as f32).unary(Unary::ToU32);
            let first = g.read(anneal.particles).gather(first).reshape([1, width]);
            let here = g.iota([RUNGS + 1, 1], 0).to_f32().equal(g.read(anneal.rung));
            let before = g.read(trail);
            g.assign(trail, before + here * (first - before));
        })?;
        let freeze = p.entry("freeze", |g| g.assign(present_machine, g.read(group.var())))?;
        let finish = p.entry("finish", |g| {
            g.assign(finished_machine, g.read(present_machine));
            g.assign(finished_sums, g.read(anneal.sums));
            g.assign(finished_trail, g.read(trail));
        })?;
        Ok(Model {
            program: p,
            machine,
            learning,
            blank,
            anneal,
            biases,
            present_machine,
            finished_machine,
            finished_sums,
            trail,
            finished_trail,
            remember,
            freeze,
            finish,
        })
    }

    /// Writes the data and the bases.
    pub fn write(&self, device: &Driver) {
        if let Some(Learning { feed, sets, .. }) = &self.learning {
            feed.write_images(device, sets);
        }
        self.anneal.set_bases(device, &self.biases);
    }

    /// log Z of a base: 0 the mean pixels, 1 the fair ones.
    pub fn log_base(&self, base: usize) -> f64 {
        let (d, hidden) = (self.blank.area(), self.machine.c.shape().len());
        log_base(&self.biases[base * d..(base + 1) * d], hidden)
    }

    /// The schedule of so many updates of the machine; empty for one that does not learn.
    pub fn learn(&self, updates: usize) -> Vec<(EntryId, u32)> {
        let Some(Learning { learner: l, .. }) = &self.learning else { return Vec::new() };
        [(l.positive, 1), (l.gibbs, 1), (l.update, 1)].repeat(updates)
    }

    /// The schedule that begins a run: the machine as it is, and fresh chains.
    pub fn begin(&self) -> [(EntryId, u32); 3] {
        [(self.freeze, 1), (self.anneal.begin, 1), (self.remember, 1)]
    }

    /// Keeps the run that has come to its end.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub fn finish(&self, device: &Driver) -> Result<(), Error> {
        device.run(self.finish)
    }
}
