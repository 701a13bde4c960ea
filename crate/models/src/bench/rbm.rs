//! A restricted Boltzmann machine.

use super::draws::Uniforms;
use super::{Data, Task};
use alloc::vec::Vec;
use tilde_graph::optim::Sgd;
use tilde_graph::{GraphError, Init, Program};

/// D visible and H hidden units: CD-1 with sampled hidden and visible units, the last hidden ones
/// by their mean; momentum, and decay of the weights alone.
pub fn rbm() -> Result<Task, GraphError> {
    const B: usize = 100;
    const D: usize = 784;
    const H: usize = 500;
    const RATE: f32 = 0.05;
    const MOMENTUM: f32 = 0.5;
    const DECAY: f32 = 2e-4;
    let mut program = Program::new("bench rbm");
    let batch = program.data("batch", [B, D]);
    let mut theta = program.group("rbm");
    let initial = Init::Values(Uniforms::weights().within(0.01, D * H));
    let weights = theta.param(&mut program, "weights", [D, H], initial);
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
    Ok(Task { program, data: Vec::from([(batch, Data::Floats(values))]), step: Vec::from([step]) })
}
