//! The programs: a step of Langevin dynamics, the ways to learn, and the energy of given points.

use super::{REACH, STEP_SIZES};
use crate::nn::fourier::FourierMlp;
use crate::prelude::*;

/// Octaves of the Fourier features.
const OCTAVES: usize = 4;
/// Chains, and those that leave a trail; steps of the trail.
pub const CHAINS: usize = 256;
pub const TRAILS: usize = 16;
pub const TRAIL: usize = 24;
/// Points of one run of the entry that gives energies, and of the sampler.
pub const ASKED: usize = 1024;
pub const CHUNK: usize = 512;
/// Chains of each step size on the standard normal, and steps before their squares are counted.
const CHECKED: usize = 512;
const BURN_IN: f32 = 100.0;
/// Weight of the squares of energies. Without it energies drift, because adding a number to all of them
/// changes nothing.
const SQUARES: f32 = 1e-3;
/// Bound of the slope that a chain follows, for each coordinate; where steps are small, of how far it moves one.
const STEEPEST: f32 = 30.0;
const STRIDE: f32 = 0.06;

/// E(x), in nats: −log p(x) but for the constant log Z.
pub struct Energy(FourierMlp);

impl Energy {
    /// `[B, 2] → [B]`.
    pub fn of<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        let rows = x.shape().dim(0);
        self.0.apply(g, x).reshape([rows])
    }

    /// ∇E, `[B, 2]`.
    pub fn slope<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        g.grad(self.of(g, x).sum(), &[x])[0]
    }
}

/// −log p of points of the data, where log Z is estimated from places `u` evenly in a box of that area:
/// E(x) + log 1/N Σ e^{−E(u)} + log area.
pub fn likelihood<'g>(g: &'g Graph, energy: &Energy, x: Tensor<'g>, u: Tensor<'g>, area: f32) -> Tensor<'g> {
    let n = u.shape().dim(0);
    let log_sum = (-energy.of(g, u)).log_sum_exp(0);
    energy.of(g, x).mean() + log_sum + libm::logf(area / n as f32)
}

/// Denoising score matching (P. Vincent, Neural Computation 23, 2011): ‖σ∇E(x + σε) − ε‖².
pub fn score_matching<'g>(
    g: &'g Graph,
    energy: &Energy,
    x: Tensor<'g>,
    noise: Tensor<'g>,
    sigma: Tensor<'g>,
) -> Tensor<'g> {
    (sigma * energy.slope(g, x + sigma * noise) - noise).square().sum_axes(&[1]).mean()
}

/// x − ε∇E(x) + √(2ε)·z, reflected at the edges of the box.
pub fn langevin<'g>(x: Tensor<'g>, slope: Tensor<'g>, step: Tensor<'g>, noise: Tensor<'g>) -> Tensor<'g> {
    let moved = x - step * slope + (2.0 * step).sqrt() * noise;
    let inside = moved.clamp(-REACH, REACH);
    (2.0 * inside - moved).clamp(-REACH, REACH)
}

/// The program and its entries.
pub struct Model {
    pub program: Program,
    pub feed: Feed,
    pub trainer: Trainer,
    /// The chains that learning follows, `[CHAINS, 2]`.
    pub chain: Var,
    /// Where the first of them were, `[TRAIL, TRAILS, 2]`.
    pub trail: Trail,
    /// Mean squares of the chains on the standard normal, for each step size, `[STEP_SIZES]`.
    pub squares: Var,
    /// Samples in the making, `[CHUNK, 2]`.
    pub sample: Var,
    /// Points whose energies are asked for, `[ASKED, 2]`.
    pub asked: Var,
    /// The chains begin anew, anywhere in the box.
    pub scatter: EntryId,
    /// A step of the chains.
    pub langevin: EntryId,
    /// Each chain is offered a place anywhere in the box.
    pub jump: EntryId,
    /// A step of learning from the chains: down at the data, up at the chains.
    pub contrast: EntryId,
    /// One by the likelihood, log Z from places everywhere.
    pub likelihood: EntryId,
    /// One by score matching.
    pub score: EntryId,
    /// A step of the chains on the standard normal.
    pub check: EntryId,
    /// Samples begin.
    pub sample_begin: EntryId,
    /// A step of the samples.
    pub sample_step: EntryId,
    /// Gives "energies" of the points asked for.
    pub ask: EntryId,
    /// Gives "energies" of the chains.
    pub at_chains: EntryId,
}

