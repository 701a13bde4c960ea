//! The machine against scikit-learn, and against what can be enumerated: every state of a small machine is a
//! row of a table, so partition function, moments, likelihood gradient and contrastive divergence are graphs
//! without sampling (`tests/goldens/sklearn.json` and `seed1.json`).

use super::Machine;
use crate::golden::{agree_within, near, numbers, records};
use crate::metrics::rbm as exact;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use serde_json::Value;
use tilde_graph::{Binary, Graph, Group, Init, Program, Tensor, Unary, Var};

/// A program with the machine of a record, V visible and H hidden units.
struct Trial {
    program: Program,
    group: Group,
    machine: Machine,
    /// Contents of variables.
    state: Vec<(Var, Vec<f64>)>,
    expected: Vec<(String, Vec<f64>)>,
}

impl Trial {
    fn new(given: &Value) -> Trial {
        let [d, h] = ["b", "c"].map(|id| numbers(&given[id]).len());
        let mut program = Program::new("golden");
        let mut group = program.group("rbm");
        let zeros = || Init::Constant(0.0);
        let machine = Machine {
            w: group.param(&mut program, "weight", [d, h], zeros()),
            b: group.param(&mut program, "visible_bias", [d], zeros()),
            c: group.param(&mut program, "hidden_bias", [h], zeros()),
        };
        let mut trial = Trial { program, group, machine, state: Vec::new(), expected: Vec::new() };
        trial.state.push((trial.group.var(), trial.flat(given)));
        trial
    }

    /// Values of W, b and c as the group's parameters lie.
    fn flat(&self, map: &Value) -> Vec<f64> {
        let size = self.program.vars()[self.group.var().id().0 as usize].shape.len();
        let mut flat = vec![0.0; size];
        for (param, id) in [(self.machine.w, "W"), (self.machine.b, "b"), (self.machine.c, "c")] {
            flat[param.range()].copy_from_slice(&numbers(&map[id]));
        }
        flat
    }

    fn input<const N: usize>(&mut self, name: &str, shape: [usize; N], value: &Value) -> Var {
        let var = self.program.input(name, shape);
        self.state.push((var, numbers(value)));
        var
    }

    fn expect(&mut self, name: impl Into<String>, values: Vec<f64>) {
        self.expected.push((name.into(), values));
    }

    /// Fails unless both backends agree with the record.
    fn check(&self, tolerance: [f64; 2]) {
        let expected: Vec<(&str, Vec<f64>)> = self.expected.iter().map(|(n, e)| (&**n, e.clone())).collect();
        agree_within(&self.program, &self.state, &expected, tolerance);
    }
}

#[test]
fn energies_and_conditionals_agree_with_scikit_learn() {
    for r in records("sklearn", "rbm.energies.") {
        let mut t = Trial::new(&r["in"]);
        let m = t.machine;
        let [d, h] = [m.b, m.c].map(|param| param.shape().len());
        let rows = numbers(&r["in"]["flipped"]).len();
        let v = t.input("v", [rows, d], &r["in"]["v"]);
        let hidden = t.input("h", [rows, h], &r["in"]["h"]);
        let flipped = t.input("flipped", [rows], &r["in"]["flipped"]);
        let built = t.program.entry("run", |g| {
            let (v, h) = (g.read(v), g.read(hidden));
            // scikit-learn draws a pixel of each row, and takes its term for all V.
            let pixel = g.read(flipped).unary(Unary::ToU32).reshape([rows, 1]);
            let one = pixel.equal(g.iota([1, d], 1));
            g.output("free_energy", m.free_energy(g, v));
            g.output("free_energy_flipped", m.free_energy(g, v + one * (1.0 - 2.0 * v)));
            g.output("pseudo_likelihood", (one * m.conditionals(g, v)).sum_axes(&[1]) * d as f32);
            g.output("hidden_means", m.hidden(g, v));
            g.output("visible_means_given_h", m.visible(g, h));
        });
        built.unwrap();
        for (name, value) in r["out"].as_object().unwrap() {
            t.expect(&**name, numbers(value));
        }
        // The pseudo-likelihood is up to 64 times a difference of two energies.
        t.check([1e-13, 5e-6]);
    }
}

