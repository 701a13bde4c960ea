//! A program on the fast executor against the `f64` interpreter, and gradients against central
//! differences in `f64`.

use super::common::RandomProgram;
use proptest::prelude::*;
use tilde_cpu::{Cpu, Interpreter, Values};
use tilde_graph::plan::Plan;
use tilde_graph::rng::{Stream, site_key};
use tilde_graph::{DType, Device, DeviceError, Program, Task, VarId, compile};

/// Loads a plan: with vector instructions or without.
pub type Load = fn(Plan) -> Result<Cpu, DeviceError>;

/// The answer of a device that never waits.
pub fn now<T>(task: Task<'_, T>) -> T {
    let mut task = task;
    let waker = std::task::Waker::noop();
    match task.as_mut().poll(&mut std::task::Context::from_waker(waker)) {
        std::task::Poll::Ready(v) => v.expect("the CPU does not fail"),
        std::task::Poll::Pending => panic!("the CPU never waits"),
    }
}

/// Writes initial values, knobs and draw keys, as an opened exhibit does.
pub fn start(cpu: &mut Cpu, program: &Program, seed: u64) {
    let plan = cpu.plan().clone();
    for (i, v) in plan.vars.iter().enumerate() {
        if v.loc.arena.dtype() == DType::F32 {
            cpu.write(v.loc.arena, v.loc.offset, &program.initial_values(VarId(i as u32), seed));
        }
    }
    for (i, (_, value)) in program.knobs().iter().enumerate() {
        cpu.write(plan.knobs.arena, plan.knobs.offset + i as u32, &[*value]);
    }
    for (e, entry) in plan.entries.iter().enumerate() {
        let keys: Vec<u32> = (0..entry.sites).flat_map(|s| site_key(seed, e as u32, s)).collect();
        cpu.write_u(entry.keys.arena, entry.keys.offset, &keys);
    }
}

fn close(fast: &[f32], exact: &[f64], what: &str) -> Result<(), TestCaseError> {
    prop_assert_eq!(fast.len(), exact.len());
    let scale = exact.iter().fold(1.0f64, |m, x| m.max(x.abs()));
    for (i, (f, e)) in fast.iter().zip(exact).enumerate() {
        prop_assert!((f64::from(*f) - e).abs() <= 3e-5 * scale, "{what}[{i}]: {f} against {e}");
    }
    Ok(())
}

/// Three runs of the first entry: its outputs, and the variables after each.
pub fn compare(r: &RandomProgram, seed: u64, load: Load) -> Result<(), TestCaseError> {
    let name = &r.program.name;
    let plan = compile(&r.program);
    let mut cpu = load(plan.clone()).expect("small");
    start(&mut cpu, &r.program, seed);
    let mut judge = Interpreter::new(&r.program, seed);
    for round in 0..3 {
        cpu.run(&[(0, 1)], 1).expect("runs");
        judge.run(0);
        for out in &plan.entries[0].outputs {
            let fast = now(cpu.read(out.loc.arena, out.loc.offset, out.shape.len() as u32));
            let exact = judge.output(&out.name).expect("given").f();
            close(&fast, exact, &format!("{name} round {round} {}", out.name))?;
        }
        for &var in &r.state {
            let v = &plan.vars[var.id().0 as usize];
            let fast = now(cpu.read(v.loc.arena, v.loc.offset, v.shape.len() as u32));
            close(&fast, judge.read(var).f(), &format!("{name} round {round} variable {}", var.id().0))?;
        }
    }
    Ok(())
}

/// Some elements of the outputs `grad…`, the gradients of `loss` with respect to the variables in
/// order, against central differences.
pub fn check_gradients(r: &RandomProgram, seed: u64, loss: &str, grad: &str) -> Result<(), TestCaseError> {
    let name = &r.program.name;
    let mut judge = Interpreter::new(&r.program, seed);
    let start: Vec<Values> = r.state.iter().map(|v| judge.read(*v).clone()).collect();
    judge.run(0);
    let given = |i: usize| judge.output(&format!("{grad}{i}")).map(|v| v.f().to_vec());
    let grads: Vec<Vec<f64>> = (0..).map_while(given).collect();
    prop_assert!(!grads.is_empty());
    let mut pick = Stream::new(seed, 1);
    for (v, grad) in grads.iter().enumerate() {
        for _ in 0..3 {
            let i = pick.below(grad.len() as u32) as usize;
            let mut sides = [0.0; 2];
            for (side, l) in sides.iter_mut().enumerate() {
                for (var, values) in r.state.iter().zip(&start) {
                    judge.write(*var, values.clone());
                }
                let mut moved = start[v].f().to_vec();
                moved[i] += if side == 0 { -1e-5 } else { 1e-5 };
                judge.write(r.state[v], Values::F(moved));
                judge.set_invocation(0, 0);
                judge.run(0);
                *l = judge.output(loss).unwrap().f()[0];
            }
            let numeric = (sides[1] - sides[0]) / 2e-5;
            // The difference of two losses has their rounding, divided by the step.
            let scale = 1.0 + numeric.abs() + sides[0].abs() * 1e-4;
            prop_assert!(
                (numeric - grad[i]).abs() < 2e-6 * scale,
                "{name}: gradient {v}[{i}] of {loss}: {} against {numeric}",
                grad[i]
            );
        }
    }
    Ok(())
}