impl Model {
    /// Builds the program.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the network does not fit together.
    pub fn new(settings: &Settings) -> Result<Model, Error> {
        let (b, side) = (settings.count("batch"), settings.count("places"));
        let hidden = vec![settings.count("hidden"); settings.count("layers")];
        let octaves = if settings.flag("fourier") { OCTAVES } else { 0 };

        let mut p = Program::new("energy");
        let [step_size, sigma] = ["step_size", "noise"].map(|id| knob(&mut p, settings, id));
        let mut group = p.group("energy");
        let energy = Energy(FourierMlp::named(&mut p, &mut group, "energy", &hidden, 1, octaves));
        let options = AdamOptions::default();
        let trainer = Trainer::new(&mut p, settings, &group, Fall::Cosine(0.05), options, &["objective"]);
        let check = p.state("check", [STEP_SIZES.len(), CHECKED], Init::Normal(1.0));
        let squares = p.state("squares", [STEP_SIZES.len()], Init::Constant(1.0));
        let checks = p.counter("checks");
        let chain = p.state("chain", [CHAINS, 2], Init::Constant(0.0));
        let trail = Trail::new(&mut p, [TRAIL, TRAILS, 2]);
        let sample = p.scratch("sample", [CHUNK, 2]);
        let asked = p.input("asked", [ASKED, 2]);
        let feed = Feed::points(&mut p);

        let contrast = p.entry("contrast", |g| {
            let [down, up] = [feed.batch(g, b), g.read(chain)].map(|x| energy.of(g, x));
            // ∇ −log p = ∇E(data) − E_p ∇E, with chains for the expectation
            let gap = down.mean() - up.mean();
            let drift = (down.square().mean() + up.square().mean()) * SQUARES;
            trainer.minimise(g, gap + drift);
            trainer.record(g, &[gap]);
        })?;
        let likelihood_entry = p.entry("likelihood", |g| {
            let x = feed.batch(g, b);
            // A place anywhere in each cell of a grid.
            let cell = 2.0 * REACH / side as f32;
            let corner = |axis: usize| g.iota([side, side], axis).to_f32().reshape([side * side, 1]);
            let u = (g.concat(&[corner(1), corner(0)], 1) + g.uniform([side * side, 2])) * cell - REACH;
            trainer.step(g, &[likelihood(g, &energy, x, u, 4.0 * REACH * REACH)]);
        })?;
        let score = p.entry("score", |g| {
            let x = feed.batch(g, b);
            trainer.step(g, &[score_matching(g, &energy, x, g.normal([b, 2]), g.knob(sigma))]);
        })?;
        let scatter = p.entry("scatter", |g| {
            let x = (g.uniform([CHAINS, 2]) * 2.0 - 1.0) * REACH;
            g.assign(chain, x);
            trail.begin(g, x);
        })?;
        let langevin_entry = p.entry("langevin", |g| {
            let next = bounded_langevin(g, &energy, g.read(chain), step_size);
            g.assign(chain, next);
            trail.go(g, next);
        })?;
        // Metropolis and Hastings with offers that do not depend on where a chain is (L. Tierney, Annals of
        // Statistics 22, 1994): p stays as it is.
        let jump = p.entry("jump", |g| {
            let (x, u) = (g.read(chain), g.uniform([CHAINS]));
            let offered = (g.uniform([CHAINS, 2]) * 2.0 - 1.0) * REACH;
            let accepted = u.ln().lt(energy.of(g, x) - energy.of(g, offered));
            let next = accepted.reshape([CHAINS, 1]).select(offered, x);
            g.assign(chain, next);
            trail.jump(g, accepted, next);
        })?;
        let check_entry = p.entry("check", |g| {
            // On N(0, 1) the slope is x itself.
            let x = g.read(check);
            let step = g.table(&STEP_SIZES, [STEP_SIZES.len(), 1]);
            let next = x - step * x + (2.0 * step).sqrt() * g.normal(x.shape());
            g.assign(check, next);
            // The mean over chains and over the steps since they forgot their start.
            let count = g.read(checks) + 1.0;
            let counted = (count - BURN_IN).maximum(g.constant(1.0));
            let mean = g.read(squares);
            g.assign(squares, mean + (next.square().mean_axes(&[1]) - mean) / counted);
            g.assign(checks, count);
        })?;
        let sample_begin = p.entry("sample_begin", |g| {
            g.assign(sample, (g.uniform([CHUNK, 2]) * 2.0 - 1.0) * REACH);
        })?;
        let sample_step = p.entry("sample_step", |g| {
            g.assign(sample, bounded_langevin(g, &energy, g.read(sample), step_size));
        })?;
        let ask = p.entry("ask", |g| g.output("energies", energy.of(g, g.read(asked))))?;
        let at_chains = p.entry("at_chains", |g| g.output("energies", energy.of(g, g.read(chain))))?;
        Ok(Model {
            program: p,
            feed,
            trainer,
            chain,
            trail,
            squares,
            sample,
            asked,
            scatter,
            langevin: langevin_entry,
            jump,
            contrast,
            likelihood: likelihood_entry,
            score,
            check: check_entry,
            sample_begin,
            sample_step,
            ask,
            at_chains,
        })
    }
}

