//! The objective against PyTorch's (`tests/goldens/make_torch.py`).

use super::*;
use crate::golden::{self, flat, named, near, numbers};
use crate::metrics::bounds::log_mean_exp;
use alloc::string::ToString;
use serde_json::{Value, json};
use tilde_graph::Group;

/// The record's names of the parameters.
const NAMES: &[(&str, &str)] = &[
    ("encoder1.weight", "encoder.w0"),
    ("encoder1.bias", "encoder.b0"),
    ("decoder1.weight", "decoder.w0"),
    ("decoder1.bias", "decoder.b0"),
    ("decoder2.weight", "decoder.w1"),
    ("decoder2.bias", "decoder.b1"),
];

/// A 6-5-(2+2) encoder and a 2-5-6 decoder.
fn networks(p: &mut Program, gaussian: bool) -> (Networks, Group) {
    let mut group = p.group("vae");
    let nets = Networks {
        encoder: Mlp::named(p, &mut group, "encoder", &[6, 5]),
        mean: Linear::new(p, &mut group, "mean", 5, 2),
        log_var: Linear::new(p, &mut group, "log_var", 5, 2),
        decoder: Mlp::named(p, &mut group, "decoder", &[2, 5, 6]),
        log_sigma: group.param(p, "log_sigma", [1], Init::Constant(0.0)),
        deep: true,
        gaussian,
    };
    (nets, group)
}

/// Weights or gradients of a record by our names. The record's encoder ends with one layer whose outputs are
/// the means and then the log-variances.
fn ours(map: &Value, log_sigma: f64) -> Value {
    let mut named = named(map, NAMES);
    for (name, first) in [("mean", 0), ("log_var", 2)] {
        let half = |theirs: &str| {
            let all = numbers(&map[theirs]);
            json!(all.chunks(4).flat_map(|row| row[first..first + 2].to_vec()).collect::<Vec<f64>>())
        };
        named[(name.to_string() + ".weight").as_str()] = half("encoder.w1");
        named[(name.to_string() + ".bias").as_str()] = half("encoder.b1");
    }
    named["log_sigma"] = json!(log_sigma);
    named
}

#[test]
fn losses_agree_with_pytorch() {
    for (id, gaussian) in [("vae.bernoulli", false), ("vae.gaussian", true)] {
        let r = golden::record("torch", id);
        let mut p = Program::new("golden");
        let (nets, group) = networks(&mut p, gaussian);
        let (x, noise) = (p.input("x", [4, 6]), p.input("noise", [4, 2]));
        let beta = numbers(&r["in"]["beta"])[0] as f32;
        p.entry("run", |g| {
            let (x, noise) = (g.read(x), g.read(noise));
            let [loss, reconstruction, total, _] = nets.objective(g, x, g.constant(beta), || noise);
            let (mean, log_var) = nets.encode(g, x);
            g.output("mean", mean);
            g.output("log_variance", log_var);
            g.output("kl", kl(mean, log_var).sum_axes(&[1]));
            g.output("loss", loss);
            g.output("mean nll", reconstruction);
            g.output("mean kl", total);
            g.output("grads", g.grad_group(loss, &group));
        })
        .unwrap();
        let (weights, grads) = (&r["in"]["weights"], &r["out"]["grads"]);
        // log σ is half the logarithm of the variance, so its gradient is twice that one's.
        let [log_sigma, its_grad] = match gaussian {
            true => [numbers(&weights["log_variance"])[0] / 2.0, numbers(&grads["log_variance"])[0] * 2.0],
            false => [0.0, 0.0],
        };
        let state = [
            (group.var(), flat(&p, &group, &ours(weights, log_sigma))),
            (x, numbers(&r["in"]["x"])),
            (noise, numbers(&r["in"]["noise"])),
        ];
        let mean = |name: &str| -> Vec<f64> {
            let each = numbers(&r["out"][name]);
            [each.iter().sum::<f64>() / each.len() as f64].into()
        };
        let mut expected =
            ["mean", "log_variance", "kl", "loss"].map(|name| (name, numbers(&r["out"][name]))).to_vec();
        expected.extend([("mean nll", mean("nll")), ("mean kl", mean("kl"))]);
        expected.push(("grads", flat(&p, &group, &ours(grads, its_grad))));
        golden::agree(&p, &state, &expected);
    }
}

/// log 1/K Σ p(x, z_k)/q(z_k|x) of K = 5 codes of three images.
#[test]
fn importance_weights_agree_with_pytorch() {
    let r = golden::record("torch", "vae.importance_weighted");
    let mut p = Program::new("golden");
    let (nets, group) = networks(&mut p, false);
    // The record has the codes before the images.
    let (x, noise) = (p.input("x", [3, 6]), p.input("noise", [5, 3, 2]));
    p.entry("run", |g| {
        let epsilon = g.read(noise).permute(&[1, 0, 2]);
        g.output("log_weights", nets.log_weights(g, g.read(x), epsilon).permute(&[1, 0]));
    })
    .unwrap();
    let state = [
        (group.var(), flat(&p, &group, &ours(&r["in"]["weights"], 0.0))),
        (x, numbers(&r["in"]["x"])),
        (noise, numbers(&r["in"]["noise"])),
    ];
    let log_weights = numbers(&r["out"]["log_weights"]);
    golden::agree(&p, &state, &[("log_weights", log_weights.clone())]);
    let of_image = |i: usize| log_weights.iter().skip(i).step_by(3).copied().collect::<Vec<f64>>();
    let bounds: Vec<f64> = (0..3).map(|i| log_mean_exp(&of_image(i))).collect();
    near("bound", &bounds, &numbers(&r["out"]["bound"]), 1e-12);
}
