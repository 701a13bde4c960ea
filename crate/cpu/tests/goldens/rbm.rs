//! Restricted Boltzmann machines: energies (scikit-learn), and what can be enumerated: every state
//! of a small machine is a row of a table, so partition function, moments, likelihood gradient and
//! contrastive divergence are graphs without sampling.

use super::Tested;
use super::file::{Array, Record, array, list};
use super::trial::{Tolerance, Trial};
use serde_json::Value;
use tilde_graph::{Binary, Graph, Tensor, Var};

/// W `[visible, hidden]`, b `[visible]`, c `[hidden]`.
#[derive(Clone, Copy)]
struct Machine<'g> {
    w: Tensor<'g>,
    b: Tensor<'g>,
    c: Tensor<'g>,
}

fn machine(t: &mut Trial, given: &Value) -> [Var; 3] {
    ["W", "b", "c"].map(|name| t.input(&array(&given[name])))
}

impl<'g> Machine<'g> {
    fn new(g: &'g Graph, vars: [Var; 3]) -> Machine<'g> {
        let [w, b, c] = vars.map(|v| g.read(v));
        Machine { w, b, c }
    }

    /// −b·v − Σ log(1 + e^(c + vW)).
    fn free_energy(self, v: Tensor<'g>) -> Tensor<'g> {
        -(v * self.b).sum_axes(&[1]) - self.hidden_logits(v).softplus().sum_axes(&[1])
    }

    fn hidden_logits(self, v: Tensor<'g>) -> Tensor<'g> {
        v.matmul(self.w) + self.c
    }

    fn visible_logits(self, h: Tensor<'g>) -> Tensor<'g> {
        h.matmul_nt(self.w) + self.b
    }

    /// E[v hᵀ], E[v], E[h] where rows of v have probability p.
    fn moments(self, p: Tensor<'g>, v: Tensor<'g>) -> [Tensor<'g>; 3] {
        let h = self.hidden_logits(v).sigmoid();
        let p = p.reshape([p.shape().len(), 1]);
        [v.matmul_tn(p * h), (p * v).sum_axes(&[0]), (p * h).sum_axes(&[0])]
    }

    /// P(v' | v) of one sweep v → h → v'.
    fn gibbs_kernel(self, v: Tensor<'g>, h: Tensor<'g>) -> Tensor<'g> {
        bernoulli(self.hidden_logits(v), h).matmul(bernoulli(self.visible_logits(h), v))
    }
}

/// `[rows of logits, rows of x]`: the probability of every x under every row's logits.
fn bernoulli<'g>(logits: Tensor<'g>, x: Tensor<'g>) -> Tensor<'g> {
    (logits.matmul_nt(x) - logits.softplus().sum_keep(&[1])).exp()
}

/// All binary vectors of length n, the first bit highest.
pub fn states(g: &Graph, n: usize) -> Tensor<'_> {
    let shape = [1 << n, n];
    let place = g.constant_u(n as u32 - 1).binary(Binary::Sub, g.iota(shape, 1));
    let bits = g.iota(shape, 0).binary(Binary::Shr, place).binary(Binary::And, g.constant_u(1));
    bits.to_f32()
}

fn energies(r: &Record) {
    let mut t = Trial::new(&r.id);
    let vars = machine(&mut t, &r.given);
    let (v, h) = (array(&r.given["v"]), array(&r.given["h"]));
    let (rows, visible) = (v.shape[0], v.shape[1]);
    let (v, h) = (t.input(&v), t.input(&h));
    let flipped = t.words(&super::file::whole(&r.given["flipped"]));
    t.entry(|g| {
        let m = Machine::new(g, vars);
        let (v, h) = (g.read(v), g.read(h));
        let flip = g.read(flipped).reshape([rows, 1]).equal(g.iota([1, visible], 1));
        let corrupted = flip.select(1.0 - v, v);
        let (energy, energy_flipped) = (m.free_energy(v), m.free_energy(corrupted));
        g.output("free_energy", energy);
        g.output("free_energy_flipped", energy_flipped);
        g.output("pseudo_likelihood", (energy - energy_flipped).softplus() * -(visible as f32));
        g.output("hidden_means", m.hidden_logits(v).sigmoid());
        g.output("visible_means_given_h", m.visible_logits(h).sigmoid());
    });
    for (name, value) in r.out.as_object().expect("answers") {
        t.output(name, &array(value));
    }
    // The pseudo-likelihood is up to 64 times a difference of two energies.
    t.check(Tolerance { f64: 1e-13, f32: 5e-6 });
}

/// How often each state occurs among the rows of `data`.
fn counts(data: &Array) -> Array {
    let n = data.shape[1];
    let mut counts = vec![0.0; 1 << n];
    for row in data.data.chunks(n) {
        counts[row.iter().fold(0, |state, bit| 2 * state + *bit as usize)] += 1.0;
    }
    Array { shape: vec![1 << n], data: counts }
}

fn exact(r: &Record) {
    let mut t = Trial::new(&r.id);
    let vars = machine(&mut t, &r.given);
    let data = array(&r.given["data"]);
    let [visible, hidden] = [0, 1].map(|a| array(&r.given["W"]).shape[a]);
    let counts = t.input(&counts(&data));
    let rows = t.number(data.shape[0] as f64);
    let data = t.input(&data);
    let steps: Vec<usize> =
        r.out["cd_gradient"].as_object().expect("steps").keys().map(|k| k.parse().expect("k")).collect();
    t.entry(|g| {
        let m = Machine::new(g, vars);
        let (v, h) = (states(g, visible), states(g, hidden));
        let log_z = (-m.free_energy(v)).log_sum_exp(0);
        let log_likelihood = -m.free_energy(g.read(data)) - log_z;
        g.output("log_z", log_z);
        g.output("log_likelihood", log_likelihood);
        let p = (-m.free_energy(v) - log_z).exp();
        for (name, moment) in ["mean_vh", "mean_v", "mean_h"].into_iter().zip(m.moments(p, v)) {
            g.output(name, moment);
        }
        let by_grad = g.grad(log_likelihood.sum() / g.knob(rows), &[m.w, m.b, m.c]);
        for (name, grad) in ["W", "b", "c"].into_iter().zip(by_grad) {
            g.output(&format!("likelihood_gradient {name}"), grad);
        }
        // Contrastive divergence: the data's distribution after k sweeps instead of the model's.
        let start = g.read(counts) / g.knob(rows);
        let positive = m.moments(start, v);
        let kernel = m.gibbs_kernel(v, h);
        let mut swept = start.reshape([1, 1 << visible]);
        for k in 1..=steps.iter().copied().max().unwrap_or(0) {
            swept = swept.matmul(kernel);
            if steps.contains(&k) {
                let negative = m.moments(swept.reshape([1 << visible]), v);
                for (i, name) in ["W", "b", "c"].into_iter().enumerate() {
                    g.output(&format!("cd_gradient {k} {name}"), positive[i] - negative[i]);
                }
            }
        }
    });
    for name in ["log_z", "log_likelihood", "mean_v", "mean_h", "mean_vh"] {
        t.output(name, &array(&r.out[name]));
    }
    for name in ["W", "b", "c"] {
        t.output(&format!("likelihood_gradient {name}"), &array(&r.out["likelihood_gradient"][name]));
        for k in &steps {
            t.output(&format!("cd_gradient {k} {name}"), &array(&r.out["cd_gradient"][&k.to_string()][name]));
        }
    }
    t.check(Tolerance { f64: 1e-12, f32: 5e-6 });
}

/// The same of `seed1.json`, which names its answers otherwise.
fn exact_seed1(r: &Record) {
    let out = &r.out;
    let energies: Vec<f64> = list(&out["free_energy_data"]).iter().map(super::file::number).collect();
    let mut t = Trial::new(&r.id);
    let vars = machine(&mut t, &r.given);
    let data = t.input(&array(&r.given["data"]));
    let visible = array(&r.given["b"]).shape[0];
    t.entry(|g| {
        let m = Machine::new(g, vars);
        let v = states(g, visible);
        let log_z = (-m.free_energy(v)).log_sum_exp(0);
        let energy = m.free_energy(g.read(data));
        g.output("logZ", log_z);
        g.output("free_energy_data", energy);
        let p = (-m.free_energy(v) - log_z).exp();
        for (name, moment) in ["EvhT", "Ev", "Eh"].into_iter().zip(m.moments(p, v)) {
            g.output(name, moment);
        }
        let likelihood = -energy.sum() / energies.len() as f32 - log_z;
        g.output("ml_gradW", g.grad(likelihood, &[m.w])[0]);
    });
    for name in ["logZ", "free_energy_data", "Ev", "Eh", "EvhT", "ml_gradW"] {
        t.output(name, &array(&out[name]));
    }
    t.check(Tolerance { f64: 1e-12, f32: 5e-6 });
}

/// log Z of a machine with two hidden layers: given the first, the visible units and the second are
/// independent, and their sums are products.
fn deep(r: &Record) {
    let mut t = Trial::new(&r.id);
    let vars = ["W1", "W2", "bv", "b1", "b2"].map(|name| t.input(&array(&r.given[name])));
    let hidden = array(&r.given["b1"]).shape[0];
    t.entry(|g| {
        let [w1, w2, bv, b1, b2] = vars.map(|v| g.read(v));
        let h = states(g, hidden);
        let below = (h.matmul_nt(w1) + bv).softplus().sum_axes(&[1]);
        let above = (h.matmul(w2) + b2).softplus().sum_axes(&[1]);
        g.output("logZ", ((h * b1).sum_axes(&[1]) + below + above).log_sum_exp(0));
    });
    t.output("logZ", &array(&r.out["logZ"]));
    t.check(Tolerance { f64: 1e-12, f32: 2e-6 });
}

/// The records of `sklearn.json` about small machines.
pub const TESTED: &[Tested] = &[("rbm.energies.", energies), ("rbm.exact.", exact)];

/// The records of `seed1.json` about small machines.
pub const TESTED_SEED1: &[Tested] = &[("rbm.exact", exact_seed1), ("dbm.exact", deep)];

#[test]
fn machines_agree_with_scikit_learn() {
    super::run("sklearn", TESTED);
}

#[test]
fn machines_agree_with_seed1() {
    super::run("seed1", TESTED_SEED1);
}
