//! Fusion: the number of kernels of softmax, norms, attention and convolutions. Ops that only move numbers
//! copy nothing.

use tilde_graph::plan::{Arena, Core, Kernel};
use tilde_graph::{EntryId, Graph, Init, Plan, Program, Shape, Tensor, compile};

fn plan(p: &mut Program, build: impl FnOnce(&Graph)) -> (Plan, EntryId) {
    let entry = p.entry("run", build).expect("legal shapes");
    (compile(p), entry)
}

fn passes(kernel: &Kernel) -> usize {
    match &kernel.core {
        Core::Reduce { passes, .. } => passes.len(),
        _ => 0,
    }
}

fn products(plan: &Plan) -> usize {
    plan.entries[0].kernels.iter().filter(|k| matches!(k.core, Core::Matmul { .. })).count()
}

/// Over the last axis.
fn softmax(x: Tensor<'_>) -> Tensor<'_> {
    let axis = x.shape().rank() - 1;
    let e = (x - x.max_keep(&[axis]).stop()).exp();
    e / e.sum_keep(&[axis])
}

#[test]
fn softmax_is_one_kernel_of_two_passes() {
    let mut p = Program::new("softmax");
    let x = p.input("x", [40, 65]);
    let (plan, _) = plan(&mut p, |g| g.output("y", softmax(g.read(x))));
    let [kernel] = &plan.entries[0].kernels[..] else { panic!("one kernel, not\n{plan}") };
    assert_eq!(passes(kernel), 2, "{kernel}");
    assert_eq!(plan.words[Arena::Work as usize], 4, "nothing is kept between the passes");
}

#[test]
fn a_norm_and_its_gradient_are_a_kernel_each() {
    let mut p = Program::new("norm");
    let x = p.input("x", [40, 96]);
    let dy = p.input("dy", [40, 96]);
    let (plan, _) = plan(&mut p, |g| {
        let x = g.read(x);
        let centred = x - x.mean_axes(&[1]).reshape([40, 1]);
        let variance = centred.square().mean_axes(&[1]).reshape([40, 1]);
        let y = centred / (variance + 1e-5).sqrt();
        g.output("y", y);
        g.output("dx", g.grad((y * g.read(dy)).sum(), &[x])[0]);
    });
    let rows: Vec<&Kernel> = plan.entries[0].kernels.iter().filter(|k| passes(k) > 0).collect();
    assert!(plan.entries[0].kernels.len() <= 2, "{plan}");
    assert!(rows.iter().all(|k| k.points() == 40), "{plan}");
}

#[test]
fn the_loss_over_classes_and_its_gradient_are_one_kernel() {
    let mut p = Program::new("loss");
    let x = p.input("x", [64, 65]);
    let targets = p.data_u("targets", [64]);
    let (plan, _) = plan(&mut p, |g| {
        let x = g.read(x);
        let picked = g.iota([64, 65], 1).equal(g.read(targets).reshape([64, 1]).broadcast([64, 65]));
        let loss = (x.log_sum_exp(1) - (x * picked).sum_axes(&[1])).mean();
        g.output("loss", loss);
        g.output("dx", g.grad(loss, &[x])[0]);
    });
    assert!(plan.entries[0].kernels.len() <= 2, "one over the rows, and the mean\n{plan}");
}

#[test]
fn heads_are_split_and_joined_by_addressing() {
    let (b, t, h, d) = (3, 16, 2, 8);
    let mut p = Program::new("attention");
    let mut group = p.group("net");
    let qkv = group.param(&mut p, "qkv", [h * d, 3 * h * d], Init::Normal(0.1));
    let out = group.param(&mut p, "out", [h * d, h * d], Init::Normal(0.1));
    let x = p.input("x", [b * t, h * d]);
    let (plan, _) = plan(&mut p, |g| {
        let qkv = g.read(x).matmul(g.param(qkv)).reshape([b, t, 3, h, d]).permute(&[2, 0, 3, 1, 4]);
        let part = |i: usize| qkv.slice(i, 1).reshape([b, h, t, d]);
        let weights = softmax(part(0).matmul_nt(part(1)) * 0.35);
        let joined = weights.matmul(part(2)).permute(&[0, 2, 1, 3]).reshape([b * t, h * d]);
        g.output("grad", g.grad_group(joined.matmul(g.param(out)).square().sum(), &group));
    });
    let copies = plan.entries[0].kernels.iter().filter(|k| k.core == Core::Map);
    assert_eq!(copies.count(), 1, "only the padding between parameters\n{plan}");
    assert_eq!(products(&plan), 11, "four forward, two for the gradient of each but the input\n{plan}");
}

#[test]
fn a_convolution_is_a_product_over_windows_that_nobody_copies() {
    let mut p = Program::new("conv");
    let x = p.input("x", [2, 9, 9, 3]);
    let w = p.state("w", [3, 3, 3, 5], Init::Normal(0.1));
    let (plan, _) = plan(&mut p, |g| {
        let y = g.read(x).conv(g.read(w), 1, 1).silu();
        g.output("y", y.conv(g.table(&[0.1; 9 * 5 * 2], [3, 3, 5, 2]), 2, 1));
    });
    let [copy, first, second] = &plan.entries[0].kernels[..] else { panic!("three kernels, not\n{plan}") };
    assert!(copy.core == Core::Map && copy.points() == 2 * 9 * 9 * 3, "the input, into its border\n{plan}");
    for (kernel, k) in [(first, 27), (second, 45)] {
        assert!(matches!(kernel.core, Core::Matmul { k: summed, .. } if summed == k), "{kernel}");
    }
    assert_eq!(first.body.stores.len(), 1, "into the border of the second's input: {first}");
    // The two images with their borders, no patches.
    assert_eq!(plan.words[Arena::Work as usize], (2 * 11 * 11 * 3 + 2) + (2 * 11 * 11 * 5 + 2), "{plan}");
}

#[test]
fn the_gradients_of_slices_that_meet_are_joined() {
    let mut p = Program::new("slices");
    let x = p.input("x", [12, 4]);
    let (plan, _) = plan(&mut p, |g| {
        let x = g.read(x);
        let loss = x.slice(8, 4).exp().sum() + x.slice(0, 4).square().sum() + x.slice(4, 4).sin().sum();
        let grad = g.grad(loss, &[x])[0];
        g.output("grad", grad.matmul(g.table(&[0.5; 12], [4, 3])));
    });
    assert!(
        plan.entries[0].kernels.iter().all(|k| !k.label.contains("pad")),
        "every part is written where it belongs\n{plan}"
    );
}

/// The example with which the compiler's `fuse` explains its words.
#[test]
fn a_network_and_its_error_are_three_kernels() {
    let mut p = Program::new("example");
    let [x, t] = [p.data("x", [64, 16]), p.data("t", [64, 8])];
    let w = p.state("w", [16, 32], Init::Constant(0.0));
    let b = p.state("b", [32], Init::Constant(0.0));
    let v = p.state("v", [32, 8], Init::Constant(0.0));
    let (plan, _) = plan(&mut p, |g| {
        let z = g.read(x).matmul(g.read(w));
        let h = (z + g.read(b)).tanh();
        let y = h.matmul(g.read(v));
        let e = (y - g.read(t)).square();
        g.output("m", e.sum_axes(&[1]) / 8.0);
    });
    let kernels = &plan.entries[0].kernels;
    let labels: Vec<&str> = kernels.iter().map(|k| k.label.as_str()).collect();
    assert_eq!(labels, ["matmul+add+tanh", "matmul", "sub+mul+sum+div"]);
    let domains: Vec<Shape> = kernels.iter().map(|k| k.domain).collect();
    assert_eq!(domains, [Shape::new(&[64, 32]), Shape::new(&[64, 8]), Shape::new(&[64])]);
    // h and y cross through memory, and nothing else does.
    let work = |k: &Kernel| k.body.stores.iter().filter(|s| s.access.loc.arena == Arena::Work).count();
    assert_eq!(kernels.iter().map(work).collect::<Vec<_>>(), [1, 1, 0]);
}
