//! The two networks, what each of them lowers, and the entries of the program.

#[cfg(test)]
mod golden;

use super::card::{Objective, Shown};
use crate::nn::Schedule;
use crate::prelude::*;

/// Points of one run of the sampling entry.
pub const CHUNK: usize = 512;
/// Side of the discriminator's field.
pub const FIELD: usize = 48;
/// Arrows that are drawn.
pub const ARROWS: usize = 192;
/// Standard deviation of the noise of the approximate R1 penalty.
const R1_SIGMA: f32 = 0.02;

/// The program and its entries.
pub struct Game {
    pub program: Program,
    pub feed: Feed,
    /// Places where the discriminator's field is wanted, `[FIELD², 2]`.
    pub grid: Var,
    pub recorder: Recorder,
    /// 1 where G minimises log(1 − D(G(z))), 0 where it maximises log D(G(z)).
    saturating: Knob,
    /// The sign of the game's second term: +1, or −1 as the lecture's slide prints it.
    sign: Knob,
    /// A step of the discriminator.
    pub discriminator: EntryId,
    /// A step of the generator, which ends the iteration.
    pub generator: EntryId,
    /// The losses without a step.
    pub untrained: EntryId,
    /// 1 where the points that are shown are the averaged generator's, 0 where they are the present one's.
    shown: Knob,
    /// Samples of the generator that is shown, `[CHUNK, 2]`.
    pub sample: EntryId,
    pub field: EntryId,
    /// Points of the generator that is shown, `points [CHUNK, 2]`, and where D would have the first of them
    /// go, `towards [ARROWS, 2]`.
    pub arrows: EntryId,
}

fn leaky(x: Tensor<'_>) -> Tensor<'_> {
    x.leaky_relu(0.2)
}

/// Gaussian noise on data and forgeries alike, whose standard deviation falls in a straight line to 0 in the
/// middle of the horizon, if the schedule is on. D cannot tell apart what the noise hides, so that at first its slopes lead towards all
/// modes, also those without a forgery near (M. Arjovsky, L. Bottou, ICLR 2017; C. Sønderby et al., ICLR 2017).
struct InstanceNoise {
    sigma: Knob,
    schedule: Schedule,
    steps: Var,
}

impl InstanceNoise {
    /// `x` with the noise of this step, of the same shape.
    fn on<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        let done = (2.0 * self.schedule.done(g, self.steps)).minimum(g.constant(1.0));
        x + g.normal(x.shape()) * (g.knob(self.sigma) * (1.0 - done))
    }
}

/// The two networks.
struct Networks {
    generator: Mlp,
    discriminator: Mlp,
}

impl Networks {
    /// G(z), `[B, Z] → [B, 2]`.
    fn generate<'g>(&self, g: &'g Graph, z: Tensor<'g>) -> Tensor<'g> {
        self.generator.apply(g, z, leaky)
    }

    /// D(x) before the logistic function, `[B, 2] → [B, 1]`.
    fn logits<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        self.discriminator.apply(g, x, leaky)
    }

    /// What D lowers over data, forgeries and data that were moved by `R1_SIGMA`, `[B, 2]` each: the game's
    /// value and the penalty, scalars. `sign` is that of the game's second term, `gamma` the penalty's weight.
    fn discriminator_loss<'g>(
        &self,
        g: &'g Graph,
        [real, fake, moved]: [Tensor<'g>; 3],
        sign: Tensor<'g>,
        gamma: Tensor<'g>,
    ) -> [Tensor<'g>; 2] {
        let b = real.shape().dim(0);
        // One pass over data, forgeries and moved data.
        let logits = self.logits(g, g.concat(&[real, fake, moved], 0));
        let part = |i: usize| logits.slice(i * b, b);
        // −log σ(D(x)) − log(1 − σ(D(G(z)))); the slide's sign turns the second term round.
        let game = (-part(0)).softplus() + sign * part(1).softplus();
        // γ/2·E|∇D|² by differences along random directions
        let penalty = (part(2) - part(0)).square() * (0.5 / (R1_SIGMA * R1_SIGMA)) * gamma;
        [game.mean(), penalty.mean()]
    }

    /// What G lowers over its forgeries `[B, 2]`, a scalar: −log σ(D(G(z))), or ±log(1 − σ(D(G(z)))) where
    /// `saturating` is 1.
    fn generator_loss<'g>(
        &self,
        g: &'g Graph,
        fake: Tensor<'g>,
        saturating: Tensor<'g>,
        sign: Tensor<'g>,
    ) -> Tensor<'g> {
        let logits = self.logits(g, fake);
        let other = -(sign * logits.softplus());
        ((1.0 - saturating) * (-logits).softplus() + saturating * other).mean()
    }
}

