//! Kernels written by hand, of shapes that programs rarely have, against a naive evaluation point
//! by point in `f64`: products whose factors have several axes, and rows of several passes.

mod naive;
mod products;
mod rows;

use naive::Arenas;
use tilde_cpu::Cpu;
use tilde_graph::plan::{Access, Arena, EntryPlan, Instr, Kernel, Loc, Plan, Store};
use tilde_graph::rng::Stream;
use tilde_graph::{Device, Task};

/// The word `offset` of the inputs.
fn data(offset: u32) -> Loc {
    Loc { arena: Arena::Data, offset }
}

/// The word `offset` of the results.
fn work(offset: u32) -> Loc {
    Loc { arena: Arena::Work, offset }
}

fn access(loc: Loc, strides: &[i32]) -> Access {
    let mut all = [0; 6];
    all[..strides.len()].copy_from_slice(strides);
    Access { loc, strides: all }
}

fn load(loc: Loc, strides: &[i32]) -> Instr {
    Instr::Load(access(loc, strides), vec![])
}

fn store(loc: Loc, strides: &[i32], reg: u16) -> Store {
    Store { access: access(loc, strides), reg }
}

fn now<T>(mut task: Task<'_, T>) -> T {
    let waker = std::task::Waker::noop();
    match task.as_mut().poll(&mut std::task::Context::from_waker(waker)) {
        std::task::Poll::Ready(v) => v.expect("the CPU does not fail"),
        std::task::Poll::Pending => panic!("the CPU never waits"),
    }
}

/// Runs the kernel twice on random inputs, portable and with the best instructions there are, and
/// compares all of the work arena, rounding errors relative to `scale` aside.
fn check(kernel: Kernel, words: [u32; 2], scale: f64) {
    let mut sizes = [4; 7];
    sizes[Arena::Data as usize] = words[0].next_multiple_of(4);
    sizes[Arena::Work as usize] = words[1].next_multiple_of(4);
    let mut stream = Stream::new(u64::from(words[0]) << 32 | u64::from(words[1]), 0);
    let inputs: Vec<f32> = (0..words[0]).map(|_| stream.normal()).collect();
    let mut exact = Arenas::new(&inputs, words[1]);
    exact.run(&kernel);
    let entry = EntryPlan {
        name: "run".into(),
        kernels: vec![kernel],
        keys: data(0),
        counter: data(0),
        sites: 0,
        outputs: vec![],
    };
    let plan = Plan {
        name: "by hand".into(),
        entries: vec![entry],
        vars: vec![],
        words: sizes,
        knobs: Loc { arena: Arena::Io, offset: 0 },
        knob_count: 0,
        tables: vec![],
    };
    for open in [Cpu::load, Cpu::load_portable] {
        let mut cpu = open(plan.clone()).expect("small");
        assert_eq!(cpu.kernels(0), 1);
        cpu.write(Arena::Data, 0, &inputs);
        cpu.run(&[(0, 1)], 1).expect("runs");
        cpu.run_kernel(0, 0);
        let fast = now(cpu.read(Arena::Work, 0, words[1]));
        for (i, (f, e)) in fast.iter().zip(&exact.work).enumerate() {
            let near = (f64::from(*f) - e).abs() <= 2e-6 * scale * e.abs().max(1.0);
            assert!(near, "{}, word {i}: {f} against {e} in\n{}", cpu.describe(), plan.entries[0]);
        }
    }
}
