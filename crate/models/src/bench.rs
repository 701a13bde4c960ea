//! The benchmark's tasks: training steps of fixed shape, with the same initial weights, batch and
//! arithmetic in every library (`tests/bench/tasks.mjs` says the same in JavaScript).
//!
//! Dimensions: `B` batch, `D` data, `H` hidden units, `Z` latent or noise.
//!
//! One step is forward, backward and optimiser, with fresh noise and the batch already in memory.

use crate::nn::{Linear, Mlp};
use crate::{Error, drive, exhibit};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use tilde_graph::optim::{Adam, AdamOptions, Sgd};
use tilde_graph::{Device, EntryId, Graph, GraphError, Group, Init, Program, Tensor, Var};

/// The seed of the noise.
pub const SEED: u64 = 1;

/// A program, its one batch, and the entries that make up a step. The last of them gives "loss".
pub struct Task {
    /// What to load.
    pub program: Program,
    /// Where the batch goes.
    pub batch: Var,
    /// The batch `[B, D]`.
    pub values: Vec<f32>,
    /// The entries of one step, in order.
    pub step: Vec<EntryId>,
}

impl Task {
    /// Writes the initial weights, the keys of the noise and the batch to a device that has loaded
    /// the program.
    pub fn start(&self, device: &mut dyn Device) {
        drive::start(device, &self.program, SEED);
        drive::write(device, self.batch, &self.values);
    }

    /// Does `n` steps and gives the last one's loss.
    pub fn train<'a>(&self, device: &'a mut dyn Device, n: u32) -> exhibit::Task<'a, f32> {
        let schedule: Vec<_> = self.step.iter().map(|&entry| (entry, 1)).collect();
        Box::pin(async move {
            device.run(&schedule, n)?;
            let (last, _) = schedule[schedule.len() - 1];
            Ok(drive::output(device, last, "loss").await?[0])
        })
    }
}

/// Ids of the tasks.
pub const TASKS: [&str; 3] = ["gan2d", "vae_mlp", "rbm"];

/// The task of this id.
///
/// # Errors
/// [`Error::BadSetting`] if there is none.
pub fn task(id: &str) -> Result<Task, Error> {
    let built = match id {
        "gan2d" => gan2d(),
        "vae_mlp" => vae_mlp(),
        "rbm" => rbm(),
        _ => {
            return Err(Error::BadSetting(format!(
                "There is no benchmark task `{id}`; there are {}.",
                TASKS.join(", ")
            )));
        }
    };
    // The tasks are fixed: a graph that does not build is a mistake in this file.
    Ok(built.unwrap_or_else(|error| panic!("{id}: {error}")))
}

/// A 32-bit linear congruential generator: the same numbers in every language.
struct Uniforms(u32);

impl Uniforms {
    /// For initial weights: the parameters of a task draw from it in order of declaration.
    fn weights() -> Uniforms {
        Uniforms(7)
    }

    /// For batches.
    fn batch() -> Uniforms {
        Uniforms(3)
    }

    /// The next number in [0, 1).
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0) / 4_294_967_296.0
    }

    /// `count` numbers uniform in ±bound.
    fn within(&mut self, bound: f64, count: usize) -> Init {
        Init::Values((0..count).map(|_| (bound * (2.0 * self.next() - 1.0)) as f32).collect())
    }
}

/// A layer whose weights are uniform in ±1/√inputs, as the draws say, and whose biases are zero.
fn linear(
    program: &mut Program,
    group: &mut Group,
    name: &str,
    sizes: [usize; 2],
    draws: &mut Uniforms,
) -> Linear {
    let [inputs, outputs] = sizes;
    let values = draws.within(1.0 / libm::sqrt(inputs as f64), inputs * outputs);
    Linear {
        w: group.param(program, &format!("{name}.weight"), sizes, values),
        b: group.param(program, &format!("{name}.bias"), [outputs], Init::Constant(0.0)),
    }
}

/// Layers of the given widths, input first.
fn mlp(program: &mut Program, group: &mut Group, widths: &[usize], draws: &mut Uniforms) -> Mlp {
    let layer =
        |(i, w): (usize, &[usize])| linear(program, group, &format!("layer{}", i + 1), [w[0], w[1]], draws);
    Mlp { layers: widths.windows(2).enumerate().map(layer).collect() }
}

