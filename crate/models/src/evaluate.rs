//! Whether an exhibit reaches what its card promises.
//!
//! A *gate* is a bound on one of the exhibit's own figures after a fixed number of steps. A trial
//! is repeated with several seeds; the median gates, or every seed where the card says so. A
//! *control* is something that a gate must reject: an untrained model, a single Gaussian, copies
//! of one mode. A gate that lets its controls through measures nothing.
//!
//! Figures come from [`Run::evaluate`]: those that feed the page, over the whole test set.
//! Each exhibit adds one function here.

mod ddpm;
mod gpt;

use crate::card::{Card, Value};
use crate::data::Toy;
use crate::exhibit::{Exhibit, Sources, Task};
use crate::metrics::modes::coverage;
use crate::settings::Settings;
use crate::{Error, Run, exhibits, gan2d, rbm, vae};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::rng::Stream;
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
        Measured { gate, seeds: runs.iter().map(|figures| figure(figures, gate.name)).collect() }
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
        "vae" => vae(host, seeds).await,
        "rbm" => rbm(host, seeds).await,
        "gan2d" => gan2d(host, seeds).await,
        "gpt" => gpt::gates(host, seeds).await,
        "ddpm" => ddpm::gates(host, seeds).await,
        id => Err(Error::UnknownExhibit(format!("'{id}' has no gates yet. Choose another exhibit."))),
    }
}

