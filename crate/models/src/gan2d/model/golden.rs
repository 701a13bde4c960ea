//! The losses against PyTorch's (`tests/goldens/make_torch.py`).

use super::*;
use crate::golden::{self, flat, named, numbers};
use alloc::vec::Vec;

/// The record's names of the parameters.
const NAMES: &[(&str, &str)] =
    &[("layer1.weight", "w0"), ("layer1.bias", "b0"), ("layer2.weight", "w1"), ("layer2.bias", "b1")];

/// All losses of a 2-6-2 generator and a 2-6-1 discriminator on one batch, and their gradients.
#[test]
fn losses_agree_with_pytorch() {
    let r = golden::record("torch", "gan.losses");
    let mut p = Program::new("golden");
    let mut g_group = p.group("generator");
    let generator = Mlp::new(&mut p, &mut g_group, &[2, 6, 2]);
    let mut d_group = p.group("discriminator");
    let discriminator = Mlp::new(&mut p, &mut d_group, &[2, 6, 1]);
    let nets = Networks { generator, discriminator };
    let [x, z, noise] = ["x", "z", "noise"].map(|name| p.input(name, [8, 2]));
    let gamma = numbers(&r["in"]["gamma"])[0] as f32;
    assert_eq!(numbers(&r["in"]["sigma"])[0] as f32, R1_SIGMA);
    p.entry("run", |g| {
        let [zero, one, gamma] = [0.0, 1.0, gamma].map(|v| g.constant(v));
        let (x, fake) = (g.read(x), nets.generate(g, g.read(z)));
        let batch = [x, fake, x + g.read(noise) * R1_SIGMA];
        let [value, penalty] = nets.discriminator_loss(g, batch, one, gamma);
        let [printed, _] = nets.discriminator_loss(g, batch, -one, gamma);
        let [descended, minimax, as_printed] = [(zero, one), (one, one), (one, -one)]
            .map(|(saturating, sign)| nets.generator_loss(g, fake, saturating, sign));
        // γ/2·E|∇D|² by the gradient itself.
        let slope = g.grad(nets.logits(g, x).sum(), &[x])[0];
        for (name, output) in [
            ("fake", fake),
            ("real_score", nets.logits(g, x)),
            ("fake_score", nets.logits(g, fake)),
            ("discriminator_loss", value),
            ("discriminator_loss_printed", printed),
            ("generator_loss", descended),
            ("generator_loss_minimax", minimax),
            ("generator_loss_printed", as_printed),
            ("r1", penalty),
            ("r1_exact", 0.5 * gamma * slope.square().sum_axes(&[1]).mean()),
            ("discriminator_grads", g.grad_group(value, &d_group)),
            ("discriminator_grads_with_r1", g.grad_group(value + penalty, &d_group)),
            ("r1_grads", g.grad_group(penalty, &d_group)),
            ("generator_grads", g.grad_group(descended, &g_group)),
            ("generator_grads_minimax", g.grad_group(minimax, &g_group)),
        ] {
            g.output(name, output);
        }
    })
    .unwrap();

    let mut state: Vec<(Var, Vec<f64>)> =
        [(x, "x"), (z, "z"), (noise, "noise")].map(|(var, name)| (var, numbers(&r["in"][name]))).into();
    for (group, name) in [(&g_group, "generator"), (&d_group, "discriminator")] {
        state.push((group.var(), flat(&p, group, &named(&r["in"][name], NAMES))));
    }
    let mut expected: Vec<(&str, Vec<f64>)> = Vec::new();
    for (name, value) in r["out"].as_object().unwrap() {
        let group = if name.starts_with("generator") { &g_group } else { &d_group };
        let values =
            if name.contains("grads") { flat(&p, group, &named(value, NAMES)) } else { numbers(value) };
        expected.push((name, values));
    }
    // The slide's sign, from the record's scores: E softplus(−D(x)) − E softplus(D(G(z))), and the second
    // term alone.
    let mean = |name: &str, sign: f64| {
        let scores = numbers(&r["out"][name]);
        scores.iter().map(|s| (sign * s).exp().ln_1p()).sum::<f64>() / scores.len() as f64
    };
    expected
        .push(("discriminator_loss_printed", [mean("real_score", -1.0) - mean("fake_score", 1.0)].into()));
    expected.push(("generator_loss_printed", [mean("fake_score", 1.0)].into()));
    golden::agree(&p, &state, &expected);
}
