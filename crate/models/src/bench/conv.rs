//! A convolutional diffusion model of images.

use super::Task;
use super::draws::{Uniforms, weight};
use alloc::format;
use alloc::vec::Vec;
use core::f32::consts::FRAC_PI_2;
use tilde_graph::optim::{Adam, AdamOptions};
use tilde_graph::{Graph, GraphError, Init, Param, Program, Tensor};

/// 3×3 convolutions 1 → 32, 32 → 64 (stride 2), 64 → 64, nearest upsampling, 64 → 32, 32 → 1
/// (SiLU); the cosine schedule, mean squared error of the noise, Adam. The network is not told the
/// time.
pub fn conv_ddpm28() -> Result<Task, GraphError> {
    const B: usize = 32;
    const SIDE: usize = 28;
    const CHANNELS: [usize; 6] = [1, 32, 64, 64, 32, 1];
    const RATE: f32 = 1e-3;
    let mut draws = Uniforms::weights();
    let mut program = Program::new("bench conv_ddpm28");
    let batch = program.data("batch", [B, SIDE, SIDE, 1]);
    let mut theta = program.group("denoiser");
    let layers: Vec<[Param; 2]> = CHANNELS
        .windows(2)
        .enumerate()
        .map(|(i, c)| {
            let name = format!("conv{}.weight", i + 1);
            let w = weight(&mut program, &mut theta, &name, [3, 3, c[0], c[1]], 9 * c[0], &mut draws);
            let name = format!("conv{}.bias", i + 1);
            [w, theta.param(&mut program, &name, [c[1]], Init::Constant(0.0))]
        })
        .collect();
    let adam = Adam::new(&mut program, &theta, "adam", AdamOptions::default());

    fn conv<'g>(g: &'g Graph, x: Tensor<'g>, [w, b]: [Param; 2], stride: usize) -> Tensor<'g> {
        x.conv(g.param(w), stride, 1) + g.param(b)
    }
    let step = program.entry("train", |g| {
        let angle = g.uniform([B, 1, 1, 1]) * FRAC_PI_2;
        let noise = g.normal([B, SIDE, SIDE, 1]);
        let noisy = angle.cos() * g.read(batch) + angle.sin() * noise;
        let h = conv(g, noisy, layers[0], 1).silu();
        let h = conv(g, h, layers[1], 2).silu();
        let h = conv(g, h, layers[2], 1).silu().upsample(2);
        let h = conv(g, h, layers[3], 1).silu();
        let loss = (conv(g, h, layers[4], 1) - noise).square().mean();
        adam.update(g, g.grad_group(loss, &theta), g.constant(RATE));
        g.output("loss", loss);
    })?;
    let data = Vec::from([(batch, Uniforms::batch().signed(B * SIDE * SIDE))]);
    Ok(Task { program, data, step: Vec::from([step]) })
}
