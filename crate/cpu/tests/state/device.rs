//! Programs on the CPU.

use tilde_cpu::Cpu;
use tilde_graph::rng::site_key;
use tilde_graph::{Device, DeviceError, Plan, Program, Var, VarId, compile};

/// The answer of a device that never waits.
pub fn now<T>(mut task: tilde_graph::Task<'_, T>) -> T {
    match task.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => value.expect("the CPU does not fail"),
        std::task::Poll::Pending => panic!("the CPU never waits"),
    }
}

/// How a plan is loaded.
pub type Load = fn(Plan) -> Result<Cpu, DeviceError>;

/// With vector instructions and without.
pub const LOADS: [Load; 2] = [Cpu::load, Cpu::load_portable];

/// A loaded program with its initial values and draw keys.
pub fn start(program: &Program, load: Load, seed: u64) -> Cpu {
    let plan = compile(program);
    let mut cpu = load(plan.clone()).expect("a small plan");
    for (i, v) in plan.vars.iter().enumerate() {
        if v.loc.arena.dtype() == tilde_graph::DType::F32 {
            cpu.write(v.loc.arena, v.loc.offset, &program.initial_values(VarId(i as u32), seed));
        }
    }
    for (e, entry) in plan.entries.iter().enumerate() {
        let keys: Vec<u32> = (0..entry.sites).flat_map(|s| site_key(seed, e as u32, s)).collect();
        cpu.write_u(entry.keys.arena, entry.keys.offset, &keys);
    }
    cpu
}

/// A variable's contents.
pub fn values(cpu: &mut Cpu, var: Var) -> Vec<f32> {
    let v = cpu.plan().vars[var.id().0 as usize].clone();
    now(cpu.read(v.loc.arena, v.loc.offset, v.shape.len() as u32))
}
