//! Losses of variational autoencoders with given noise.

use super::Tested;
use super::file::{Record, array, number};
use super::nets::{Net, weights};
use super::trial::{Tolerance, Trial};
use tilde_graph::{Graph, Tensor};

const TOLERANCE: Tolerance = Tolerance { f64: 2e-14, f32: 2e-6 };

/// Mean and log variance of q(z | x): the halves of the encoder's output.
fn encode<'g>(g: &'g Graph, net: &Net, x: Tensor<'g>) -> (Tensor<'g>, Tensor<'g>) {
    let both = net.mlp(g, "encoder.", x, Tensor::relu);
    (both.slice_axis(1, 0, 2), both.slice_axis(1, 2, 2))
}

/// The batch mean of nll + β·KL, its terms, and the gradients of all weights.
fn evidence(r: &Record) {
    let bernoulli = r.name() == "vae.bernoulli";
    let mut t = Trial::new(&r.id);
    let (x, noise) = (t.input(&array(&r.given["x"])), t.input(&array(&r.given["noise"])));
    let net = Net::new(&mut t, "vae", &r.given["weights"]);
    let (beta, log_tau) = (t.number(number(&r.given["beta"])), t.number(std::f64::consts::TAU.ln()));
    t.entry(|g| {
        let (x, noise) = (g.read(x), g.read(noise));
        let (mean, log_variance) = encode(g, &net, x);
        let z = mean + (log_variance * 0.5).exp() * noise;
        let output = net.mlp(g, "decoder.", z, Tensor::relu);
        let nll = if bernoulli {
            output.bce_with_logits(x)
        } else {
            // ½(log 2π + log σ² + (x − μ)²/σ²)
            let pixel = g.param(net.param("log_variance"));
            0.5 * (g.knob(log_tau) + pixel + (output - x).square() / pixel.exp())
        };
        let nll = nll.sum_axes(&[1]);
        let kl = 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance).sum_axes(&[1]);
        let loss = (nll + g.knob(beta) * kl).mean();
        let given = [("mean", mean), ("log_variance", log_variance), ("z", z), ("output", output)];
        given.into_iter().chain([("nll", nll), ("kl", kl), ("loss", loss)]).for_each(|(n, v)| g.output(n, v));
        g.output("grads", g.grad_group(loss, &net.group));
    });
    for name in ["mean", "log_variance", "z", "output", "nll", "kl", "loss"] {
        t.output(name, &array(&r.out[name]));
    }
    let grads = t.flat(&net.group, &weights(&r.out["grads"]));
    t.output_after(1, "grads", grads);
    t.check(TOLERANCE);
}

/// log 1/K Σ p(x, z_k) / q(z_k | x), K = 5.
fn importance_weighted(r: &Record) {
    let mut t = Trial::new(&r.id);
    let (x, noise) = (array(&r.given["x"]), array(&r.given["noise"]));
    let [k, b, d] = [noise.shape[0], noise.shape[1], x.shape[1]];
    let (x, noise) = (t.input(&x), t.input(&noise));
    let net = Net::new(&mut t, "vae", &r.given["weights"]);
    let log_k = t.number((k as f64).ln());
    t.entry(|g| {
        let (x, noise) = (g.read(x), g.read(noise));
        let (mean, log_variance) = encode(g, &net, x);
        let z = mean + (log_variance * 0.5).exp() * noise;
        let logits = net.mlp(g, "decoder.", z.reshape([k * b, 2]), Tensor::relu).reshape([k, b, d]);
        let log_likelihood = -logits.bce_with_logits(x).sum_axes(&[2]);
        // log N(z; 0, 1) − log N(z; mean, σ²): log 2π cancels.
        let log_ratio = 0.5 * (noise.square() + log_variance - z.square()).sum_axes(&[2]);
        let log_weights = log_likelihood + log_ratio;
        g.output("log_weights", log_weights);
        g.output("bound", log_weights.log_sum_exp(0) - g.knob(log_k));
        g.output("elbo", log_weights.sum_axes(&[0]) / k as f32);
    });
    for name in ["log_weights", "bound", "elbo"] {
        t.output(name, &array(&r.out[name]));
    }
    t.check(TOLERANCE);
}

/// The records of `torch.json` about VAEs.
pub const TESTED: &[Tested] = &[
    ("vae.bernoulli", evidence),
    ("vae.gaussian", evidence),
    ("vae.importance_weighted", importance_weighted),
];

#[test]
fn losses_agree_with_pytorch() {
    super::run("torch", TESTED);
}
