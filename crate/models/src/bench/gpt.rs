//! A transformer that predicts the next letter of a text.

use super::draws::{Uniforms, weight};
use super::{Data, Task};
use alloc::format;
use alloc::vec::Vec;
use tilde_graph::optim::{Adam, AdamOptions};
use tilde_graph::{Binary, Graph, GraphError, Group, Init, Param, Program, Tensor};

const B: usize = 12;
const T: usize = 64;
const V: usize = 65;
/// Width of the residual stream.
const C: usize = 128;
const HEADS: usize = 4;
const LAYERS: usize = 4;

/// The parameters of a layer.
struct Layer {
    norm_attention: Param,
    /// Queries, keys and values side by side.
    qkv: Param,
    project: Param,
    norm_mlp: Param,
    widen: Param,
    narrow: Param,
}

/// Blocks of causal attention and a perceptron (tanh-GELU), normalised before; no biases; the
/// embedding is also the head. Mean cross-entropy, AdamW that decays all but the gains of the
/// normalisations.
pub fn gpt_char() -> Result<Task, GraphError> {
    const RATE: f32 = 1e-3;
    let options = AdamOptions { beta2: 0.99, ..AdamOptions::default() };
    let mut draws = Uniforms::weights();
    let mut program = Program::new("bench gpt_char");
    let (letters, targets) = (program.data_u("letters", [B * T]), program.data_u("targets", [B * T]));
    let mut theta = program.group("weights");
    let mut gains = program.group("gains");
    // Uniform in ±1/50, as if of 2500 inputs.
    let embedding = weight(&mut program, &mut theta, "embedding", [V, C], 2500, &mut draws);
    let position = weight(&mut program, &mut theta, "position", [T, C], 2500, &mut draws);
    let layers: Vec<Layer> =
        (1..=LAYERS).map(|i| layer(&mut program, &mut theta, &mut gains, i, &mut draws)).collect();
    let norm_head = gain(&mut program, &mut gains, "head");
    let adam = Adam::new(&mut program, &theta, "adam_weights", AdamOptions { decay: 0.1, ..options });
    let adam_gains = Adam::new(&mut program, &gains, "adam_gains", options);

    let step = program.entry("train", |g| {
        let letter = g.param(embedding).gather(g.read(letters));
        let h = letter.reshape([B, T, C]) + g.param(position);
        let h = layers.iter().fold(h.reshape([B * T, C]), |h, layer| layer.apply(g, h));
        let logits = normalised(g, h, norm_head).matmul_nt(g.param(embedding));
        let hit = g.read(targets).reshape([B * T, 1]).equal(g.iota([1, V], 1));
        let loss = (logits.log_sum_exp(1) - (hit * logits).sum_axes(&[1])).mean();
        adam.update(g, g.grad_group(loss, &theta), g.constant(RATE));
        adam_gains.update(g, g.grad_group(loss, &gains), g.constant(RATE));
        g.output("loss", loss);
    })?;
    let mut uniforms = Uniforms::batch();
    let mut letter = || (uniforms.next() * V as f64) as u32;
    let (x, y) = (0..B * T).map(|_| (letter(), letter())).unzip();
    let data = Vec::from([(letters, Data::Integers(x)), (targets, Data::Integers(y))]);
    Ok(Task { program, data, step: Vec::from([step]) })
}

fn gain(program: &mut Program, gains: &mut Group, name: &str) -> Param {
    gains.param(program, name, [C], Init::Constant(1.0))
}

fn layer(
    program: &mut Program,
    theta: &mut Group,
    gains: &mut Group,
    i: usize,
    draws: &mut Uniforms,
) -> Layer {
    let mut matrix = |name: &str, inputs: usize, outputs: usize| {
        weight(program, theta, &format!("layer{i}.{name}"), [inputs, outputs], inputs, draws)
    };
    let qkv = matrix("qkv", C, 3 * C);
    let project = matrix("project", C, C);
    let widen = matrix("widen", C, 4 * C);
    let narrow = matrix("narrow", 4 * C, C);
    Layer {
        qkv,
        project,
        widen,
        narrow,
        norm_attention: gain(program, gains, &format!("layer{i}.attention")),
        norm_mlp: gain(program, gains, &format!("layer{i}.mlp")),
    }
}

impl Layer {
    /// `[B·T, C] → [B·T, C]`.
    fn apply<'g>(&self, g: &'g Graph, h: Tensor<'g>) -> Tensor<'g> {
        let qkv = normalised(g, h, self.norm_attention).matmul(g.param(self.qkv));
        let h = h + attention(g, qkv).matmul(g.param(self.project));
        let wide = normalised(g, h, self.norm_mlp).matmul(g.param(self.widen));
        h + gelu(wide).matmul(g.param(self.narrow))
    }
}

/// Each row with mean 0 and variance 1, times a gain.
fn normalised<'g>(g: &'g Graph, h: Tensor<'g>, gain: Param) -> Tensor<'g> {
    let centred = h - h.sum_keep(&[1]) * (1.0 / C as f32);
    let variance = centred.square().sum_keep(&[1]) * (1.0 / C as f32);
    centred / (variance + 1e-5).sqrt() * g.param(gain)
}

/// Causal attention of several heads: `[B·T, 3C] → [B·T, C]`.
fn attention<'g>(g: &'g Graph, qkv: Tensor<'g>) -> Tensor<'g> {
    const D: usize = C / HEADS;
    let heads = |i: usize| {
        let part = qkv.slice_axis(1, i * C, C).reshape([B, T, HEADS, D]);
        part.permute(&[0, 2, 1, 3]).reshape([B * HEADS, T, D])
    };
    let (q, k, v) = (heads(0), heads(1), heads(2));
    let past = g.iota([T, T], 1).binary(Binary::Le, g.iota([T, T], 0));
    let scores = past.select(q.matmul_nt(k) * (1.0 / tilde_graph::real::sqrtf(D as f32)), g.constant(-1e9));
    let top = scores.max_keep(&[2]).stop();
    // Exactly 0 for the future: e to a large negative power, divided, would be a denormal.
    let weights = past.select((scores - top).exp(), g.constant(0.0));
    let mixed = (weights / weights.sum_keep(&[2])).matmul(v);
    mixed.reshape([B, HEADS, T, D]).permute(&[0, 2, 1, 3]).reshape([B * T, C])
}

/// ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) (D. Hendrycks, K. Gimpel, 2016).
fn gelu(x: Tensor<'_>) -> Tensor<'_> {
    let inner = (x + 0.044715 * x * x * x) * tilde_graph::real::sqrtf(core::f32::consts::FRAC_2_PI);
    0.5 * x * (1.0 + inner.tanh())
}
