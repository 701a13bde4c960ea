//! Generative adversarial networks of points in the plane, one step of each network.

use super::Task;
use super::draws::{Uniforms, mlp};
use crate::nn::Mlp;
use alloc::vec::Vec;
use tilde_graph::optim::{Adam, AdamOptions};
use tilde_graph::{Graph, GraphError, Program, Tensor};

/// The defaults of GAN Lab (M. Kahng, N. Thorat, P. Chau, F. Viégas, M. Wattenberg, "GAN Lab",
/// IEEE TVCG 2019): a generator Z-H-H-D (tanh at the end) against a discriminator D-H-H-1 (logistic
/// at the end), ReLU, logarithmic losses, real points counted 0.95, gradient descent.
pub fn lab() -> Result<Task, GraphError> {
    const B: usize = 150;
    const D: usize = 2;
    const H: usize = 8;
    const Z: usize = 2;
    const RATE: f32 = 0.1;
    const REAL: f32 = 0.95;
    let mut draws = Uniforms::weights();
    let mut program = Program::new("bench gan2d_lab");
    let batch = program.data("batch", [B, D]);
    let mut theta_g = program.group("generator");
    let generator = mlp(&mut program, &mut theta_g, &[Z, H, H, D], &mut draws);
    let mut theta_d = program.group("discriminator");
    let discriminator = mlp(&mut program, &mut theta_d, &[D, H, H, 1], &mut draws);

    fn generated<'g>(g: &'g Graph, generator: &Mlp) -> Tensor<'g> {
        generator.apply(g, g.uniform([B, Z]), Tensor::relu).tanh()
    }
    fn judged<'g>(g: &'g Graph, discriminator: &Mlp, x: Tensor<'g>) -> Tensor<'g> {
        discriminator.apply(g, x, Tensor::relu).sigmoid()
    }
    let step_d = program.entry("discriminator", |g| {
        // −0.95·E[log D(x)] − E[log(1 − D(G(z)))], both halves in one pass.
        let both = g.concat(&[g.read(batch), generated(g, &generator)], 0);
        let p = judged(g, &discriminator, both);
        let real = g.iota([2 * B, 1], 0).lt(g.constant_u(B as u32));
        let share = real.select(g.constant(REAL), g.constant(1.0));
        let loss = -(share * real.select(p, 1.0 - p).ln()).sum() * (1.0 / B as f32);
        g.assign(theta_d.var(), g.read(theta_d.var()) - RATE * g.grad_group(loss, &theta_d));
    })?;
    let step_g = program.entry("generator", |g| {
        // −E[log D(G(z))]
        let loss = -judged(g, &discriminator, generated(g, &generator)).ln().mean();
        g.assign(theta_g.var(), g.read(theta_g.var()) - RATE * g.grad_group(loss, &theta_g));
        g.output("loss", loss);
    })?;
    let data = Vec::from([(batch, Uniforms::batch().unsigned(B * D))]);
    Ok(Task { program, data, step: Vec::from([step_d, step_g]) })
}

/// A generator Z-H-H-D (ReLU) against a discriminator D-H-H-1 (leaky ReLU 0.2), non-saturating
/// loss, Adam.
pub fn gan2d() -> Result<Task, GraphError> {
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
    let data = Vec::from([(batch, Uniforms::batch().unsigned(B * D))]);
    Ok(Task { program, data, step: Vec::from([step_d, step_g]) })
}
