//! A whole training step, from the graph to memory.

use crate::check::{block_on, check_plan, context, random_memory};
use crate::reference::Memory;
use tilde_gpu::Gpu;
use tilde_graph::optim::{Adam, AdamOptions};
use tilde_graph::plan::Arena;
use tilde_graph::{Init, Plan, Program, compile};

/// Rows, features, hidden units and classes.
const B: usize = 64;
const D: usize = 12;
const H: usize = 40;
const C: usize = 10;

/// A classifier of `layers` equal hidden layers with dropout and a normalised last one, trained by
/// Adam. Large epsilons keep the comparison well-conditioned.
fn classifier(layers: usize) -> (Program, Plan) {
    let mut program = Program::new("classifier");
    let mut net = program.group("net");
    let normal = || Init::Normal(0.3);
    let first = net.param(&mut program, "first", [D, H], normal());
    let hidden: Vec<_> =
        (0..layers).map(|i| net.param(&mut program, &format!("hidden{i}"), [H, H], normal())).collect();
    let bias = net.param(&mut program, "bias", [H], normal());
    let last = net.param(&mut program, "last", [H, C], normal());
    let options = AdamOptions { epsilon: 1e-2, ..Default::default() };
    let adam = Adam::new(&mut program, &net, "adam", options);
    let data = program.data("data", [200, D]);
    let targets = program.data("targets", [200, C]);
    let rate = program.knob("rate", 1e-2);
    program
        .entry("train", |g| {
            let index = g.indices(B, 200);
            let mut h = g.read(data).gather(index).matmul(g.param(first)).tanh();
            for weights in &hidden {
                let keep = g.bernoulli(g.full(0.8, [B, H]));
                h = (h.matmul(g.param(*weights)) + g.param(bias)).leaky_relu(0.2) * keep;
            }
            let centred = h - h.mean_axes(&[1]).reshape([B, 1]);
            let deviation = (centred.square().mean_axes(&[1]) + 0.1).sqrt().reshape([B, 1]);
            let logits = (centred / deviation).matmul(g.param(last));
            let target = g.read(targets).gather(index);
            let loss = (logits.log_sum_exp(1).reshape([B, 1]) - logits) * target;
            let loss = loss.sum() / B as f32;
            let grad = g.grad_group(loss, &net);
            adam.update(g, grad, g.knob(rate));
            g.output("loss", loss);
            g.output("grad", grad);
        })
        .expect("a graph without mistakes");
    let plan = compile(&program);
    (program, plan)
}

/// Memory as before the first step.
fn initial(program: &Program, plan: &Plan) -> Memory {
    let random = random_memory(plan.words, 31);
    let mut memory = Memory::zeros(plan.words);
    memory.integers[Arena::DataU as usize].clone_from(&random.integers[Arena::DataU as usize]);
    memory.floats[Arena::Data as usize].clone_from(&random.floats[Arena::Data as usize]);
    for var in plan.vars.iter().filter(|var| var.loc.arena == Arena::State) {
        let values = program.initial_values(var.id, 7);
        let offset = var.loc.offset as usize;
        memory.floats[Arena::State as usize][offset..][..values.len()].copy_from_slice(&values);
    }
    for (loc, values) in &plan.tables {
        let offset = loc.offset as usize;
        memory.floats[loc.arena as usize][offset..][..values.len()].copy_from_slice(values);
    }
    memory.floats[Arena::Io as usize][plan.knobs.offset as usize] = 1e-2;
    memory
}

#[test]
fn a_training_step_is_that_of_the_reference() {
    let (program, plan) = classifier(2);
    check_plan(&plan, &initial(&program, &plan), 1e-4);
}

#[test]
fn equal_layers_share_pipelines() {
    let Some(context) = context() else { return };
    let pipelines = |layers| {
        let (_, plan) = classifier(layers);
        let kernels = plan.entries[0].kernels.len();
        (kernels, block_on(Gpu::load(&context, plan)).expect("a loaded plan").created().pipelines)
    };
    let ((kernels, few), (more_kernels, more)) = (pipelines(3), pipelines(6));
    assert!(more_kernels > kernels);
    assert!(more <= few + 1, "three layers more took {} pipelines more", more - few);
}
