//! Optimisers: ten steps on a small network (PyTorch), and twelve on four numbers (seed1).

use super::Tested;
use super::file::{Array, Record, array, list, number, numbers};
use super::nets::{Net, weights};
use super::trial::{Tolerance, Trial};
use tilde_graph::optim::{Adam, AdamOptions, RmsProp, RmsPropOptions, Sgd};
use tilde_graph::{Graph, Group, Init, Knob, Tensor, Var};

/// An optimiser's settings, by the names PyTorch gives them; 0 where it has none.
struct Options {
    rate: f64,
    momentum: f64,
    decay: f64,
    betas: [f64; 2],
}

/// One of the engine's optimisers over a group.
enum Optimiser {
    Sgd { sgd: Sgd, rate: Knob, momentum: Knob, decay: Knob },
    Adam { adam: Adam, rate: Knob },
}

impl Optimiser {
    fn sgd(t: &mut Trial, group: &Group, o: &Options) -> Optimiser {
        let sgd = Sgd::new(&mut t.program, group, "sgd");
        Optimiser::Sgd {
            sgd,
            rate: t.number(o.rate),
            momentum: t.number(o.momentum),
            decay: t.number(o.decay),
        }
    }

    fn adam(t: &mut Trial, group: &Group, o: &Options) -> Optimiser {
        let [beta1, beta2] = o.betas.map(|b| b as f32);
        let options = AdamOptions { beta1, beta2, epsilon: 1e-8, decay: o.decay as f32 };
        let adam = Adam::new(&mut t.program, group, "adam", options);
        Optimiser::Adam { adam, rate: t.number(o.rate) }
    }

    fn update<'g>(&self, g: &'g Graph, grad: Tensor<'g>) {
        match self {
            Optimiser::Sgd { sgd, rate, momentum, decay } => {
                sgd.update(g, grad, g.knob(*rate), g.knob(*momentum), g.knob(*decay));
            }
            Optimiser::Adam { adam, rate } => {
                adam.update(g, grad, g.knob(*rate));
            }
        }
    }
}

/// Mean squared error of a tanh network on one batch.
fn network(r: &Record) {
    let given = &r.given["options"];
    let option = |name: &str| given.get(name).map_or(0.0, number);
    let betas = given.get("betas").map_or(vec![0.0; 2], numbers);
    let options = Options {
        rate: option("lr"),
        momentum: option("momentum"),
        decay: option("weight_decay"),
        betas: [betas[0], betas[1]],
    };
    let mut t = Trial::new(&r.id);
    let (x, y) = (t.input(&array(&r.given["x"])), t.input(&array(&r.given["y"])));
    let net = Net::new(&mut t, "net", &r.given["weights"]);
    let make = if given.get("betas").is_some() { Optimiser::adam } else { Optimiser::sgd };
    let optimiser = make(&mut t, &net.group, &options);
    t.entry(|g| {
        let loss = (net.mlp(g, "", g.read(x), Tensor::tanh) - g.read(y)).square().mean();
        g.output("loss", loss);
        optimiser.update(g, g.grad_group(loss, &net.group));
    });
    for (i, loss) in numbers(&r.out["losses"]).into_iter().enumerate() {
        t.output_after(i + 1, "loss", vec![loss]);
    }
    for after in ["1", "10"] {
        let flat = t.flat(&net.group, &weights(&r.out["weights_after"][after]));
        t.variable_after(after.parse().expect("a count"), net.group.var(), flat);
    }
    // Adam's log β is an f32; with βᵗ by Op::Pow instead, it is at 1e-14 like the others.
    let f64 = if given.get("betas").is_some() { 1e-8 } else { 2e-14 };
    t.check(Tolerance { f64, f32: 2e-6 });
}

/// Σ(x − 0.3)² + x₀x₁ + sin 3x₂ + 0.1 x₃⁴.
fn valley<'g>(x: Tensor<'g>, centre: Tensor<'g>, quartic: Tensor<'g>) -> Tensor<'g> {
    let at = |i: usize| x.slice(i, 1).sum();
    (x - centre).square().sum() + at(0) * at(1) + (at(2) * 3.0).sin() + quartic * at(3).square().square()
}

