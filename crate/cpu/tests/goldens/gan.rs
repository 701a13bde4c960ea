//! Losses of adversarial networks, and the gradient penalty R1 with its second derivatives.

use super::Tested;
use super::file::{Record, array, number};
use super::nets::{Net, weights};
use super::trial::{Tolerance, Trial};

/// All losses of a 2-6-2 generator and a 2-6-1 discriminator on one batch.
fn losses(r: &Record) {
    let given = |name: &str| number(&r.given[name]);
    let mut t = Trial::new(&r.id);
    let [x, z, noise] = ["x", "z", "noise"].map(|name| t.input(&array(&r.given[name])));
    let d = Net::new(&mut t, "discriminator", &r.given["discriminator"]);
    let g_net = Net::new(&mut t, "generator", &r.given["generator"]);
    let (gamma, sigma) = (t.number(given("gamma")), t.number(given("sigma")));
    let slope = given("slope") as f32;
    t.entry(|g| {
        let (x, z, noise) = (g.read(x), g.read(z), g.read(noise));
        let (half_gamma, sigma) = (g.knob(gamma) * 0.5, g.knob(sigma));
        let score = |points| d.mlp(g, "", points, |a| a.leaky_relu(slope)).reshape([8]);
        let fake = g_net.mlp(g, "", z, |a| a.leaky_relu(slope));
        let (real_score, fake_score) = (score(x), score(fake));
        let loss_d = (-real_score).softplus().mean() + fake_score.softplus().mean();
        let loss_g = (-fake_score).softplus().mean();
        let minimax = -fake_score.softplus().mean();
        let r1 = half_gamma * ((score(x + sigma * noise) - real_score) / sigma).square().mean();
        let slope_at_x = g.grad(real_score.sum(), &[x])[0];
        let r1_exact = half_gamma * slope_at_x.square().sum_axes(&[1]).mean();
        g.output("fake", fake);
        g.output("real_score", real_score);
        g.output("fake_score", fake_score);
        g.output("discriminator_loss", loss_d);
        g.output("generator_loss", loss_g);
        g.output("generator_loss_minimax", minimax);
        g.output("r1", r1);
        g.output("r1_exact", r1_exact);
        g.output("discriminator_grads", g.grad_group(loss_d, &d.group));
        g.output("discriminator_grads_with_r1", g.grad_group(loss_d + r1, &d.group));
        g.output("r1_grads", g.grad_group(r1, &d.group));
        g.output("generator_grads", g.grad_group(loss_g, &g_net.group));
        g.output("generator_grads_minimax", g.grad_group(minimax, &g_net.group));
    });
    for (name, value) in r.out.as_object().expect("answers") {
        match name.as_str() {
            _ if !name.contains("grads") => t.output(name, &array(value)),
            "generator_grads" | "generator_grads_minimax" => {
                let flat = t.flat(&g_net.group, &weights(value));
                t.output_after(1, name, flat);
            }
            _ => {
                let flat = t.flat(&d.group, &weights(value));
                t.output_after(1, name, flat);
            }
        }
    }
    // The approximate R1 divides a difference of two scores by σ = 0.02: 50 roundings.
    t.check(Tolerance { f64: 1e-13, f32: 2e-6 });
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
    t.check(Tolerance { f64: 1e-13, f32: 2e-6 });
}

/// The record of `torch.json` about GANs.
pub const TESTED: &[Tested] = &[("gan.losses", losses)];

/// The record of `seed1.json` about GANs.
pub const TESTED_SEED1: &[Tested] = &[("gan.r1_double_backward", r1_double_backward)];

#[test]
fn losses_agree_with_pytorch() {
    super::run("torch", TESTED);
}

#[test]
fn second_derivatives_agree_with_seed1() {
    super::run("seed1", TESTED_SEED1);
}
