//! Random programs on the GPU against the `f64` interpreter: the same programs, drawn by the same
//! generator, that the CPU backend is held to.

use crate::check::{block_on, context};
use tilde_cpu::Interpreter;
use tilde_gpu::Gpu;
use tilde_graph::{Device, compile};
use tilde_models::drive;

#[path = "../../../cpu/tests/common/mod.rs"]
mod common;

#[test]
fn agree_with_the_interpreter() {
    let Some(context) = context() else { return };
    for seed in 0..24u64 {
        let r = common::random_program(seed, false);
        let plan = compile(&r.program);
        let mut gpu = block_on(Gpu::load(&context, plan.clone())).expect("small");
        drive::start(&mut gpu, &r.program, seed);
        let mut judge = Interpreter::new(&r.program, seed);
        for round in 0..2 {
            gpu.run(&[(0, 1)], 1).expect("runs");
            judge.run(0);
            for out in &plan.entries[0].outputs {
                let read = gpu.read(out.loc.arena, out.loc.offset, out.shape.len() as u32);
                let found = block_on(read).expect("reads");
                let exact = judge.output(&out.name).expect("given").f();
                let scale = exact.iter().fold(1.0f64, |m, x| m.max(x.abs()));
                for (i, (f, e)) in found.iter().zip(exact).enumerate() {
                    // sin and cos of WGSL are exact to 2⁻¹¹ only.
                    let error = (f64::from(*f) - e).abs();
                    assert!(
                        error <= 6e-4 * scale,
                        "seed {seed} round {round} {}[{i}]: {f} against {e}",
                        out.name
                    );
                }
            }
        }
    }
}
