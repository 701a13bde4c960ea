//! Answers of `seed1.json` in closed form that a graph finds, too.

use super::Tested;
use super::file::{Record, array, list, number, numbers};
use super::trial::{Tolerance, Trial};
use tilde_graph::{Graph, Tensor};

/// The policy that maximises E[reward] − β·KL(π ‖ reference) is softmax(log reference + reward/β);
/// the gradient of the objective is 0 there.
fn kl_optimum(r: &Record) {
    let mut t = Trial::new(&r.id);
    let [reference, reward] = ["log_ref", "reward"].map(|name| t.input(&array(&r.given[name])));
    let beta = t.number(number(&r.given["beta"]));
    t.entry(|g| {
        let (reference, reward, beta) = (g.read(reference), g.read(reward), g.knob(beta));
        let logits = reference + reward / beta;
        let policy = logits.softmax(0);
        let divergence = (policy * (logits.log_softmax(0) - reference)).sum();
        let objective = (policy * reward).sum() - beta * divergence;
        g.output("pi", policy);
        g.output("KL", divergence);
        g.output("J", objective);
        g.output("gradient", g.grad(objective, &[logits])[0]);
    });
    for name in ["pi", "KL", "J"] {
        t.output(name, &array(&r.out[name]));
    }
    t.output_after(1, "gradient", vec![0.0; list(&r.given["reward"]).len()]);
    t.check(Tolerance { f64: 1e-12, f32: 1e-6 });
}

/// The gradient flow of a generator that is one point θ and a discriminator D(x) = ψ·x with the
/// penalty R1, linearised at 0: its trace and determinant are the sum and the product of the
/// eigenvalues (L. Mescheder and others, ICML 2018).
fn dirac(r: &Record) {
    let eigenvalues: Vec<Vec<f64>> = list(&r.out["re_im"]).iter().map(numbers).collect();
    assert!(eigenvalues.iter().all(|e| e[1] == 0.0), "real eigenvalues");
    let mut t = Trial::new(&r.id);
    let gamma = t.number(number(&r.given["gamma"]));
    let [theta, psi, real] = [0.0; 3].map(|x| t.state("at", vec![x]));
    t.entry(|g| {
        let [theta, psi, real] = [theta, psi, real].map(|v| g.read(v));
        let value = -(-(psi * theta)).softplus().sum() - (-(psi * real)).softplus().sum();
        let slope = g.grad((psi * real).sum(), &[real])[0];
        let penalty = slope.square().sum() * g.knob(gamma) * 0.5;
        let fall = g.grad(value, &[theta])[0].sum() * -1.0;
        let rise = g.grad(value - penalty, &[psi])[0].sum();
        let [a, b] = [0, 1].map(|i| g.grad(fall, &[theta, psi])[i].sum());
        let [c, d] = [0, 1].map(|i| g.grad(rise, &[theta, psi])[i].sum());
        g.output("trace", a + d);
        g.output("determinant", a * d - b * c);
    });
    t.output_after(1, "trace", vec![eigenvalues[0][0] + eigenvalues[1][0]]);
    t.output_after(1, "determinant", vec![eigenvalues[0][0] * eigenvalues[1][0]]);
    t.check(Tolerance { f64: 1e-12, f32: 1e-6 });
}

/// log ᾱ of 1000 steps, a running sum of log(1 − β), and β.
fn schedule<'g>(g: &'g Graph, name: &str, [start, end]: [Tensor<'g>; 2]) -> [Tensor<'g>; 2] {
    const STEPS: usize = 1000;
    let i = g.iota([STEPS], 0).to_f32();
    let line = |from: Tensor<'g>, to: Tensor<'g>| from + (to - from) * i / (STEPS - 1) as f32;
    let beta = match name {
        "linear" => line(start, end),
        "scaled_linear" => line(start.sqrt(), end.sqrt()).square(),
        // ᾱ is cos² of (t + 0.008)/1.008 of a right angle.
        _ => {
            let wave = |t: Tensor<'g>| ((t / STEPS as f32 + 0.008) / 1.008 * 1.570_796_4).cos().square();
            (1.0 - wave(i + 1.0) / wave(i)).minimum(g.constant(0.999))
        }
    };
    [(1.0 - beta).ln().cumsum(0), beta]
}

/// A step of denoising diffusion (J. Ho and others, 2020) at t, and one of the 50 of DDIM without
/// noise (J. Song and others, 2021) at its own.
fn diffusion_step(r: &Record) {
    let text = |name: &str| r.given[name].as_str().expect("a name").to_string();
    let (name, prediction) = (text("schedule"), text("prediction"));
    let mut t = Trial::new(&r.id);
    let [x, out] = ["x", "model_out"].map(|name| t.input(&array(&r.given[name])));
    let ends = [1e-4, 0.02].map(|x| t.number(x));
    let [at, ddim] = ["t", "ddim50_t"].map(|name| number(&r.given[name]) as u32);
    let steps = t.words(&[at, at - 1, ddim, ddim - 20]);
    t.entry(|g| {
        let (x, out) = (g.read(x), g.read(out));
        let [log_bar, beta] = schedule(g, &name, ends.map(|k| g.knob(k)));
        let bars = log_bar.gather(g.read(steps)).exp();
        let [bar, before, ddim, ddim_before] = [0, 1, 2, 3].map(|i| bars.slice(i, 1).sum());
        let beta = beta.gather(g.read(steps)).slice(0, 1).sum();
        let x0 = origin(&prediction, x, out, bar);
        g.output("alpha_bar_t", bar);
        g.output("x0", x0);
        let rest = 1.0 - bar;
        let mean = before.sqrt() * beta / rest * x0 + (1.0 - beta).sqrt() * (1.0 - before) / rest * x;
        g.output("post_mean", mean);
        g.output("post_var_small", (1.0 - before) / rest * beta);
        let x0 = origin(&prediction, x, out, ddim);
        let noise = (x - ddim.sqrt() * x0) / (1.0 - ddim).sqrt();
        g.output("ddim50_eta0_prev", ddim_before.sqrt() * x0 + (1.0 - ddim_before).sqrt() * noise);
    });
    for (name, value) in r.out.as_object().expect("answers") {
        t.output(name, &array(value));
    }
    // The record was made with schedules in f32, and a running sum of 583 logarithms is rounded.
    t.check(Tolerance { f64: 2e-6, f32: 1e-4 });
}

