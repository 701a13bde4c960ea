//! Random programs: the fast executor, portable and SIMD, against the `f64` interpreter; and every
//! gradient against central differences in `f64`.

mod common;

use common::random_program;
use proptest::prelude::*;
use tilde_cpu::{Cpu, Interpreter, Values};
use tilde_graph::plan::Plan;
use tilde_graph::rng::site_key;
use tilde_graph::{Device, Program, VarId, compile};

fn now<T>(task: tilde_graph::Task<'_, T>) -> T {
    let mut task = task;
    let waker = std::task::Waker::noop();
    match task.as_mut().poll(&mut std::task::Context::from_waker(waker)) {
        std::task::Poll::Ready(v) => v.expect("the CPU does not fail"),
        std::task::Poll::Pending => panic!("the CPU never waits"),
    }
}

/// Writes initial values, knobs and draw keys, as an opened exhibit does.
fn start(cpu: &mut Cpu, program: &Program, seed: u64) {
    let plan = cpu.plan().clone();
    for (i, v) in plan.vars.iter().enumerate() {
        if v.loc.arena.dtype() == tilde_graph::DType::F32 {
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

fn compare(seed: u64, load: fn(Plan) -> Result<Cpu, tilde_graph::DeviceError>) -> Result<(), TestCaseError> {
    let r = random_program(seed, false);
    let plan = compile(&r.program);
    let mut cpu = load(plan.clone()).expect("small");
    start(&mut cpu, &r.program, seed);
    let mut judge = Interpreter::new(&r.program, seed);
    for round in 0..3 {
        cpu.run(&[(0, 1)], 1).expect("runs");
        judge.run(0);
        for out in &plan.entries[0].outputs {
            let fast = now(cpu.read(out.loc.arena, out.loc.offset, out.shape.len() as u32));
            close(
                &fast,
                judge.output(&out.name).expect("given").f(),
                &format!("round {round} {}", out.name),
            )?;
        }
        for &var in &r.state {
            let v = &plan.vars[var.id().0 as usize];
            let fast = now(cpu.read(v.loc.arena, v.loc.offset, v.shape.len() as u32));
            close(&fast, judge.read(var).f(), &format!("round {round} variable {}", var.id().0))?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn simd_agrees_with_the_interpreter(seed in any::<u64>()) {
        compare(seed, Cpu::load)?;
    }

    #[test]
    fn portable_agrees_with_the_interpreter(seed in any::<u64>()) {
        compare(seed, Cpu::load_portable)?;
    }

    #[test]
    fn gradients_agree_with_central_differences(seed in any::<u64>()) {
        let r = random_program(seed, true);
        let mut judge = Interpreter::new(&r.program, seed);
        let start: Vec<Values> = r.state.iter().map(|v| judge.read(*v).clone()).collect();
        judge.run(0);
        let grads: Vec<Vec<f64>> = (0..4).map(|i| judge.output(&format!("grad{i}")).unwrap().f().to_vec()).collect();
        let mut pick = tilde_graph::rng::Stream::new(seed, 1);
        for (v, grad) in grads.iter().enumerate() {
            for _ in 0..3 {
                let i = pick.below(grad.len() as u32) as usize;
                let mut loss = [0.0; 2];
                for (side, l) in loss.iter_mut().enumerate() {
                    for (var, values) in r.state.iter().zip(&start) {
                        judge.write(*var, values.clone());
                    }
                    let mut moved = start[v].f().to_vec();
                    moved[i] += if side == 0 { -1e-5 } else { 1e-5 };
                    judge.write(r.state[v], Values::F(moved));
                    judge.set_invocation(0, 0);
                    judge.run(0);
                    *l = judge.output("loss").unwrap().f()[0];
                }
                let numeric = (loss[1] - loss[0]) / 2e-5;
                let scale = 1.0 + numeric.abs();
                prop_assert!((numeric - grad[i]).abs() < 2e-6 * scale, "grad{v}[{i}]: {} against {numeric}", grad[i]);
            }
        }
    }
}