/// Four numbers down the valley; `update` assigns the group's flat variable.
fn descent(r: &Record, tolerance: Tolerance, declare: impl FnOnce(&mut Trial, &Group) -> Update) {
    let mut t = Trial::new(&r.id);
    let start = array(&r.given["x0"]);
    let group = t.group("x", &[("x".to_string(), start)]);
    let (centre, quartic) = (t.number(0.3), t.number(0.1));
    let update = declare(&mut t, &group);
    t.entry(|g| {
        let x = g.param(group.params()[0]);
        let loss = valley(x, g.knob(centre), g.knob(quartic));
        update(g, g.grad_group(loss, &group));
    });
    for (after, x) in [1, 5, 12].into_iter().zip(list(&r.out["x_after_1_5_12"])) {
        let Array { data, .. } = array(x);
        t.variable_after(after, group.var(), data);
    }
    t.check(tolerance);
}

/// Adds an update of a variable to the graph, from its gradient.
type Update = Box<dyn for<'g> Fn(&'g Graph, Tensor<'g>)>;

/// A graph of exactly representable numbers only.
const ALL_DIGITS: Tolerance = Tolerance { f64: 1e-13, f32: 2e-6 };

/// Adam's options are `f32`: its β₁ is 0.9 − 2.4e-8, where the record has 0.9. Twelve steps in
/// `f64` with options rounded so end up to 2.9e-8 from the record; log β is rounded, too.
const F32_OPTIONS: Tolerance = Tolerance { f64: 4e-8, f32: 2e-6 };

fn sgd_descent(r: &Record) {
    descent(r, ALL_DIGITS, |t, group| {
        let options = Options { rate: 0.01, momentum: 0.9, decay: 0.0, betas: [0.0; 2] };
        let optimiser = Optimiser::sgd(t, group, &options);
        Box::new(move |g, grad| optimiser.update(g, grad))
    });
}

fn adam_descent(r: &Record) {
    let (betas, decay) = match r.name() {
        "opt.adam_.9_.999" => ([0.9, 0.999], 0.0),
        "opt.adam_.5_.9" => ([0.5, 0.9], 0.0),
        "opt.adam_0_.99" => ([0.0, 0.99], 0.0),
        "opt.adamw_wd.1" => ([0.9, 0.999], 0.1),
        other => panic!("no options for {other}"),
    };
    descent(r, F32_OPTIONS, |t, group| {
        let optimiser = Optimiser::adam(t, group, &Options { rate: 0.1, momentum: 0.0, decay, betas });
        Box::new(move |g, grad| optimiser.update(g, grad))
    });
}

/// State of the size of the valley's point.
fn moment(t: &mut Trial, group: &Group) -> (Var, Var) {
    let shape = t.program.vars()[group.var().id().0 as usize].shape;
    (group.var(), t.program.state("moment", shape, Init::Constant(0.0)))
}

/// Nesterov's momentum, composed: m ← μm + g; x ← x − rate·(g + μm).
fn nesterov(r: &Record) {
    descent(r, ALL_DIGITS, |t, group| {
        let (x, m) = moment(t, group);
        let (rate, mu) = (t.number(0.01), t.number(0.9));
        Box::new(move |g, grad| {
            let (rate, mu) = (g.knob(rate), g.knob(mu));
            let m_new = mu * g.read(m) + grad;
            g.assign(m, m_new);
            g.assign(x, g.read(x) - rate * (grad + mu * m_new));
        })
    });
}

fn rmsprop(r: &Record) {
    // α is an f32 here, so 1 − α = 0.01 is off by 1e-6 of itself and √v by half of it; a step is up
    // to 0.1, and there are twelve.
    let tolerance = Tolerance { f64: 6e-7, f32: 2e-6 };
    descent(r, tolerance, |t, group| {
        let rms = RmsProp::new(&mut t.program, group, "rms", RmsPropOptions::default());
        let rate = t.number(0.01);
        Box::new(move |g, grad| {
            rms.update(g, grad, g.knob(rate));
        })
    });
}

/// The records of `torch.json` about optimisers.
pub const TESTED: &[Tested] = &[
    ("optim.sgd", network),
    ("optim.sgd_momentum_decay", network),
    ("optim.adam", network),
    ("optim.adam_gan", network),
    ("optim.adamw", network),
];

/// The records of `seed1.json` about optimisers.
pub const TESTED_SEED1: &[Tested] = &[
    ("opt.sgd_m.9", sgd_descent),
    ("opt.nesterov", nesterov),
    ("opt.adam_.9_.999", adam_descent),
    ("opt.adam_.5_.9", adam_descent),
    ("opt.adam_0_.99", adam_descent),
    ("opt.adamw_wd.1", adam_descent),
    ("opt.rmsprop", rmsprop),
];

#[test]
fn ten_steps_agree_with_pytorch() {
    super::run("torch", TESTED);
}

#[test]
fn twelve_steps_agree_with_seed1() {
    super::run("seed1", TESTED_SEED1);
}
