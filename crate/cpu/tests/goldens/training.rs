//! What else a step of training needs, against PyTorch: RMSprop, decay by group, averages of the
//! weights, clipped gradients and schedules.

use super::Tested;
use super::file::{Record, array, list, number, numbers};
use super::nets::{Net, weights};
use super::trial::{EXACT, Tolerance, Trial};
use tilde_graph::optim::{Adam, AdamOptions, RmsProp, RmsPropOptions, average, clip_groups, schedule};
use tilde_graph::{Graph, Init, Tensor, Var};

/// Adam's log β is an f32.
const ADAM: Tolerance = Tolerance { f64: 1e-8, f32: 2e-6 };

/// Ten steps on the mean squared error of a tanh network.
fn steps(r: &Record) {
    let options = &r.given["options"];
    let option = |name: &str| options.get(name).map_or(0.0, number);
    let mut t = Trial::new(&r.id);
    let (x, y) = (t.input(&array(&r.given["x"])), t.input(&array(&r.given["y"])));
    let net = Net::new(&mut t, "net", &r.given["weights"]);
    let rate = t.number(option("lr"));
    let mut checked: Var = net.group.var();
    let mut tolerance = ADAM;
    if r.name().starts_with("train.rmsprop") {
        let options = RmsPropOptions {
            alpha: option("alpha") as f32,
            epsilon: option("eps") as f32,
            momentum: option("momentum") as f32,
        };
        let rms = RmsProp::new(&mut t.program, &net.group, "rms", options);
        t.entry(|g| {
            let loss = error(g, &net, x, y);
            g.output("loss", loss);
            rms.update(g, g.grad_group(loss, &net.group), g.knob(rate));
        });
        tolerance = Tolerance { f64: 2e-14, ..ADAM };
    } else {
        let betas = numbers(&options["betas"]);
        let options = AdamOptions {
            beta1: betas[0] as f32,
            beta2: betas[1] as f32,
            epsilon: option("eps") as f32,
            ..AdamOptions::default()
        };
        let adam = Adam::new(&mut t.program, &net.group, "adam", options);
        let decay = t.number(option("weight_decay"));
        let decays = decaying(&mut t, &net, &r.given["weights"]);
        let averages = r.given.get("average").map(|decay| {
            let start = t.flat(&net.group, &weights(&r.given["weights"]));
            let var = t.state("average", start);
            (var, t.number(number(decay)))
        });
        t.entry(|g| {
            let loss = error(g, &net, x, y);
            g.output("loss", loss);
            let grad = g.grad_group(loss, &net.group);
            let weights = adam.update_decayed(g, grad, g.knob(rate), g.knob(decay) * g.read(decays));
            if let Some((var, decay)) = averages {
                average(g, var, weights, g.knob(decay));
            }
        });
        checked = averages.map_or(checked, |a| a.0);
    }
    for (i, loss) in numbers(&r.out["losses"]).into_iter().enumerate() {
        t.output_after(i + 1, "loss", vec![loss]);
    }
    for after in ["1", "10"] {
        let flat = t.flat(&net.group, &weights(&r.out["weights_after"][after]));
        t.variable_after(after.parse().expect("a count"), checked, flat);
    }
    t.check(tolerance);
}

/// The mean squared error of a tanh network.
fn error<'g>(g: &'g Graph, net: &Net, x: Var, y: Var) -> Tensor<'g> {
    (net.mlp(g, "", g.read(x), Tensor::tanh) - g.read(y)).square().mean()
}

/// 1 for the elements of matrices, which decay, else 0.
fn decaying(t: &mut Trial, net: &Net, map: &serde_json::Value) -> Var {
    let mut marks = weights(map);
    for (name, w) in &mut marks {
        let mark = if name.starts_with('w') { 1.0 } else { 0.0 };
        w.data.fill(mark);
    }
    let flat = t.flat(&net.group, &marks);
    t.state("decaying", flat)
}

fn clip(r: &Record) {
    let mut t = Trial::new(&r.id);
    let grads: Vec<Var> = list(&r.given["grads"]).iter().map(|a| t.input(&array(a))).collect();
    let maximum = t.number(number(&r.given["maximum"]));
    t.entry(|g| {
        let maximum = g.knob(maximum);
        let clipped = match grads[..] {
            [a, b] => clip_groups([g.read(a), g.read(b)], maximum).to_vec(),
            _ => vec![tilde_graph::optim::clip_global_norm(g.read(grads[0]), maximum)],
        };
        clipped.into_iter().enumerate().for_each(|(i, c)| g.output(&format!("clipped {i}"), c));
    });
    for (i, c) in list(&r.out["clipped"]).iter().enumerate() {
        t.output(&format!("clipped {i}"), &array(c));
    }
    // The 1e-6 that is added to the norm is an f32.
    t.check(Tolerance { f64: 1e-13, ..EXACT });
}

fn rates(r: &Record) {
    let mut t = Trial::new(&r.id);
    let step = t.program.state("step", [], Init::Constant(0.0));
    let [rate, warm_up, total] = ["rate", "warm_up", "total"].map(|name| t.number(number(&r.given[name])));
    let fraction = r.given.get("fraction").map(|f| t.number(number(f)));
    t.entry(|g| {
        let (rate, warm_up) = (g.knob(rate), g.knob(warm_up));
        let at = g.read(step);
        g.output(
            "rate",
            match fraction {
                None => schedule::constant(at, rate, warm_up),
                Some(f) => schedule::cosine(at, rate, warm_up, g.knob(total), g.knob(f)),
            },
        );
        g.assign(step, at + 1.0);
    });
    for (i, rate) in numbers(&r.out["rates"]).into_iter().enumerate() {
        t.output_after(i + 1, "rate", vec![rate]);
    }
    // The graph's π is an f32.
    t.check(Tolerance { f64: 1e-9, f32: 1e-8 });
}

/// The records of `torch.json` about training.
pub const TESTED: &[Tested] = &[
    ("train.rmsprop", steps),
    ("train.rmsprop_momentum", steps),
    ("train.adamw_groups", steps),
    ("train.adam_average", steps),
    ("train.clip.", clip),
    ("train.schedule.", rates),
];

#[test]
fn training_agrees_with_pytorch() {
    super::run("torch", TESTED);
}
