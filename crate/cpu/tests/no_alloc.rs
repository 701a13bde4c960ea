//! Running steps on the CPU allocates nothing. In a test binary of its own, because it replaces
//! the allocator by one that counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use tilde_cpu::Cpu;
use tilde_graph::optim::{Adam, AdamOptions};
use tilde_graph::plan::{Core, Kernel};
use tilde_graph::{Device, Init, Program, compile};

struct Counting;

thread_local! {
    /// Allocations of this thread: the harness has threads of its own.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|c| c.set(c.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(ptr, layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.with(|c| c.set(c.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.realloc(ptr, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> usize {
    let before = COUNT.with(Cell::get);
    work();
    COUNT.with(Cell::get) - before
}

/// A training step with every kind of kernel: products, convolutions, reductions, rows of several
/// passes, draws, gathers, padding, concatenation, an optimiser.
fn program() -> Program {
    let mut p = Program::new("step");
    let data = p.data("data", [100, 7]);
    let packed = p.data_u("packed", [100, 2]);
    let mut group = p.group("net");
    let w1 = group.param(&mut p, "w1", [15, 70], Init::Normal(0.3));
    let b1 = group.param(&mut p, "b1", [70], Init::Constant(0.0));
    let w2 = group.param(&mut p, "w2", [70, 7], Init::Normal(0.3));
    let w3 = group.param(&mut p, "w3", [3, 3, 2, 4], Init::Normal(0.3));
    let adam = Adam::new(&mut p, &group, "adam", AdamOptions::default());
    p.entry("train", |g| {
        let rows = g.indices(33, 100);
        let (x, bytes) = (g.read(data).gather(rows), g.read(packed).gather_bytes(rows, 8) / 255.0);
        let noisy = g.concat(&[x + g.normal([33, 7]), bytes], 1);
        let hidden = (noisy.matmul(g.param(w1)) + g.param(b1)).leaky_relu(0.1);
        let out = hidden.matmul(g.param(w2));
        let edges = out.slice_axis(1, 1, 6).pad(1, 0, 1) - out;
        let e = (hidden - hidden.max_keep(&[1])).exp();
        let share = e / e.sum_keep(&[1]);
        let image = share.reshape([33, 5, 7, 2]).conv(g.param(w3), 2, 1);
        let loss = (out - x).square().mean() + edges.abs().mean() + out.log_sum_exp(1).mean();
        let loss = loss + image.square().mean();
        g.output("loss", loss);
        adam.update(g, g.grad_group(loss, &group), g.constant(1e-3));
    })
    .expect("legal shapes");
    p
}

#[test]
fn a_step_allocates_nothing() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new([1u8; 64])))), 1, "the counter counts");
    let plan = compile(&program());
    let several = |k: &Kernel| matches!(&k.core, Core::Reduce { passes, .. } if passes.len() > 1);
    assert!(plan.entries[0].kernels.iter().any(several), "a row kernel of several passes in {plan}");
    for load in [Cpu::load, Cpu::load_portable] {
        let mut cpu = load(plan.clone()).expect("a small plan");
        let steps = allocations(|| cpu.run(&[(0, 3)], 5).expect("runs"));
        assert_eq!(steps, 0, "allocations in 15 steps, the first included");
    }
}