/// x₀ of x = √ᾱ·x₀ + √(1 − ᾱ)·ε, where the network says ε, x₀, or v = √ᾱ·ε − √(1 − ᾱ)·x₀.
fn origin<'g>(prediction: &str, x: Tensor<'g>, out: Tensor<'g>, bar: Tensor<'g>) -> Tensor<'g> {
    let (signal, noise) = (bar.sqrt(), (1.0 - bar).sqrt());
    match prediction {
        "epsilon" => (x - noise * out) / signal,
        "v_prediction" => signal * x - noise * out,
        _ => out,
    }
}

/// Squared distances of the rows of `a` to those of `b`.
fn squares<'g>(a: Tensor<'g>, b: Tensor<'g>) -> Tensor<'g> {
    let [n, m, d] = [a.shape().dim(0), b.shape().dim(0), a.shape().dim(1)];
    (a.reshape([n, 1, d]) - b.reshape([1, m, d])).square().sum_axes(&[2])
}

/// The mean over all pairs of different rows, of a matrix with this sum of its diagonal.
fn apart<'g>(pairs: Tensor<'g>, own: Tensor<'g>) -> Tensor<'g> {
    let n = pairs.shape().dim(0) as f32;
    (pairs.sum() - own) / (n * (n - 1.0))
}

/// (x + 1)³.
fn cubic(x: Tensor<'_>) -> Tensor<'_> {
    (x + 1.0) * (x + 1.0).square()
}

/// How far each row's fifth neighbour of its own set is, from the distances within the set.
fn fifth(distances: Tensor<'_>) -> Tensor<'_> {
    -(-distances).top_k(6).0.slice_axis(1, 5, 1)
}

/// Distances between samples, all but Fréchet's, which takes the root of a matrix: maximum mean
/// discrepancies (A. Gretton and others, 2012; M. Bińkowski and others, 2018), the energy distance
/// (G. Székely, M. Rizzo, 2013), precision, recall, density and coverage (M. Naeem and others, 2020).
fn metrics(r: &Record) {
    let mut t = Trial::new(&r.id);
    let [a, b] = ["A_real", "B_fake"].map(|name| t.input(&array(&r.given[name])));
    t.entry(|g| {
        let (a, b) = (g.read(a), g.read(b));
        let [n, m, d] = [a.shape().dim(0), b.shape().dim(0), a.shape().dim(1)].map(|n| n as f32);
        let [aa, bb, ab] = [squares(a, a), squares(b, b), squares(a, b)];
        let [ka, kb, kab] = [aa, bb, ab].map(|d| (d * -0.5).exp());
        let rows = |n: f32| g.constant(n);
        g.output("mmd2_rbf1_unbiased", apart(ka, rows(n)) + apart(kb, rows(m)) - 2.0 * kab.sum() / (n * m));
        let [pa, pb, pab] = [a.matmul_nt(a), b.matmul_nt(b), a.matmul_nt(b)].map(|x| cubic(x / d));
        let own = [a, b].map(|x| cubic(x.square().sum_axes(&[1]) / d).sum());
        g.output("kid_poly3", apart(pa, own[0]) + apart(pb, own[1]) - 2.0 * pab.sum() / (n * m));
        let [da, db, dab] = [aa, bb, ab].map(Tensor::sqrt);
        let none = rows(0.0);
        g.output("energy_U", 2.0 * dab.sum() / (n * m) - apart(da, none) - apart(db, none));
        let near_real = dab.lt(fifth(da));
        let near_fake = dab.lt(fifth(db).reshape([b.shape().dim(0)]));
        g.output("precision", near_real.max_axes(&[0]).sum() / m);
        g.output("recall", near_fake.max_axes(&[1]).sum() / n);
        g.output("density", near_real.sum() / (5.0 * m));
        g.output("coverage", near_real.max_axes(&[1]).sum() / n);
    });
    for name in ["mmd2_rbf1_unbiased", "kid_poly3", "energy_U"] {
        t.output(name, &array(&r.out[name]));
    }
    for (name, value) in r.out["prdc_k5"].as_object().expect("four numbers") {
        t.output(name, &array(value));
    }
    // Means of thousands of pairs, subtracted.
    t.check(Tolerance { f64: 1e-12, f32: 5e-6 });
}

/// The records of `seed1.json` in closed form.
pub const TESTED: &[Tested] = &[
    ("rlhf.kl_optimum", kl_optimum),
    ("gan.dirac_r1_eigs", dirac),
    ("diff.step", diffusion_step),
    ("metrics", metrics),
];

#[test]
fn closed_forms_agree_with_seed1() {
    super::run("seed1", TESTED);
}