/// Eight latent dimensions on the binary digits for 300 epochs; and the linear autoencoder beside
/// probabilistic PCA, which is its optimum.
async fn vae(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const ELBO: Gate = Gate::at_least("test_elbo", -19.1);
    const BOUND: Gate = Gate::at_least("test_bound", -17.5);
    const GAP_2: Gate = Gate::at_most("ppca_gap_2", 0.01);
    const GAP_8: Gate = Gate::at_most("ppca_gap_8", 0.02);
    let card = &vae::CARD;
    let deep = Trial { card, settings: &[("data", "digits8-binary"), ("latent", "8")], steps: 2700 };
    let figures = deep.run_all(host, seeds).await?;
    let pca = card.experiments.iter().find(|e| e.id == "pca").map_or(&[][..], |e| e.settings);
    let [two, eight] = ["2", "8"].map(|latent| [pca, &[("latent", latent)]].concat());
    let two = Trial { card, settings: &two, steps: 4000 }.run_all(host, seeds).await?;
    let eight = Trial { card, settings: &eight, steps: 4000 }.run_all(host, seeds).await?;
    let gap = |a: &Figures, exact: &Figures| (figure(a, "loss") - figure(exact, "loss_reference")).abs();
    let gates = vec![
        Measured::new(ELBO, &figures),
        Measured::new(BOUND, &figures),
        Measured { gate: GAP_2, seeds: two.iter().map(|f| gap(f, f)).collect() },
        Measured { gate: GAP_8, seeds: eight.iter().map(|f| gap(f, f)).collect() },
    ];

    let untrained = Trial { steps: 0, ..deep }.run(host, 1).await?;
    let collapse = [deep.settings, &[("beta", "20"), ("warm_up", "0")]].concat();
    let collapsed = Trial { settings: &collapse, ..deep }.run(host, 1).await?;
    let narrow = two.iter().zip(&eight).next().map_or(f64::NAN, |(two, eight)| gap(two, eight));
    let controls = vec![
        Control::new("untrained", ELBO, &untrained),
        Control::new("untrained", BOUND, &untrained),
        Control::new("collapsed posterior (beta 20)", ELBO, &collapsed),
        Control::new("collapsed posterior (beta 20)", BOUND, &collapsed),
        Control { name: "two dimensions beside PCA with eight", gate: GAP_8, value: narrow },
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}

/// Sixteen hidden units on the binary digits for 500 epochs of CD-1; and the sampled gradient of a
/// tiny machine beside its enumerated expectation.
async fn rbm(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const LIKELIHOOD: Gate = Gate::at_least("test_log_likelihood", -18.8);
    // In standard errors.
    const CD_1: Gate = Gate::at_most("cd_1_gradient_error", 4.0);
    const CD_3: Gate = Gate::at_most("cd_3_gradient_error", 4.0);
    const BATCHES: usize = 20_000;
    let card = &rbm::CARD;
    let recipe = Trial { card, settings: &[], steps: 4500 };
    let figures = recipe.run_all(host, seeds).await?;
    let mut tiny = rbm::Rbm::tiny()?;
    let mut device = host.load(compile(tiny.program())).await?;
    let (right, mut wrong) = (rbm::TINY_DATA, rbm::TINY_DATA);
    wrong[8] = 1.0;
    let cd_1 = tiny.gradient_error(&mut *device, 1, BATCHES, &right).await?;
    let cd_3 = tiny.gradient_error(&mut *device, 3, BATCHES, &right).await?;
    let gates = vec![
        Measured::new(LIKELIHOOD, &figures),
        Measured { gate: CD_1, seeds: vec![cd_1] },
        Measured { gate: CD_3, seeds: vec![cd_3] },
    ];

    let untrained = Trial { steps: 0, ..recipe }.run(host, 1).await?;
    let single = Trial { settings: &[("hidden", "1")], ..recipe }.run(host, 1).await?;
    let changed = tiny.gradient_error(&mut *device, 1, BATCHES, &wrong).await?;
    let controls = vec![
        Control::new("untrained", LIKELIHOOD, &untrained),
        Control::new("one hidden unit", LIKELIHOOD, &single),
        Control { name: "gradient of other data", gate: CD_1, value: changed },
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}

/// The card's recipe: 3,000 steps of 256 on the ring of eight Gaussians, averaged weights.
async fn gan2d(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const MODES: Gate = Gate::at_least("modes", 8.0).for_every_seed();
    const HIGH_QUALITY: Gate = Gate::at_least("high_quality", 0.85);
    const MODE_KL: Gate = Gate::at_most("mode_kl", 0.05);
    const SAMPLES: usize = 2500;
    let card = &gan2d::CARD;
    let recipe = Trial { card, settings: &[], steps: 3000 };
    let figures = recipe.run_all(host, seeds).await?;
    let gates = [MODES, HIGH_QUALITY, MODE_KL].map(|gate| Measured::new(gate, &figures)).to_vec();

    let untrained = Trial { steps: 0, ..recipe }.run(host, 1).await?;
    let ring = Toy::EightGaussians;
    let (centres, sigma) = ring.modes().expect("the ring is a mixture");
    let mut stream = Stream::new(1, 0);
    let data = ring.sample(SAMPLES, &mut stream);
    let fitted = fitted_gaussian(&data, &mut stream);
    let one: Vec<f32> = (0..2 * SAMPLES).map(|i| centres[0][i % 2] + sigma * stream.normal()).collect();
    let near = |p: &[f32]| (p[0] - centres[0][0]).abs() < 0.5 && (p[1] - centres[0][1]).abs() < 0.5;
    let seven: Vec<f32> = data.chunks_exact(2).filter(|p| !near(p)).flatten().copied().collect();
    let measure = |samples: &[f32]| coverage(samples, &centres, sigma);
    let controls = vec![
        Control::new("untrained generator", HIGH_QUALITY, &untrained),
        Control {
            name: "one Gaussian fitted to the data",
            gate: HIGH_QUALITY,
            value: measure(&fitted).high_quality,
        },
        Control { name: "copies of one mode", gate: MODE_KL, value: measure(&one).kl },
        Control { name: "seven of the eight modes", gate: MODES, value: measure(&seven).modes as f64 },
        Control { name: "seven of the eight modes", gate: MODE_KL, value: measure(&seven).kl },
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}

/// As many points as there are, from the Gaussian with the mean and the variances of these,
/// `[N, 2]`. (The ring's covariance is 0.)
fn fitted_gaussian(points: &[f32], stream: &mut Stream) -> Vec<f32> {
    let n = (points.len() / 2) as f32;
    let axis = |a: usize| points.iter().skip(a).step_by(2).copied();
    let mean = [0, 1].map(|a| axis(a).sum::<f32>() / n);
    let sigma = [0, 1].map(|a| libm::sqrtf(axis(a).map(|x| (x - mean[a]) * (x - mean[a])).sum::<f32>() / n));
    (0..points.len()).map(|i| mean[i % 2] + sigma[i % 2] * stream.normal()).collect()
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
        let exhibit = exhibits::build(&settings, seed, sources)?;
        let device = host.load(compile(exhibit.program())).await?;
        let mut run = Run::start(exhibit, device, settings, seed)?;
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

    #[test]
    fn the_fitted_gaussian_has_the_moments_of_the_data() {
        let mut stream = Stream::new(1, 0);
        let data = Toy::EightGaussians.sample(20_000, &mut stream);
        let made = fitted_gaussian(&data, &mut stream);
        let second = |points: &[f32]| points.iter().map(|x| x * x).sum::<f32>() / points.len() as f32;
        assert!((second(&made) - second(&data)).abs() < 0.05);
    }
}