/// Of the golden 4×3 machine, each pixel's conditional from the probabilities of all sixteen images.
#[test]
fn conditionals_are_ratios_of_enumerated_probabilities() {
    for r in records("sklearn", "rbm.exact.") {
        let mut t = Trial::new(&r["in"]);
        let m = t.machine;
        let [d, h] = [m.b, m.c].map(|param| param.shape().len());
        let built = t.program.entry("run", |g| {
            let v = states(g, d);
            let energy = |v, hidden| {
                // −log Σ_h e^{−E(v, h)}, one state after the other, without the free energy's formula.
                let linear =
                    m.visible_input(g, hidden).matmul_nt(v) + (hidden.matmul(g.param(m.c).reshape([h, 1])));
                -linear.log_sum_exp(0)
            };
            let hidden = states(g, h);
            let apart: Vec<Tensor> = (0..d)
                .map(|i| {
                    let pixel = g.iota([1, d], 1).equal(g.constant_u(i as u32));
                    let other = v + pixel * (1.0 - 2.0 * v);
                    // p(v) / (p(v) + p(ṽ))
                    let p = 1.0 / (1.0 + (energy(v, hidden) - energy(other, hidden)).exp());
                    (p.ln() - (pixel * m.conditionals(g, v)).sum_axes(&[1])).reshape([1 << d, 1])
                })
                .collect();
            g.output("off", g.concat(&apart, 1));
        });
        built.unwrap();
        t.expect("off", vec![0.0; d << d]);
        t.check([1e-12, 5e-6]);
    }
}

/// All binary vectors of length n, the first bit highest: `[2ⁿ, n]`.
fn states(g: &Graph, n: usize) -> Tensor<'_> {
    let shape = [1 << n, n];
    let place = g.constant_u(n as u32 - 1).binary(Binary::Sub, g.iota(shape, 1));
    g.iota(shape, 0).binary(Binary::Shr, place).binary(Binary::And, g.constant_u(1)).to_f32()
}

/// `[rows of logits, rows of x]`: the probability of every x under every row's logits.
fn bernoulli<'g>(logits: Tensor<'g>, x: Tensor<'g>) -> Tensor<'g> {
    (logits.matmul_nt(x) - logits.softplus().sum_keep(&[1])).exp()
}

/// [`Machine::descent`] from one distribution over all states v `[S, V]` to another, both `[S]`: means over
/// rows are expectations once rows are weighted by S times their probability. Visible rows carry the weights
/// for W and b, the hidden means for c.
fn descent<'g>(m: Machine, g: &'g Graph, v: Tensor<'g>, distributions: [Tensor<'g>; 2]) -> [Tensor<'g>; 3] {
    let count = v.shape().dim(0);
    let [from, to] = distributions.map(|p| p.reshape([count, 1]) * count as f32);
    let p = m.hidden(g, v);
    let [w, b, _] = m.descent([v * from, p], [v * to, p]);
    let [_, _, c] = m.descent([v, p * from], [v, p * to]);
    [w, b, c]
}

