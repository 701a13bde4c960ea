//! A diffusion model of points in the plane.

use super::Task;
use super::draws::{Uniforms, mlp};
use alloc::vec::Vec;
use core::{f32, f64};
use tilde_graph::optim::{Adam, AdamOptions};
use tilde_graph::{GraphError, Program, Tensor, Unary};

/// Points and E features of the time through three layers of H units (SiLU); continuous time, the
/// cosine schedule, mean squared error of the noise, Adam.
pub fn ddpm2d() -> Result<Task, GraphError> {
    const B: usize = 512;
    const D: usize = 2;
    const E: usize = 32;
    const H: usize = 128;
    const RATE: f32 = 1e-3;
    // Frequencies 1000·10000^(−i / (E/2)), in turns.
    let turns: Vec<f32> = (0..E / 2)
        .map(|i| (1000.0 * libm::pow(1e4, -2.0 * i as f64 / E as f64) / f64::consts::TAU) as f32)
        .collect();
    let mut draws = Uniforms::weights();
    let mut program = Program::new("bench ddpm2d");
    let batch = program.data("batch", [B, D]);
    let mut theta = program.group("denoiser");
    let denoiser = mlp(&mut program, &mut theta, &[D + E, H, H, H, D], &mut draws);
    let adam = Adam::new(&mut program, &theta, "adam", AdamOptions::default());

    let step = program.entry("train", |g| {
        let (u, noise) = (g.uniform([B, 1]), g.normal([B, D]));
        // x_u = cos(u·π/2)·x + sin(u·π/2)·ε
        let angle = u * f32::consts::FRAC_PI_2;
        let noisy = angle.cos() * g.read(batch) + angle.sin() * noise;
        // Whole turns are taken off: a GPU's sine is accurate within one only.
        let features = u * g.table(&turns, [1, E / 2]);
        let features = (features - (features + 0.5).unary(Unary::Floor)) * f32::consts::TAU;
        let input = g.concat(&[noisy, features.sin(), features.cos()], 1);
        let loss = (denoiser.apply(g, input, Tensor::silu) - noise).square().mean();
        adam.update(g, g.grad_group(loss, &theta), g.constant(RATE));
        g.output("loss", loss);
    })?;
    let data = Vec::from([(batch, Uniforms::batch().signed(B * D))]);
    Ok(Task { program, data, step: Vec::from([step]) })
}
