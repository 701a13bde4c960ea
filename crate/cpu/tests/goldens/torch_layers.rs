//! Layers against PyTorch: values, and the gradients of Σ y·cotangent.

use super::Tested;
use super::file::{Record, array, whole};
use super::ops::check_op;
use super::trial::{EXACT, Tolerance};
use tilde_graph::Tensor;

/// Sums of up to some hundred numbers, in another order than PyTorch's.
const SUMS: Tolerance = Tolerance { f64: 2e-14, f32: 2e-6 };

fn conv(r: &Record) {
    check_op(r, &[], &[], SUMS, |_, x, given| {
        let (stride, padding) = (given.count("stride"), given.count("padding"));
        match given.record.name().starts_with("conv.") {
            true => x[0].conv(x[1], stride, padding),
            false => x[0].conv_transpose(x[1], stride, padding),
        }
    });
}

fn image(r: &Record) {
    check_op(r, &[], &[], EXACT, |_, x, given| match given.record.name() {
        "image.average_pool.2" => x[0].average_pool(given.count("size")),
        "image.flip" => x[0].flip(&given.list("axes")),
        _ => x[0].upsample(given.count("size")),
    });
}

fn softmax(r: &Record) {
    let targets = r.given.get("targets").map_or(vec![], whole);
    check_op(r, &targets, &[], SUMS, |g, x, given| {
        let name = given.record.name();
        match name {
            _ if name.starts_with("softmax.plain.") => x[0].softmax(given.count("axis")),
            _ if name.starts_with("softmax.log.") => x[0].log_softmax(given.count("axis")),
            _ => x[0].cross_entropy(given.index(g)),
        }
    });
}

fn norm(r: &Record) {
    check_op(r, &[], &[], SUMS, |_, x, given| match given.record.name() {
        "norm.layer" => x[0].layer_norm(1e-5),
        "norm.rms" => x[0].rms_norm(1e-5),
        "norm.group" => x[0].group_norm(given.count("groups"), 1e-5),
        "norm.batch" | "norm.batch_images" => x[0].batch_norm(1e-5),
        other => panic!("no norm {other}"),
    });
}

fn activation(r: &Record) {
    let tolerance = match r.name() {
        // The constants √(2/π) and 0.044715 are f32, up to 3e-8 off. The derivative has σ(1 − σ),
        // which is one rounding where it is 0, times 0.2·x³.
        "activation.gelu" => Tolerance { f64: 1e-7, f32: 1e-5 },
        _ => EXACT,
    };
    check_op(r, &[], &[], tolerance, |_, x, given| match given.record.name() {
        "activation.gelu" => x[0].gelu(),
        "activation.silu" => x[0].silu(),
        "activation.relu_squared" => x[0].relu_squared(),
        other => panic!("no activation {other}"),
    });
}

fn attention(r: &Record) {
    let mask = r.given.get("mask").map_or(vec![], |m| array(m).data.iter().map(|x| *x as u32).collect());
    check_op(r, &mask, &[], SUMS, |g, x, given| {
        let [time, keys] = [0, 1].map(|i| x[i].shape().dim(x[i].shape().rank() - 2));
        let mask = match given.record.name() {
            "attention.full" => None,
            "attention.causal" => Some(g.causal_mask(time)),
            _ => Some(given.index(g).to_f32().reshape([time, keys])),
        };
        x[0].attention(x[1], x[2], mask)
    });
}

fn order(r: &Record) {
    check_op(r, &[], &[], SUMS, |g, x, given| {
        let name = given.record.name();
        match name {
            "order.ranks" => x[0].ranks(),
            "order.top_k_mask" => x[0].top_k_mask(g.constant(given.count("k") as f32)),
            "order.top_k.values" | "order.top_k.equals" => x[0].top_k(given.count("k")).0,
            "order.top_k.places" => x[0].top_k(given.count("k")).1.to_f32(),
            _ if name.starts_with("order.arg_max.") => x[0].arg_max(given.count("axis")).to_f32(),
            _ => x[0].cumsum(given.count("axis")),
        }
    });
}

fn pick(r: &Record) {
    let rows =
        r.given.get("rows").map_or(vec![], |rows| array(rows).data.iter().map(|x| *x as u32).collect());
    check_op(r, &rows, &[], EXACT, |g, x, given| {
        let index = || given.index(g).reshape([2, 3]);
        let stopped = |x: Tensor<'_>| x.stop().id();
        match given.record.name() {
            "pick.embedding" => x[0].embedding(index()),
            "pick.one_hot" => index().one_hot(6) * x[0],
            "pick.stop" => {
                assert_ne!(stopped(x[0]), x[0].id(), "a stopped tensor is another one");
                x[0] * x[0].stop() + x[0].square().stop()
            }
            "pick.straight_through" => x[0].straight_through(x[1]),
            other => panic!("no pick {other}"),
        }
    });
}

/// The records of `torch.json` that hold one layer.
pub const TESTED: &[Tested] = &[
    ("conv.", conv),
    ("conv_transpose.", conv),
    ("image.", image),
    ("softmax.", softmax),
    ("norm.", norm),
    ("activation.", activation),
    ("attention.", attention),
    ("order.", order),
    ("pick.", pick),
];

#[test]
fn layers_agree_with_pytorch() {
    super::run("torch", TESTED);
}