/// A step of Langevin dynamics on the energy, `[B, 2] → [B, 2]`. Slopes are bounded: where nothing has
/// been learned yet they can be huge. A bound below the slopes of a valley would keep chains out of it, however deep
/// it is dug.
fn bounded_langevin<'g>(g: &'g Graph, energy: &Energy, x: Tensor<'g>, step_size: Knob) -> Tensor<'g> {
    let step = g.knob(step_size);
    let steepest = (g.constant(STRIDE) / step).maximum(g.constant(STEEPEST));
    let slope = energy.slope(g, x).minimum(steepest).maximum(-steepest);
    langevin(x, slope, step, g.normal(x.shape()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{self, flat, numbers};
    use alloc::vec::Vec;

    /// PyTorch's energies, slopes, losses and gradients with the same weights, and a step of the chain
    /// (`tests/goldens/make_auto.py`). Score matching takes a gradient of a gradient.
    #[test]
    fn losses_agree_with_pytorch() {
        let r = golden::record("auto", "energy");
        let mut p = Program::new("golden");
        let mut group = p.group("energy");
        let energy = Energy(FourierMlp::named(&mut p, &mut group, "energy", &[6], 1, OCTAVES));
        let [x, noise] = ["x", "noise"].map(|name| p.input(name, [6, 2]));
        let places = p.input("places", [16, 2]);
        let given = |name: &str| numbers(&r["in"][name])[0] as f32;
        p.entry("run", |g| {
            let (x, noise) = (g.read(x), g.read(noise));
            let likelihood = likelihood(g, &energy, x, g.read(places), given("area"));
            let score = score_matching(g, &energy, x, noise, g.constant(given("sigma")));
            g.output("energies", energy.of(g, x));
            g.output("slopes", energy.slope(g, x));
            g.output("likelihood", likelihood);
            g.output("likelihood_grads", g.grad_group(likelihood, &group));
            g.output("score", score);
            g.output("score_grads", g.grad_group(score, &group));
            // A kick that takes some of them over the edge.
            let step = g.constant(given("step"));
            g.output("walked", langevin(x, energy.slope(g, x), step, noise * 3.0));
        })
        .unwrap();
        let mut state: Vec<(Var, Vec<f64>)> = [(x, "x"), (noise, "noise"), (places, "places")]
            .map(|(v, id)| (v, numbers(&r["in"][id])))
            .to_vec();
        state.push((group.var(), flat(&p, &group, &r["in"]["weights"])));
        let mut expected: Vec<(&str, Vec<f64>)> = ["energies", "slopes", "likelihood", "score", "walked"]
            .map(|name| (name, numbers(&r["out"][name])))
            .to_vec();
        for name in ["likelihood_grads", "score_grads"] {
            expected.push((name, flat(&p, &group, &r["out"][name])));
        }
        golden::agree(&p, &state, &expected);
    }
}
