//! Gradients of gradients against PyTorch and `seed1.json`, and batch normalisation with its averages.

use super::Tested;
use super::file::{Record, array, list, number};
use super::nets::{Net, weights};
use super::trial::{Tolerance, Trial};
use tilde_graph::{BatchNorm, Graph, Tensor};

const TOLERANCE: Tolerance = Tolerance { f64: 1e-13, f32: 3e-6 };

/// mean (‖∇D‖ − 1)² over the batch (I. Gulrajani and others, 2017).
fn gradient_penalty<'g>(g: &'g Graph, x: Tensor<'g>, score: Tensor<'g>) -> Tensor<'g> {
    let slope = g.grad(score.sum(), &[x])[0];
    let axes: Vec<usize> = (1..x.shape().rank()).collect();
    let length = slope.square().sum_axes(&axes).sqrt();
    (length - 1.0).square().sum() / x.shape().dim(0) as f32
}

fn penalty(r: &Record) {
    let mut t = Trial::new(&r.id);
    let x = t.input(&array(&r.given["x"]));
    let net = Net::new(&mut t, "critic", &r.given["weights"]);
    t.entry(|g| {
        let x = g.read(x);
        let score = match r.name() {
            "second.penalty_mlp" => net.mlp(g, "", x, Tensor::silu),
            _ => {
                let [a, b, c] = ["a", "b", "c"].map(|name| g.param(net.param(name)));
                let hidden = x.conv(a, 2, 1).silu().conv_transpose(b, 2, 1).silu();
                hidden.conv(c, 1, 0).square()
            }
        };
        let penalty = gradient_penalty(g, x, score);
        g.output("penalty", penalty);
        g.output("grads", g.grad_group(penalty, &net.group));
    });
    t.output("penalty", &array(&r.out["penalty"]));
    let grads = t.flat(&net.group, &weights(&r.out["grads"]));
    t.output_after(1, "grads", grads);
    t.check(TOLERANCE);
}

/// ½‖v‖² of the field v of both players' gradients (L. Mescheder and others, 2017).
fn consensus(r: &Record) {
    let mut t = Trial::new(&r.id);
    let [x, z] = ["x", "z"].map(|name| t.input(&array(&r.given[name])));
    let [d, generator] = ["discriminator", "generator"].map(|name| Net::new(&mut t, name, &r.given[name]));
    t.entry(|g| {
        let score = |points| d.mlp(g, "", points, Tensor::tanh);
        let fake = score(generator.mlp(g, "", g.read(z), Tensor::tanh));
        let batch = fake.shape().len() as f32;
        let loss_d = ((-score(g.read(x))).softplus().sum() + fake.softplus().sum()) / batch;
        let loss_g = (-fake).softplus().sum() / batch;
        let field = [g.grad_group(loss_d, &d.group), g.grad_group(loss_g, &generator.group)];
        let half = (field[0].square().sum() + field[1].square().sum()) * 0.5;
        g.output("half_norm", half);
        g.output("discriminator_grads", g.grad_group(half, &d.group));
        g.output("generator_grads", g.grad_group(half, &generator.group));
    });
    t.output("half_norm", &array(&r.out["half_norm"]));
    for (name, net) in [("discriminator_grads", &d), ("generator_grads", &generator)] {
        let flat = t.flat(&net.group, &weights(&r.out[name]));
        t.output_after(1, name, flat);
    }
    t.check(TOLERANCE);
}