/// A generator Z-H-H-D (ReLU) against a discriminator D-H-H-1 (leaky ReLU 0.2), non-saturating
/// loss, Adam: one step of each.
fn gan2d() -> Result<Task, GraphError> {
    const B: usize = 256;
    const D: usize = 2;
    const H: usize = 64;
    const Z: usize = 2;
    const RATE: f32 = 1e-3;
    let adam = AdamOptions { beta1: 0.5, ..AdamOptions::default() };
    let mut draws = Uniforms::weights();
    let mut program = Program::new("bench gan2d");
    let batch = program.data("batch", [B, D]);
    let mut theta_g = program.group("generator");
    let generator = mlp(&mut program, &mut theta_g, &[Z, H, H, D], &mut draws);
    let adam_g = Adam::new(&mut program, &theta_g, "adam_generator", adam);
    let mut theta_d = program.group("discriminator");
    let discriminator = mlp(&mut program, &mut theta_d, &[D, H, H, 1], &mut draws);
    let adam_d = Adam::new(&mut program, &theta_d, "adam_discriminator", adam);

    fn generated<'g>(g: &'g Graph, generator: &Mlp) -> Tensor<'g> {
        generator.apply(g, g.normal([B, Z]), Tensor::relu)
    }
    fn logits<'g>(g: &'g Graph, discriminator: &Mlp, x: Tensor<'g>) -> Tensor<'g> {
        discriminator.apply(g, x, |h| h.leaky_relu(0.2))
    }
    let step_d = program.entry("discriminator", |g| {
        // E[softplus(−D(x))] + E[softplus(D(G(z)))], both halves in one pass: the sign of each row
        // says which.
        let both = g.concat(&[g.read(batch), generated(g, &generator)], 0);
        let signs = g.concat(&[g.full(-1.0, [B, 1]), g.full(1.0, [B, 1])], 0);
        let loss = (signs * logits(g, &discriminator, both)).softplus().mean() * 2.0;
        adam_d.update(g, g.grad_group(loss, &theta_d), g.constant(RATE));
    })?;
    let step_g = program.entry("generator", |g| {
        // E[softplus(−D(G(z)))]
        let loss = (-logits(g, &discriminator, generated(g, &generator))).softplus().mean();
        adam_g.update(g, g.grad_group(loss, &theta_g), g.constant(RATE));
        g.output("loss", loss);
    })?;
    let mut uniforms = Uniforms::batch();
    let values = (0..B * D).map(|_| uniforms.next() as f32).collect();
    Ok(Task { program, batch, values, step: Vec::from([step_d, step_g]) })
}

/// A variational autoencoder D-H-(Z + Z)-H-D with Bernoulli pixels: −ELBO, Adam.
fn vae_mlp() -> Result<Task, GraphError> {
    const B: usize = 128;
    const D: usize = 784;
    const H: usize = 400;
    const Z: usize = 20;
    const RATE: f32 = 1e-3;
    let mut draws = Uniforms::weights();
    let mut program = Program::new("bench vae_mlp");
    let batch = program.data("batch", [B, D]);
    let mut theta = program.group("vae");
    let encoder = linear(&mut program, &mut theta, "encoder", [D, H], &mut draws);
    let mean = linear(&mut program, &mut theta, "mean", [H, Z], &mut draws);
    let log_var = linear(&mut program, &mut theta, "log_var", [H, Z], &mut draws);
    let decoder = mlp(&mut program, &mut theta, &[Z, H, D], &mut draws);
    let adam = Adam::new(&mut program, &theta, "adam", AdamOptions::default());

    let step = program.entry("train", |g| {
        let x = g.read(batch);
        let h = encoder.apply(g, x).relu();
        let (mu, log_var) = (mean.apply(g, h), log_var.apply(g, h));
        // z = μ + σ·ε
        let z = mu + (log_var * 0.5).exp() * g.normal([B, Z]);
        let logits = decoder.apply(g, z, Tensor::relu);
        let reconstruction = logits.bce_with_logits(x).sum();
        // KL(q(z|x) ‖ N(0, I)) = ½ Σ μ² + σ² − 1 − log σ²
        let divergence = (mu.square() + log_var.exp() - 1.0 - log_var).sum() * 0.5;
        let loss = (reconstruction + divergence) * (1.0 / B as f32);
        adam.update(g, g.grad_group(loss, &theta), g.constant(RATE));
        g.output("loss", loss);
    })?;
    let mut uniforms = Uniforms::batch();
    let values = (0..B * D).map(|_| uniforms.next() as f32).collect();
    Ok(Task { program, batch, values, step: Vec::from([step]) })
}

/// A restricted Boltzmann machine, D visible and H hidden units: CD-1 with sampled hidden and
/// visible units, the last hidden ones by their mean; momentum, and decay of the weights alone.
fn rbm() -> Result<Task, GraphError> {
    const B: usize = 100;
    const D: usize = 784;
    const H: usize = 500;
    const RATE: f32 = 0.05;
    const MOMENTUM: f32 = 0.5;
    const DECAY: f32 = 2e-4;
    let mut program = Program::new("bench rbm");
    let batch = program.data("batch", [B, D]);
    let mut theta = program.group("rbm");
    let weights = theta.param(&mut program, "weights", [D, H], Uniforms::weights().within(0.01, D * H));
    let visible = theta.param(&mut program, "visible", [D], Init::Constant(0.0));
    let hidden = theta.param(&mut program, "hidden", [H], Init::Constant(0.0));
    let sgd = Sgd::new(&mut program, &theta, "sgd");

    let step = program.entry("train", |g| {
        let (w, b, c) = (g.param(weights), g.param(visible), g.param(hidden));
        let v0 = g.read(batch);
        let p0 = (v0.matmul(w) + c).sigmoid();
        let v1 = g.bernoulli((g.bernoulli(p0).matmul_nt(w) + b).sigmoid());
        let p1 = (v1.matmul(w) + c).sigmoid();
        // The model's moments ⟨v pᵀ⟩ minus the data's.
        let moments = v1.matmul_tn(p1) - v0.matmul_tn(p0);
        let grad_w = moments * (1.0 / B as f32) + w * DECAY;
        let (grad_b, grad_c) = ((v1 - v0).mean_axes(&[0]), (p1 - p0).mean_axes(&[0]));
        let grad = g.concat(&[grad_w.reshape([D * H]), grad_b, grad_c], 0);
        sgd.update(g, grad, g.constant(RATE), g.constant(MOMENTUM), g.constant(0.0));
        g.output("loss", (v0 - v1).square().mean());
    })?;
    let mut uniforms = Uniforms::batch();
    let values = (0..B * D).map(|_| f32::from(u8::from(uniforms.next() < 0.2))).collect();
    Ok(Task { program, batch, values, step: Vec::from([step]) })
}
