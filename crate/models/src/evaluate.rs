//! Whether an exhibit reaches what its card promises.
//!
//! A *gate* is a bound on one of the exhibit's own figures after a fixed number of steps. A trial
//! is repeated with several seeds; the median gates, or every seed where the card says so. A
//! *control* is something that a gate must reject: an untrained model, a single Gaussian, copies
//! of one mode. A gate that lets its controls through measures nothing.
//!
//! Figures come from [`Run::evaluate`]: those that feed the page, over the whole test set.
//! Each exhibit has a file of its gates here, and a line in [`evaluate`].

mod ais;
mod autoencoder;
mod bayes_net;
mod boundary;
mod crossover;
mod dbm;
mod dbn;
mod ddpm;
mod denoising;
mod elbo;
mod energy;
mod gan2d;
mod gpt;
mod mixture;
mod rbm;
mod vae;

use crate::card::{Card, Value};
use crate::exhibit::{Sources, Task};
use crate::settings::Settings;
use crate::{Error, Run, exhibits};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use tilde_graph::{Device, Plan, compile};

/// Steps between two reports of progress.
const SLICE: u32 = 100;

/// Whoever asks for an evaluation: it has the devices and the files, and perhaps someone who waits.
pub trait Host {
    /// Loads a plan.
    fn load(&self, plan: Plan) -> Task<'_, Box<dyn Device>>;

    /// The shipped digits, as in [`Sources::digits`].
    fn digits(&self) -> (Vec<u8>, Vec<u8>);

    /// The course's lessons, as in [`Sources::lessons`].
    fn lessons(&self) -> String;

    /// Is told that a trial of `exhibit` with `seed` has done `step` of `steps`.
    fn progress(&self, exhibit: &str, seed: u64, step: u32, steps: u32);
}

/// The side of its target that a figure must be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// The target or more.
    AtLeast,
    /// The target or less.
    AtMost,
}

impl Op {
    /// ">=" or "<=".
    pub fn symbol(self) -> &'static str {
        match self {
            Op::AtLeast => ">=",
            Op::AtMost => "<=",
        }
    }
}

/// How the seeds' figures become the one that is held against the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The middle one.
    Median,
    /// The worst one: every seed must pass.
    Every,
}

/// A bound on a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    /// Id of the figure.
    pub name: &'static str,
    /// The side it must be on.
    pub op: Op,
    /// Of this.
    pub target: f64,
    /// What gates when there are several seeds.
    pub over: Over,
}

impl Gate {
    const fn at_least(name: &'static str, target: f64) -> Gate {
        Gate { name, op: Op::AtLeast, target, over: Over::Median }
    }

    const fn at_most(name: &'static str, target: f64) -> Gate {
        Gate { name, op: Op::AtMost, target, over: Over::Median }
    }

    const fn for_every_seed(self) -> Gate {
        Gate { over: Over::Every, ..self }
    }

    /// Whether a figure passes. What is not a number does not.
    pub fn admits(&self, value: f64) -> bool {
        match self.op {
            Op::AtLeast => value >= self.target,
            Op::AtMost => value <= self.target,
        }
    }
}

/// A gate with the figures of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The bound.
    pub gate: Gate,
    /// The figure for each seed, in their order; NaN where the exhibit did not give it.
    pub seeds: Vec<f64>,
}

impl Measured {
    /// The gate's own figure of each run.
    fn new(gate: Gate, runs: &[Figures]) -> Measured {
        Measured::of(gate, runs, |figures| figure(figures, gate.name))
    }

    /// What is computed from the figures of each run.
    fn of(gate: Gate, runs: &[Figures], value: impl Fn(&Figures) -> f64) -> Measured {
        Measured { gate, seeds: runs.iter().map(value).collect() }
    }

    /// The figure that gates.
    pub fn value(&self) -> f64 {
        match self.gate.over {
            Over::Median => median(&self.seeds),
            Over::Every => self.worst(),
        }
    }

    /// The figure of the worst seed.
    pub fn worst(&self) -> f64 {
        let sorted = sorted(&self.seeds);
        let last = match self.gate.op {
            // A missing figure is the worst there is.
            Op::AtLeast => sorted.iter().find(|x| x.is_nan()).or(sorted.first()),
            Op::AtMost => sorted.last(),
        };
        last.copied().unwrap_or(f64::NAN)
    }

    /// Whether the gate is reached.
    pub fn pass(&self) -> bool {
        self.gate.admits(self.value())
    }
}

/// Something that a gate must reject.
#[derive(Clone, Debug, PartialEq)]
pub struct Control {
    /// What it is.
    pub name: &'static str,
    /// The gate it is held against.
    pub gate: Gate,
    /// Its figure.
    pub value: f64,
}

impl Control {
    /// A run that is held against one gate.
    fn new(name: &'static str, gate: Gate, run: &Figures) -> Control {
        Control { name, gate, value: figure(run, gate.name) }
    }

    /// Whether the gate does its duty.
    pub fn rejected(&self) -> bool {
        !self.gate.admits(self.value)
    }
}

/// What an exhibit reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The exhibit's id.
    pub id: &'static str,
    /// Its gates.
    pub gates: Vec<Measured>,
    /// Its controls.
    pub controls: Vec<Control>,
}

