//! A variational autoencoder of images.

use super::Task;
use super::draws::{Uniforms, linear, mlp};
use alloc::vec::Vec;
use tilde_graph::optim::{Adam, AdamOptions};
use tilde_graph::{GraphError, Program, Tensor};

/// D-H-(Z + Z)-H-D with Bernoulli pixels: −ELBO, Adam.
pub fn vae_mlp() -> Result<Task, GraphError> {
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
    let data = Vec::from([(batch, Uniforms::batch().unsigned(B * D))]);
    Ok(Task { program, data, step: Vec::from([step]) })
}
