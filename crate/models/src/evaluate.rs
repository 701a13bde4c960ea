//! Whether an exhibit reaches what its card promises.
//!
//! A *gate* is a bound on one of the exhibit's own figures after a fixed number of steps. A trial
//! is repeated with several seeds; the median gates, or every seed where the card says so. A
//! *control* is something that a gate must reject: an untrained model, a single Gaussian, copies
//! of one mode. A gate that lets its controls through measures nothing.
//!
//! Figures come from [`Run::metrics`], which feeds the page, or from the same function below it.
//! Each exhibit adds one function here.

use crate::card::Card;
use crate::data::Toy;
use crate::exhibit::Task;
use crate::metrics::modes::coverage;
use crate::settings::Settings;
use crate::{Error, Run, exhibits, gan2d};
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::rng::Stream;

/// Steps between two reports of progress.
const SLICE: u32 = 100;

/// Whoever asks for an evaluation: it has the devices, and perhaps someone who waits.
pub trait Host {
    /// Opens the exhibit of the settings from this seed.
    fn open<'a>(&'a self, settings: &'a Settings, seed: u64) -> Task<'a, Run>;

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

/// Trains an exhibit to the gates of its card, once for each seed, and tries its controls.
///
/// # Errors
/// [`Error::UnknownExhibit`], [`Error::NotFinite`] if training diverged, and those of the host.
pub fn evaluate<'a>(host: &'a dyn Host, id: &'a str, seeds: &'a [u64]) -> Task<'a, Evaluation> {
    use alloc::boxed::Box;
    Box::pin(async move {
        match exhibits::card(id)?.id {
            "gan2d" => gan2d(host, seeds).await,
            id => Err(Error::UnknownExhibit(format!("'{id}' has no gates yet. Choose another exhibit."))),
        }
    })
}

/// The card's recipe: 3,000 steps of 256 on the ring of eight Gaussians, averaged weights.
async fn gan2d(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const MODES: Gate = Gate::at_least("modes", 8.0).for_every_seed();
    const HIGH_QUALITY: Gate = Gate::at_least("high_quality", 0.85);
    const MODE_KL: Gate = Gate::at_most("mode_kl", 0.05);
    const SAMPLES: usize = 2500;
    let card = &gan2d::CARD;
    let recipe = Trial { card, settings: &[], steps: 3000 };
    let gates = recipe.measure(host, seeds, &[MODES, HIGH_QUALITY, MODE_KL]).await?;

    let untrained = Trial { steps: 0, ..recipe }.figures(host, 1).await?;
    let ring = Toy::EightGaussians;
    let (centres, sigma) = ring.modes().expect("the ring is a mixture");
    let mut stream = Stream::new(1, 0);
    let data = ring.sample(SAMPLES, &mut stream);
    let fitted = fitted_gaussian(&data, &mut stream);
    let one: Vec<f32> = (0..2 * SAMPLES).map(|i| centres[0][i % 2] + sigma * stream.normal()).collect();
    // All but the points nearer than a standard deviation of the ring to its first mode.
    let near = |p: &[f32]| (p[0] - centres[0][0]).abs() < 0.5 && (p[1] - centres[0][1]).abs() < 0.5;
    let seven: Vec<f32> = data.chunks_exact(2).filter(|p| !near(p)).flatten().copied().collect();
    let measure = |samples: &[f32]| coverage(samples, &centres, sigma);
    let controls = vec![
        Control {
            name: "untrained generator",
            gate: HIGH_QUALITY,
            value: figure(&untrained, HIGH_QUALITY.name),
        },
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

/// Training that figures are read after.
#[derive(Clone, Copy)]
struct Trial {
    card: &'static Card,
    /// Changes from the defaults.
    settings: &'static [(&'static str, &'static str)],
    steps: u32,
}

impl Trial {
    /// Trains from a seed and gives all figures.
    async fn figures(&self, host: &dyn Host, seed: u64) -> Result<Vec<(&'static str, f64)>, Error> {
        let mut settings = Settings::new(self.card);
        for (id, value) in self.settings {
            settings.set_text(id, value)?;
        }
        let mut run = host.open(&settings, seed).await?;
        let mut step = 0;
        while step < self.steps {
            host.progress(self.card.id, seed, step, self.steps);
            let n = SLICE.min(self.steps - step);
            run.train(n).await?;
            step += n;
        }
        run.metrics(true).await
    }

    /// Trains from every seed and holds the figures against gates.
    async fn measure(&self, host: &dyn Host, seeds: &[u64], gates: &[Gate]) -> Result<Vec<Measured>, Error> {
        let mut measured: Vec<Measured> =
            gates.iter().map(|&gate| Measured { gate, seeds: Vec::new() }).collect();
        for &seed in seeds {
            let figures = self.figures(host, seed).await?;
            for m in &mut measured {
                m.seeds.push(figure(&figures, m.gate.name));
            }
        }
        Ok(measured)
    }
}

/// The figure of that id, NaN if there is none.
fn figure(figures: &[(&'static str, f64)], id: &str) -> f64 {
    figures.iter().find(|f| f.0 == id).map_or(f64::NAN, |f| f.1)
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
