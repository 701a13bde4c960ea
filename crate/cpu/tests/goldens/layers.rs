//! Layers of `seed1.json`, composed of the graph's ops.

use super::Tested;
use super::file::Record;
use super::ops::{Build, check_op};
use super::trial::Tolerance;
use tilde_graph::{Binary, Tensor};

const TOLERANCE: Tolerance = Tolerance { f64: 1e-12, f32: 2e-6 };

fn layer(r: &Record, words: &[u32], numbers: &[f64], build: Build) {
    check_op(r, words, numbers, TOLERANCE, build);
}

/// `x [.., N]` to mean 0 and variance 1 along the last of two axes.
fn normalise<'g>(x: Tensor<'g>, epsilon: Tensor<'g>) -> Tensor<'g> {
    let n = x.shape().dim(1) as f32;
    let centred = x - x.sum_keep(&[1]) / n;
    centred / (centred.square().sum_keep(&[1]) / n + epsilon).sqrt()
}

fn log_softmax(x: Tensor<'_>) -> Tensor<'_> {
    x - x.log_sum_exp(1).reshape([x.shape().dim(0), 1])
}

fn linear(r: &Record) {
    layer(r, &[], &[], |_, x, _| x[0].matmul_nt(x[1]) + x[2]);
}

fn layer_norm(r: &Record) {
    layer(r, &[], &[1e-5], |g, x, given| normalise(x[0], g.knob(given.numbers[0])) * x[1] + x[2]);
}

fn rms_norm(r: &Record) {
    layer(r, &[], &[1e-6], |g, x, given| {
        let square = x[0].square().sum_keep(&[1]) / x[0].shape().dim(1) as f32;
        x[0] / (square + g.knob(given.numbers[0])).sqrt() * x[1]
    });
}

/// Eight channels in four groups.
fn group_norm(r: &Record) {
    layer(r, &[], &[1e-5], |g, x, given| {
        let shape = x[0].shape();
        let grouped = x[0].reshape([shape.dim(0) * 4, shape.len() / shape.dim(0) / 4]);
        let y = normalise(grouped, g.knob(given.numbers[0])).reshape(shape);
        y * x[1].reshape([8, 1, 1]) + x[2].reshape([8, 1, 1])
    });
}

/// ½x(1 + tanh(√(2/π)(x + 0.044715x³))).
fn gelu_tanh(r: &Record) {
    // The derivative has 1 − tanh², which is one rounding of tanh where it is 0, times 0.3·x³.
    let tolerance = Tolerance { f32: 1e-5, ..TOLERANCE };
    check_op(r, &[], &[std::f64::consts::FRAC_2_PI.sqrt(), 0.044715], tolerance, |g, x, given| {
        let (x, [scale, cubic]) = (x[0], [0, 1].map(|i| g.knob(given.numbers[i])));
        0.5 * x * (1.0 + (scale * (x + cubic * x * x.square())).tanh())
    });
}

fn silu(r: &Record) {
    layer(r, &[], &[], |_, x, _| x[0].silu());
}

fn softplus(r: &Record) {
    // PyTorch's softplus is x above 20, where e⁻²⁰ = 2e-9 is missing.
    check_op(r, &[], &[], Tolerance { f64: 2e-9, ..TOLERANCE }, |_, x, _| x[0].softplus());
}

fn softmax(r: &Record) {
    layer(r, &[], &[], |_, x, _| log_softmax(x[0]));
}

/// Rows of a table; the gradient adds up where a row is picked twice.
fn embedding(r: &Record) {
    let picks: Vec<u32> = r.listed().into_iter().map(|x| x as u32).collect();
    layer(r, &picks, &[], |g, x, given| x[0].gather(given.index(g)));
}

/// −mean log softmax at the targets, which are gathered from the flat table of all classes.
fn cross_entropy(r: &Record) {
    let classes = r.args()[0].shape[1] as u32;
    let places: Vec<u32> = (0..).zip(r.listed()).map(|(i, t)| i * classes + t as u32).collect();
    layer(r, &places, &[], |g, x, given| {
        let flat = log_softmax(x[0]).reshape([x[0].shape().len()]);
        -flat.gather(given.index(g)).sum() / x[0].shape().dim(0) as f32
    });
}

fn bce(r: &Record) {
    layer(r, &[], &r.listed(), |g, x, given| {
        let targets: Vec<Tensor> = given.numbers.iter().map(|k| g.knob(*k).reshape([1])).collect();
        x[0].bce_with_logits(g.concat(&targets, 0)).sum()
    });
}

/// softmax(QKᵀ/√d, past only)·V, two heads as a batch.
fn causal_attention(r: &Record) {
    layer(r, &[], &[], |g, x, _| {
        let shape = x[0].shape();
        let [heads, time, d] = [1, 2, 3].map(|a| shape.dim(a));
        let [q, k, v] = [0, 1, 2].map(|i| x[i].reshape([heads, time, d]));
        let grid = [time, time];
        let past = g.iota(grid, 1).binary(Binary::Le, g.iota(grid, 0));
        let scores = past.select(q.matmul_nt(k) / (d as f32).sqrt(), g.constant(-1e9));
        let top = scores.max_keep(&[2]).stop();
        let weight = (scores - top).exp() * past;
        (weight / weight.sum_keep(&[2])).matmul(v).reshape(shape)
    });
}

/// Every pixel four times.
fn upsample(r: &Record) {
    layer(r, &[], &[], |_, x, _| {
        let [b, c, h, w] = [0, 1, 2, 3].map(|a| x[0].shape().dim(a));
        let wide = x[0].reshape([b, c, h, 1, w, 1]).broadcast([b, c, h, 2, w, 2]);
        wide.reshape([b, c, 2 * h, 2 * w])
    });
}

/// The mean of every four pixels.
fn average_pool(r: &Record) {
    layer(r, &[], &[], |_, x, _| {
        let [b, c, h, w] = [0, 1, 2, 3].map(|a| x[0].shape().dim(a));
        x[0].reshape([b, c, h / 2, 2, w / 2, 2]).sum_axes(&[3, 5]) * 0.25
    });
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
