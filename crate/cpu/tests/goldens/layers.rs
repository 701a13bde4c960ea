//! Layers of `seed1.json`, whose images are `[B, C, H, W]`.

use super::Tested;
use super::convolutions::{first, last};
use super::file::Record;
use super::ops::{Build, check_op};
use super::trial::Tolerance;
use tilde_graph::Tensor;

const TOLERANCE: Tolerance = Tolerance { f64: 1e-12, f32: 2e-6 };

fn layer(r: &Record, words: &[u32], numbers: &[f64], build: Build) {
    check_op(r, words, numbers, TOLERANCE, build);
}

fn linear(r: &Record) {
    layer(r, &[], &[], |_, x, _| x[0].matmul_nt(x[1]) + x[2]);
}

fn layer_norm(r: &Record) {
    // ε is an f32 here, 2.5e-13 from the record's 1e-5.
    let tolerance = Tolerance { f64: 5e-12, ..TOLERANCE };
    check_op(r, &[], &[], tolerance, |_, x, _| x[0].layer_norm(1e-5) * x[1] + x[2]);
}

fn rms_norm(r: &Record) {
    layer(r, &[], &[], |_, x, _| x[0].rms_norm(1e-6) * x[1]);
}

/// Eight channels in four groups.
fn group_norm(r: &Record) {
    layer(r, &[], &[], |_, x, _| first(last(x[0]).group_norm(4, 1e-5) * x[1] + x[2]));
}

fn gelu_tanh(r: &Record) {
    // The constants are f32, up to 3e-8 off; and the derivative has σ(1 − σ), which is one rounding
    // where it is 0, times 0.2·x³.
    check_op(r, &[], &[], Tolerance { f64: 1e-7, f32: 1e-5 }, |_, x, _| x[0].gelu());
}

fn silu(r: &Record) {
    layer(r, &[], &[], |_, x, _| x[0].silu());
}

fn softplus(r: &Record) {
    // PyTorch's softplus is x above 20, where e⁻²⁰ = 2e-9 is missing.
    check_op(r, &[], &[], Tolerance { f64: 2e-9, ..TOLERANCE }, |_, x, _| x[0].softplus());
}

fn softmax(r: &Record) {
    layer(r, &[], &[], |_, x, _| x[0].log_softmax(1));
}

/// Rows of a table; the gradient adds up where a row is picked twice.
fn embedding(r: &Record) {
    let picks: Vec<u32> = r.listed().into_iter().map(|x| x as u32).collect();
    layer(r, &picks, &[], |g, x, given| x[0].embedding(given.index(g)));
}

fn cross_entropy(r: &Record) {
    let targets: Vec<u32> = r.listed().into_iter().map(|x| x as u32).collect();
    layer(r, &targets, &[], |g, x, given| {
        x[0].cross_entropy(given.index(g)).sum() / x[0].shape().dim(0) as f32
    });
}

fn bce(r: &Record) {
    layer(r, &[], &r.listed(), |g, x, given| {
        let targets: Vec<Tensor> = given.numbers.iter().map(|k| g.knob(*k).reshape([1])).collect();
        x[0].bce_with_logits(g.concat(&targets, 0)).sum()
    });
}

fn causal_attention(r: &Record) {
    layer(r, &[], &[], |g, x, _| {
        let mask = g.causal_mask(x[0].shape().dim(2));
        x[0].attention(x[1], x[2], Some(mask))
    });
}

/// Every pixel four times.
fn upsample(r: &Record) {
    layer(r, &[], &[], |_, x, _| first(last(x[0]).upsample(2)));
}

/// The mean of every four pixels.
fn average_pool(r: &Record) {
    layer(r, &[], &[], |_, x, _| first(last(x[0]).average_pool(2)));
}

/// The records of `seed1.json` that hold a layer.
pub const TESTED: &[Tested] = &[
    ("nn.linear", linear),
    ("nn.layernorm", layer_norm),
    ("nn.rmsnorm", rms_norm),
    ("nn.groupnorm4of8", group_norm),
    ("nn.gelu_tanh", gelu_tanh),
    ("nn.silu", silu),
    ("nn.softplus", softplus),
    ("nn.logsoftmax", softmax),
    ("nn.upsample_nearest2", upsample),
    ("nn.avgpool2", average_pool),
    ("nn.causal_attn", causal_attention),
    ("nn.embedding", embedding),
    ("nn.cross_entropy_mean", cross_entropy),
    ("nn.bce_logits_sum", bce),
];

#[test]
fn layers_agree_with_seed1() {
    super::run("seed1", TESTED);
}