impl Evaluation {
    /// Whether all gates are reached and all controls rejected.
    pub fn pass(&self) -> bool {
        self.gates.iter().all(Measured::pass) && self.controls.iter().all(Control::rejected)
    }
}

/// Trains an exhibit to the gates of its card, once for each seed, and tries its controls. Besides
/// the exhibits' ids it takes "ddpm-images": gates that cost too much to be tried each time.
///
/// # Errors
/// [`Error::UnknownExhibit`], [`Error::NotFinite`] if training diverged, and those of the host.
pub async fn evaluate(host: &dyn Host, id: &str, seeds: &[u64]) -> Result<Evaluation, Error> {
    if id == ddpm::IMAGES {
        return ddpm::image_gates(host, seeds).await;
    }
    match exhibits::card(id)?.id {
        "boundary" => boundary::gates(host, seeds).await,
        "crossover" => crossover::gates(host, seeds).await,
        "autoencoder" => autoencoder::gates(host, seeds).await,
        "denoising" => denoising::gates(host, seeds).await,
        "bayes-net" => bayes_net::gates(host, seeds).await,
        "elbo" => elbo::gates(host, seeds).await,
        "mixture" => mixture::gates(host, seeds).await,
        "vae" => vae::gates(host, seeds).await,
        "rbm" => rbm::gates(host, seeds).await,
        "ais" => ais::gates(host, seeds).await,
        "dbm" => dbm::gates(host, seeds).await,
        "dbn" => dbn::gates(host, seeds).await,
        "energy" => energy::gates(host, seeds).await,
        "gan2d" => gan2d::gates(host, seeds).await,
        "gpt" => gpt::gates(host, seeds).await,
        "ddpm" => ddpm::gates(host, seeds).await,
        id => Err(Error::UnknownExhibit(format!("'{id}' has no gates yet. Choose another exhibit."))),
    }
}

/// A run's figures, by id.
type Figures = Vec<(&'static str, f64)>;

/// The figure of that id, NaN if there is none.
fn figure(figures: &Figures, id: &str) -> f64 {
    figures.iter().find(|f| f.0 == id).map_or(f64::NAN, |f| f.1)
}

/// Training that figures are read after.
#[derive(Clone, Copy)]
struct Trial<'a> {
    card: &'static Card,
    /// Changes from the defaults.
    settings: &'a [(&'static str, &'static str)],
    steps: u32,
}

impl Trial<'_> {
    /// Trains from a seed and gives the figures.
    async fn run(&self, host: &dyn Host, seed: u64) -> Result<Figures, Error> {
        self.trained(host, seed).await?.evaluate().await
    }

    /// Trains from a seed.
    async fn trained(&self, host: &dyn Host, seed: u64) -> Result<Run, Error> {
        let mut settings = Settings::new(self.card);
        for (id, value) in self.settings {
            settings.set_text(id, value)?;
        }
        let sources = Sources { user: None, digits: Some(host.digits()), lessons: Some(host.lessons()) };
        let mut run =
            Run::open(settings, seed, sources, async |program| host.load(compile(program)).await).await?;
        let mut step = 0;
        while step < self.steps {
            host.progress(self.card.id, seed, step, self.steps);
            let n = SLICE.min(self.steps - step);
            run.train(n).await?;
            step += n;
        }
        Ok(run)
    }

    /// Trains from each seed.
    async fn run_all(&self, host: &dyn Host, seeds: &[u64]) -> Result<Vec<Figures>, Error> {
        let mut all = Vec::new();
        for &seed in seeds {
            all.push(self.run(host, seed).await?);
        }
        Ok(all)
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The middle value, or the mean of the two; NaN if there is none or one of them is NaN.
fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    match sorted.len() {
        0 => f64::NAN,
        _ if sorted.iter().any(|x| x.is_nan()) => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(gate: Gate, seeds: &[f64]) -> Measured {
        Measured { gate, seeds: seeds.to_vec() }
    }

    #[test]
    fn the_median_gates_and_the_worst_is_known() {
        let m = measured(Gate::at_least("x", 0.5), &[0.9, 0.1, 0.6]);
        assert_eq!((m.value(), m.worst(), m.pass()), (0.6, 0.1, true));
        let m = measured(Gate::at_most("x", 0.5), &[0.9, 0.1, 0.6, 0.2]);
        assert_eq!((m.value(), m.worst(), m.pass()), (0.4, 0.9, true));
    }

    #[test]
    fn every_seed_gates_where_asked() {
        let m = measured(Gate::at_least("x", 8.0).for_every_seed(), &[8.0, 8.0, 7.0]);
        assert_eq!((m.value(), m.pass()), (7.0, false));
    }

    #[test]
    fn what_is_not_a_number_misses() {
        for gate in
            [Gate::at_least("x", 0.5), Gate::at_most("x", 0.5), Gate::at_least("x", 0.5).for_every_seed()]
        {
            assert!(!measured(gate, &[0.5, f64::NAN, 0.5]).pass());
            assert!(!measured(gate, &[]).pass());
        }
    }
}
