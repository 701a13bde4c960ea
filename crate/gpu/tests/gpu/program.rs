//! Whole training steps, from the graph to memory.

use crate::check::{block_on, check_plan, context, random_memory, upload};
use crate::reference::Memory;
use tilde_gpu::{Gpu, Target};
use tilde_graph::optim::{Adam, AdamOptions};
use tilde_graph::plan::Arena;
use tilde_graph::{Device, Init, Plan, Program, compile};

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

/// An autoencoder of noised 12 × 12 images: strided convolutions, a group norm, attention between
/// pixels, and transposed convolutions.
fn autoencoder() -> (Program, Plan) {
    let mut program = Program::new("autoencoder");
    let mut net = program.group("net");
    let normal = || Init::Normal(0.3);
    let first = net.param(&mut program, "first", [3, 3, 1, 8], normal());
    let second = net.param(&mut program, "second", [4, 4, 8, 12], normal());
    let heads = net.param(&mut program, "heads", [12, 36], normal());
    let third = net.param(&mut program, "third", [4, 4, 8, 12], normal());
    let last = net.param(&mut program, "last", [3, 3, 8, 1], normal());
    let options = AdamOptions { epsilon: 1e-2, ..Default::default() };
    let adam = Adam::new(&mut program, &net, "adam", options);
    let data = program.data("data", [50, 144]);
    let rate = program.knob("rate", 1e-2);
    program
        .entry("train", |g| {
            let images = g.read(data).gather(g.indices(6, 50)).reshape([6, 12, 12, 1]);
            let noised = images + 0.3 * g.normal(images.shape());
            let h = noised.conv(g.param(first), 1, 1).group_norm(2, 0.1).silu();
            let h = h.conv(g.param(second), 2, 1);
            let qkv = h.reshape([216, 12]).matmul(g.param(heads));
            let qkv = qkv.reshape([6, 36, 3, 2, 6]).permute(&[2, 0, 3, 1, 4]);
            let [q, k, v] = [0, 1, 2].map(|i| qkv.slice(i, 1).reshape([6, 2, 36, 6]));
            let mixed = q.attention(k, v, None).permute(&[0, 2, 1, 3]).reshape([6, 6, 6, 12]);
            let h = (h + mixed).conv_transpose(g.param(third), 2, 1).silu();
            let out = h.conv(g.param(last), 1, 1);
            let loss = (out - images).square().mean();
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
fn a_step_of_convolutions_and_attention_is_that_of_the_reference() {
    let (program, plan) = autoencoder();
    check_plan(&plan, &initial(&program, &plan), 1e-4);
}

/// However its steps are grouped, and whatever else runs on the device.
#[test]
fn two_runs_of_one_seed_are_equal_bit_by_bit() {
    let Some(context) = context() else { return };
    for (program, plan) in [classifier(2), autoencoder()] {
        let memory = initial(&program, &plan);
        for target in [Target::Hardware, Target::Software] {
            let context = context.clone().with_target(target);
            let mut runs = [(); 2].map(|()| {
                let mut gpu = block_on(Gpu::load(&context, plan.clone())).expect("a loaded plan");
                upload(&mut gpu, &memory);
                gpu
            });
            let made = runs[0].created();
            runs[0].run(&[(0, 1)], 12).expect("a run");
            for _ in 0..6 {
                runs[1].run(&[(0, 2)], 1).expect("a run");
                runs[0].run(&[(0, 1)], 1).expect("a run");
            }
            runs[1].run(&[(0, 6)], 1).expect("a run");
            assert_eq!(runs[0].created(), made, "{} makes something in its steps", program.name);
            let words = |arena: Arena| plan.words[arena as usize];
            let [a, b] = runs.map(|mut gpu| {
                let floats =
                    [Arena::State, Arena::Io].map(|arena| block_on(gpu.read(arena, 0, words(arena))));
                let bits = floats
                    .map(|read| read.expect("floats").into_iter().map(f32::to_bits).collect::<Vec<_>>());
                let counters = block_on(gpu.read_u(Arena::StateU, 0, words(Arena::StateU)));
                (bits, counters.expect("integers"))
            });
            assert!(a == b, "{} differs from itself ({target:?})", program.name);
            let before = memory.floats[Arena::State as usize].iter().map(|x| x.to_bits());
            assert!(before.zip(&a.0[0]).any(|(old, new)| old != *new), "{} did not learn", program.name);
        }
    }
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