/// What is known of one small machine, by the names of either file.
struct Names {
    log_z: &'static str,
    /// E vhᵀ, E v, E h.
    moments: [&'static str; 3],
}

/// Builds the enumeration of a machine whose data are `[N, V]`, and checks what the record knows.
fn enumerated(mut t: Trial, data: &Value, names: &Names, sweeps: &[usize], tolerance: [f64; 2]) {
    let (m, group) = (t.machine, t.group.clone());
    let [d, h] = [m.b, m.c].map(|param| param.shape().len());
    let rows = numbers(data);
    // How often each state occurs among the data, over their number.
    let mut shares = vec![0.0; 1 << d];
    for row in rows.chunks(d) {
        shares[row.iter().fold(0, |state, bit| 2 * state + *bit as usize)] += d as f64 / rows.len() as f64;
    }
    let n = rows.len() / d;
    let data = t.input("data", [n, d], data);
    let shares = {
        let var = t.program.input("shares", [1 << d]);
        t.state.push((var, shares));
        var
    };
    let built = t.program.entry("run", |g| {
        let (v, hidden) = (states(g, d), states(g, h));
        let log_z = (-m.free_energy(g, v)).log_sum_exp(0);
        let energy = m.free_energy(g, g.read(data));
        g.output(names.log_z, log_z);
        g.output("free_energy_data", energy);
        g.output("log_likelihood", -energy - log_z);
        // d/dθ of the mean log-likelihood, by differentiation and as descent from the data to the model.
        let start = g.read(shares);
        let model = (-m.free_energy(g, v) - log_z).exp();
        let likelihood = -(start * m.free_energy(g, v)).sum() - log_z;
        g.output("gradient", g.grad_group(likelihood, &group));
        let none = start * 0.0;
        for (name, moment) in names.moments.into_iter().zip(descent(m, g, v, [none, model])) {
            g.output(name, moment);
        }
        let down = |to| g.flatten_group(&group, &descent(m, g, v, [start, to]).map(|x| -x));
        g.output("likelihood_gradient", down(model));
        // Contrastive divergence: the data's distribution after k sweeps in place of the model's.
        // P(v' | v) of one sweep v → h → v'
        let up = bernoulli(m.hidden_input(g, v), hidden);
        let kernel = up.matmul(bernoulli(m.visible_input(g, hidden), v));
        let mut swept = start.reshape([1, 1 << d]);
        for k in 1..=sweeps.iter().copied().max().unwrap_or(0) {
            swept = swept.matmul(kernel);
            if sweeps.contains(&k) {
                g.output(&format!("cd {k}"), down(swept.reshape([1 << d])));
            }
        }
    });
    built.unwrap();
    t.check(tolerance);
}

/// The counts of sweeps of a map by them.
fn sweeps(map: &Value) -> Vec<usize> {
    map.as_object().unwrap().keys().map(|k| k.parse().unwrap()).collect()
}

#[test]
fn small_machines_agree_with_scikit_learn() {
    for r in records("sklearn", "rbm.exact.") {
        let (given, out) = (&r["in"], &r["out"]);
        let mut t = Trial::new(given);
        for name in ["log_z", "log_likelihood", "mean_vh", "mean_v", "mean_h"] {
            t.expect(name, numbers(&out[name]));
        }
        for name in ["gradient", "likelihood_gradient"] {
            t.expect(name, t.flat(&out["likelihood_gradient"]));
        }
        let sweeps = sweeps(&out["cd_gradient"]);
        for k in &sweeps {
            t.expect(format!("cd {k}"), t.flat(&out["cd_gradient"][&format!("{k}")]));
        }
        let names = Names { log_z: "log_z", moments: ["mean_vh", "mean_v", "mean_h"] };
        enumerated(t, &given["data"], &names, &sweeps, [1e-12, 5e-6]);
    }
}

#[test]
fn small_machines_agree_with_seed1() {
    for r in records("seed1", "rbm.exact") {
        let mut t = Trial::new(&r["in"]);
        for name in ["logZ", "free_energy_data", "Ev", "Eh", "EvhT"] {
            t.expect(name, numbers(&r["out"][name]));
        }
        let names = Names { log_z: "logZ", moments: ["EvhT", "Ev", "Eh"] };
        enumerated(t, &r["in"]["data"], &names, &[], [1e-12, 5e-6]);
    }
}

/// What is enumerated on the host, with weights in single precision.
#[test]
fn enumeration_on_the_host_agrees_with_both() {
    let records = [records("sklearn", "rbm.exact."), records("seed1", "rbm.exact")].concat();
    for r in records {
        let (given, out) = (&r["in"], &r["out"]);
        let floats = |value: &Value| numbers(value).into_iter().map(|x| x as f32).collect::<Vec<f32>>();
        let [w, b, c, data] = ["W", "b", "c", "data"].map(|id| floats(&given[id]));
        let machine = exact::Machine { w: &w, b: &b, c: &c };
        let either = |names: [&str; 2]| names.into_iter().map(|id| &out[id]).find(|v| !v.is_null()).unwrap();
        near("log Z", &[machine.log_partition()], &numbers(either(["log_z", "logZ"])), 1e-6);
        let gradients = either(["cd_gradient", "expected_cd_gradW"]);
        for (k, gradient) in gradients.as_object().unwrap() {
            let gradient = if gradient["W"].is_null() { gradient } else { &gradient["W"] };
            let found = exact::expected_cd(&machine, &data, k.parse().unwrap());
            near(&format!("CD-{k}"), &found, &numbers(gradient), 1e-6);
        }
    }
}