/// mean (tr ∇s + ½|s|²) (A. Hyvärinen, 2005); the trace takes one gradient for each coordinate.
fn score_matching(r: &Record) {
    let mut t = Trial::new(&r.id);
    let x = t.input(&array(&r.given["x"]));
    let net = Net::new(&mut t, "score", &r.given["weights"]);
    t.entry(|g| {
        let x = g.read(x);
        let s = net.mlp(g, "", x, Tensor::tanh);
        let [batch, dims] = [0, 1].map(|a| x.shape().dim(a));
        let trace = (0..dims).fold(g.constant(0.0), |sum, i| {
            let slopes = g.grad(s.slice_axis(1, i, 1).sum(), &[x])[0];
            sum + slopes.slice_axis(1, i, 1).reshape([batch])
        });
        let loss = (trace + s.square().sum_axes(&[1]) * 0.5).sum() / batch as f32;
        g.output("trace", trace);
        g.output("loss", loss);
        g.output("grads", g.grad_group(loss, &net.group));
    });
    t.output("trace", &array(&r.out["trace"]));
    t.output("loss", &array(&r.out["loss"]));
    let grads = t.flat(&net.group, &weights(&r.out["grads"]));
    t.output_after(1, "grads", grads);
    t.check(TOLERANCE);
}

/// Three batches, each half of the one before plus 1.
fn running(r: &Record) {
    let mut t = Trial::new(&r.id);
    let x = t.group("x", &[("x".to_string(), array(&r.given["x"]))]);
    let mut norm = BatchNorm::new(&mut t.program, "norm", 3);
    norm.momentum = number(&r.given["momentum"]) as f32;
    norm.epsilon = number(&r.given["epsilon"]) as f32;
    t.entry(|g| {
        let batch = g.param(x.params()[0]);
        g.output("infer", norm.infer(g, batch));
        g.output("y", norm.train(g, batch));
        g.assign(x.var(), g.read(x.var()) * 0.5 + 1.0);
    });
    for (i, step) in list(&r.out["steps"]).iter().enumerate() {
        t.output_after(i + 1, "y", array(&step["y"]).data);
        t.output_after(i + 1, "infer", array(&step["infer"]).data);
        t.variable_after(i + 1, norm.mean, array(&step["mean"]).data);
        t.variable_after(i + 1, norm.variance, array(&step["variance"]).data);
    }
    t.check(TOLERANCE);
}

/// mean |∇D(x)|² of D(x) = w₃·silu(W₂ silu(W₁x)), and its gradients: a gradient of a gradient.
fn r1_double_backward(r: &Record) {
    let mut t = Trial::new(&r.id);
    let batch = t.number(array(&r.given["x"]).shape[0] as f64);
    let [w1, w2, w3, x] = ["W1", "W2", "w3", "x"].map(|name| t.input(&array(&r.given[name])));
    t.entry(|g| {
        let [w1, w2, w3, x] = [w1, w2, w3, x].map(|v| g.read(v));
        let hidden = x.matmul_nt(w1).silu().matmul_nt(w2).silu();
        let score = (hidden * w3).sum();
        let slope = g.grad(score, &[x])[0];
        let r1 = slope.square().sum() / g.knob(batch);
        g.output("gradx", slope);
        g.output("r1", r1);
        for (name, grad) in ["dW1", "dW2", "dw3"].into_iter().zip(g.grad(r1, &[w1, w2, w3])) {
            g.output(name, grad);
        }
    });
    for name in ["gradx", "r1", "dW1", "dW2", "dw3"] {
        t.output(name, &array(&r.out[name]));
    }
    t.check(Tolerance { f32: 2e-6, ..TOLERANCE });
}

/// The records of `torch.json` with second derivatives, and the one with averages.
pub const TESTED: &[Tested] = &[
    ("second.penalty_mlp", penalty),
    ("second.penalty_conv", penalty),
    ("second.consensus", consensus),
    ("second.score_matching", score_matching),
    ("batch_norm.running", running),
];

#[test]
fn second_derivatives_agree_with_pytorch() {
    super::run("torch", TESTED);
}

/// The record of `seed1.json` with a gradient of a gradient.
pub const TESTED_SEED1: &[Tested] = &[("gan.r1_double_backward", r1_double_backward)];

#[test]
fn second_derivatives_agree_with_seed1() {
    super::run("seed1", TESTED_SEED1);
}
