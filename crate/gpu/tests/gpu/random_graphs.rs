//! Random programs on the GPU against the `f64` interpreter: the same programs, drawn by the same
//! generators, that the CPU backend is held to.

use crate::check::{block_on, context, validate};
use common::{RandomProgram, layers};
use tilde_cpu::Interpreter;
use tilde_gpu::{Context, Gpu, Target};
use tilde_graph::compile;
use tilde_models::Driver;

#[path = "../../../cpu/tests/common/mod.rs"]
mod common;

/// Two runs of the program's only entry; each output is exact to `tolerance` times its largest
/// element, or times 1.
fn agrees(context: &Context, r: &RandomProgram, seed: u64, tolerance: f64) {
    let plan = compile(&r.program);
    plan.entries[0].kernels.iter().for_each(validate);
    let gpu = Driver::new(Box::new(block_on(Gpu::load(context, plan.clone())).expect("small")));
    gpu.start(&r.program, seed);
    let mut judge = Interpreter::new(&r.program, seed);
    for round in 0..2 {
        gpu.run(0).expect("runs");
        judge.run(0);
        for out in &plan.entries[0].outputs {
            let found = block_on(gpu.output(0, &out.name)).expect("reads");
            let exact = judge.output(&out.name).expect("given").f();
            let scale = exact.iter().fold(1.0f64, |m, x| m.max(x.abs()));
            for (i, (f, e)) in found.iter().zip(exact).enumerate() {
                let error = (f64::from(*f) - e).abs();
                assert!(
                    error <= tolerance * scale,
                    "{}, seed {seed} round {round} {}[{i}]: {f} against {e}",
                    r.program.name,
                    out.name
                );
            }
        }
    }
}

#[test]
fn agree_with_the_interpreter() {
    let Some(context) = context() else { return };
    for seed in 0..24u64 {
        // sin and cos of WGSL are exact to 2⁻¹¹ only.
        agrees(&context, &common::random_program(seed, false), seed, 6e-4);
    }
}

/// Every layer in two random shapes, with first and second derivatives.
fn layers_agree(target: Target, seeds: [u64; 2]) {
    let Some(context) = context() else { return };
    let context = context.with_target(target);
    for seed in seeds {
        for layer in 0..layers::count(false) {
            agrees(&context, &layers::program(layer, seed, false).1, seed, 1e-4);
        }
    }
}

#[test]
fn layers_agree_as_on_real_gpus() {
    layers_agree(Target::Hardware, [1, 2]);
}

#[test]
fn layers_agree_as_on_software_adapters() {
    layers_agree(Target::Software, [3, 4]);
}