impl Game {
    /// Builds the program.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the networks do not fit together.
    pub fn new(settings: &Settings) -> Result<Game, Error> {
        let (b, z_dim) = (settings.count("batch"), settings.count("noise"));
        let hidden = vec![settings.count("hidden"); settings.count("layers")];
        let widths = |first: usize, last: usize| [&[first], &hidden[..], &[last]].concat();

        let mut p = Program::new("gan2d");
        let schedule = Schedule::new(&mut p, settings, Fall::Cosine(0.05));
        let [generator_rate, r1, decay] =
            ["generator_rate", "r1", "average"].map(|id| knob(&mut p, settings, id));
        let (saturating, sign) = (p.knob("saturating", 0.0), p.knob("sign", 1.0));
        let shown = p.knob("averaged_is_shown", 0.0);
        let mut g_group = p.group("generator");
        let generator = Mlp::new(&mut p, &mut g_group, &widths(z_dim, 2));
        let mut d_group = p.group("discriminator");
        let discriminator = Mlp::new(&mut p, &mut d_group, &widths(2, 1));
        let averaged = p.state_like(&g_group, "generator_average", true);
        let averaged_generator = generator.with(&g_group, averaged);
        let nets = Networks { generator, discriminator };
        let options =
            AdamOptions { beta1: settings.number("beta1") as f32, beta2: 0.99, ..AdamOptions::default() };
        let adam_d = Adam::new(&mut p, &d_group, "adam_d", options);
        let adam_g = Adam::new(&mut p, &g_group, "adam_g", options);
        let recorder = Recorder::new(&mut p, &["loss_g", "loss_d"]);
        let sigma = knob(&mut p, settings, "instance_noise");
        let noise = InstanceNoise { sigma, schedule, steps: recorder.steps };
        let feed = Feed::points(&mut p);
        let grid = p.input("grid", [FIELD * FIELD, 2]);

        let discriminator_loss = figures(|g| {
            let fake = noise.on(g, nets.generate(g, g.normal([b, z_dim])).stop());
            let real = noise.on(g, feed.batch(g, b));
            let moved = real + g.normal([b, 2]) * R1_SIGMA;
            nets.discriminator_loss(g, [real, fake, moved], g.knob(sign), g.knob(r1))
        });
        let generator_loss = figures(|g| {
            let fake = noise.on(g, nets.generate(g, g.normal([b, z_dim])));
            [nets.generator_loss(g, fake, g.knob(saturating), g.knob(sign))]
        });
        let d_entry = p.entry("discriminator", |g| {
            let [value, penalty] = discriminator_loss(g);
            let grad = g.grad_group(value + penalty, &d_group);
            adam_d.update(g, grad, schedule.rate(g, recorder.steps));
            recorder.keep(g, "loss_d", value);
        })?;
        let g_entry = p.entry("generator", |g| {
            let [loss] = generator_loss(g);
            let grad = g.grad_group(loss, &g_group);
            let rate = schedule.rate(g, recorder.steps) * g.knob(generator_rate);
            let weights = adam_g.update(g, grad, rate);
            average(g, averaged, weights, g.knob(decay));
            recorder.keep(g, "loss_g", loss);
            recorder.end(g, &[loss, recorder.kept(g, "loss_d")]);
        })?;
        let untrained = p.entry("untrained", |g| {
            g.output("loss_d", discriminator_loss(g)[0]);
            g.output("loss_g", generator_loss(g)[0]);
        })?;
        let made = figures(|g| {
            let z = g.normal([CHUNK, z_dim]);
            [g.knob(shown).select(averaged_generator.apply(g, z, leaky), nets.generate(g, z))]
        });
        let sample = p.entry("sample", |g| g.output("samples", made(g)[0]))?;
        let field = p.entry("field", |g| {
            g.output("field", nets.logits(g, g.read(grid)).sigmoid());
        })?;
        let arrows = p.entry("arrows", |g| {
            let [points] = made(g);
            let x = points.slice(0, ARROWS).stop();
            // Uphill of log σ(D): where D would have each forgery go.
            let climb = -(-nets.logits(g, x)).softplus().sum();
            let towards = g.grad(climb, &[x]);
            g.output("points", points);
            g.output("towards", towards[0]);
        })?;
        Ok(Game {
            program: p,
            feed,
            grid,
            recorder,
            saturating,
            sign,
            discriminator: d_entry,
            generator: g_entry,
            untrained,
            shown,
            sample,
            field,
            arrows,
        })
    }

    /// Sets the knobs of the objective.
    pub fn set_objective(&self, device: &Driver, objective: Objective) {
        let (saturating, sign) = match objective {
            Objective::NonSaturating => (0.0, 1.0),
            Objective::Minimax => (1.0, 1.0),
            Objective::AsPrinted => (1.0, -1.0),
        };
        device.knob(self.saturating, saturating);
        device.knob(self.sign, sign);
    }

    /// Sets whose points are shown.
    pub fn set_shown(&self, device: &Driver, shown: Shown) {
        let averaged = match shown {
            Shown::Present => 0.0,
            Shown::Averaged => 1.0,
        };
        device.knob(self.shown, averaged);
    }

    /// Enqueues `n` iterations.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub fn train(&self, live: &Live, n: u32) -> Result<(), Error> {
        let steps = live.settings.count("discriminator_steps") as u32;
        live.device.schedule(&[(self.discriminator, steps), (self.generator, 1)], n)
    }
}
