//! The programs of a deep belief net.
//!
//! B batch, V visible units, H hidden ones, T = V top units, Y classes.

use super::CLASSES;
use crate::Error;
use crate::boltzmann::{Learner, Machine, misfit};
use crate::data::ImageSets;
use crate::metrics::dbn as exact;
use crate::settings::Settings;
use tilde_graph::optim::Sgd;
use tilde_graph::{EntryId, Graph, Group, Init, Param, Program, Tensor, Unary, Var};

/// Held-out images of one run of the measuring entry.
pub(super) const CHUNK: usize = 128;
/// Chains that are shown: a row for each class.
pub(super) const DREAMS: usize = 100;

/// The layers above the pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Net {
    /// Generative: weights `[V, H]`, biases `[V]`.
    down: [Param; 2],
    /// Recognition: weights `[V, H]`, biases `[H]`.
    up: [Param; 2],
    /// The top machine: W `[H, T]`, U `[Y, T]`, biases of h, y and t.
    top: [Param; 5],
}

impl Net {
    /// The logits of q(h | v), `[B, H]`.
    fn recognise<'g>(&self, g: &'g Graph, v: Tensor<'g>) -> Tensor<'g> {
        v.matmul(g.param(self.up[0])) + g.param(self.up[1])
    }

    /// The logits of p(v | h), `[B, V]`.
    fn generate<'g>(&self, g: &'g Graph, h: Tensor<'g>) -> Tensor<'g> {
        h.matmul_nt(g.param(self.down[0])) + g.param(self.down[1])
    }

    /// What the top units hear from h, `[B, T]`.
    fn heard<'g>(&self, g: &'g Graph, h: Tensor<'g>) -> Tensor<'g> {
        h.matmul(g.param(self.top[0])) + g.param(self.top[4])
    }

    /// p(t = 1 | h, y), `[B, T]`.
    fn associate<'g>(&self, g: &'g Graph, h: Tensor<'g>, y: Tensor<'g>) -> Tensor<'g> {
        (self.heard(g, h) + y.matmul(g.param(self.top[1]))).sigmoid()
    }

    /// Draws of h and y given t; one class of y is on.
    fn recall<'g>(&self, g: &'g Graph, t: Tensor<'g>) -> [Tensor<'g>; 2] {
        let h = (t.matmul_nt(g.param(self.top[0])) + g.param(self.top[2])).sigmoid();
        let y = t.matmul_nt(g.param(self.top[1])) + g.param(self.top[3]);
        [g.bernoulli(h), g.categorical(y).one_hot(CLASSES)]
    }

    /// log p*(h, y) for every y, the top units summed out: `[B, Y]`.
    fn joint<'g>(&self, g: &'g Graph, h: Tensor<'g>) -> Tensor<'g> {
        let heard = self.heard(g, h);
        let [b, t] = [0, 1].map(|axis| heard.shape().dim(axis));
        let by_label = g.param(self.top[1]).reshape([1, CLASSES, t]);
        let units = (heard.reshape([b, 1, t]) + by_label).softplus().sum_axes(&[2]);
        units + g.param(self.top[3]) + (h * g.param(self.top[2])).sum_keep(&[1])
    }

    /// The parameters out of the flat variables of the generative layer and the top machine.
    pub fn values(&self, down: &[f32], top: &[f32]) -> exact::Net {
        let [w, u, b, a, c] = self.top.map(|p| top[p.range()].to_vec());
        let [weights, visible] = self.down.map(|p| down[p.range()].to_vec());
        exact::Net { down: weights, visible, top: w, labels: u, b, a, c }
    }
}

/// Programs, variables and entries.
pub(super) struct Model {
    pub program: Program,
    pub learner: Learner,
    pub net: Net,
    pub down: Var,
    pub top: Var,
    pub train_labels: Var,
    pub test: Var,
    pub test_labels: Var,
    pub first: Var,
    /// The classes that chains are held at, `[DREAMS, Y]`; a row of zeros leaves its chain free.
    pub clamp: Var,
    /// Probabilities of the chains' pixels.
    pub dreams: Var,
    /// Turns the machine below over and puts it on top.
    pub tie: EntryId,
    pub positive: EntryId,
    pub gibbs: EntryId,
    pub update: EntryId,
    pub fine: EntryId,
    pub noise: EntryId,
    pub dream_top: EntryId,
    pub dream_down: EntryId,
    pub measure: EntryId,
}

impl Model {
    /// Builds the programs.
    pub fn new(settings: &Settings, sets: &ImageSets) -> Result<Model, Error> {
        let (d, n, h) = (sets.train.area(), sets.train.n, settings.count("hidden"));
        let b = settings.count("batch").min(n);
        let mut p = Program::new("dbn");
        let top_rate = p.knob("top_rate", 0.05);
        let top_steps = p.knob("top_steps", 3000.0);
        let fine_tune = p.knob("fine_tune", 0.0);
        let fine_rate = p.knob("fine_rate", 0.01);
        let learner = Learner::new(&mut p, "first", sets, h, b)?;
        let momentum = learner.momentum;
        let zero = || Init::Constant(0.0);
        let (mut down, mut up, mut top) = (p.group("down"), p.group("up"), p.group("top"));
        let net = Net {
            down: [down.param(&mut p, "weight", [d, h], zero()), down.param(&mut p, "bias", [d], zero())],
            up: [up.param(&mut p, "weight", [d, h], zero()), up.param(&mut p, "bias", [h], zero())],
            top: [
                top.param(&mut p, "weight", [h, d], zero()),
                top.param(&mut p, "label_weight", [CLASSES, d], zero()),
                top.param(&mut p, "hidden_bias", [h], zero()),
                top.param(&mut p, "label_bias", [CLASSES], zero()),
                top.param(&mut p, "bias", [d], zero()),
            ],
        };
        let [down_sgd, up_sgd, top_sgd] = [(&down, "down.sgd"), (&up, "up.sgd"), (&top, "top.sgd")]
            .map(|(group, name)| Sgd::new(&mut p, group, name));
        let state =
            |p: &mut Program, name: &str, shape: [usize; 2]| p.state(name, shape, Init::Constant(0.0));
        // What is seen and what is recognised in it; the chains that go on from there.
        let seen = state(&mut p, "seen", [b, d]);
        let data = [state(&mut p, "recognised", [b, h]), state(&mut p, "labels", [b, CLASSES])];
        let chain = [state(&mut p, "top_chain", [b, h]), state(&mut p, "top_chain_labels", [b, CLASSES])];
        let dream = [state(&mut p, "dream", [DREAMS, h]), state(&mut p, "dream_labels", [DREAMS, CLASSES])];
        let dream_t = state(&mut p, "dream_top", [DREAMS, d]);
        let dreams = state(&mut p, "dream_pixels", [DREAMS, d]);
        let top_done = p.state("top_steps_done", [], Init::Constant(0.0));
        let train_labels = p.data_u("train_labels", [n]);
        let test = p.data_u("test", [sets.test.n, sets.test.row_words()]);
        let test_labels = p.data_u("test_labels", [sets.test.n]);
        let clamp = p.data("clamp", [DREAMS, CLASSES]);
        let first = p.input("first", [1]);
        let train = learner.train;

        let tie = p.entry("tie", |g| {
            let Machine { w, b, c } = learner.machine;
            let [w, b, c] = [w, b, c].map(|param| g.param(param));
            let set =
                |group: &Group, values: &[Tensor<'_>]| g.assign(group.var(), g.flatten_group(group, values));
            set(&down, &[w, b]);
            set(&up, &[w, c]);
            // Labels are all alike, and add nothing: Σ_y e^{a_y} = 1.
            let alike = g.full(-libm::logf(CLASSES as f32), [CLASSES]);
            set(&top, &[w.permute(&[1, 0]), g.full(0.0, [CLASSES, d]), c, alike, b]);
        });
        let positive = p.entry("top_positive", |g| {
            let index = g.indices(b, n);
            let v = g.read(train).gather_bytes(index, d);
            let h = g.bernoulli(net.recognise(g, v).sigmoid());
            let y = g.read(train_labels).gather(index).one_hot(CLASSES);
            g.assign(seen, v);
            for (vars, value) in [(data, [h, y]), (chain, [h, y])] {
                vars.into_iter().zip(value).for_each(|(var, value)| g.assign(var, value));
            }
        });
        let gibbs = p.entry("top_gibbs", |g| {
            let [h, y] = chain.map(|var| g.read(var));
            let next = net.recall(g, g.bernoulli(net.associate(g, h, y)));
            chain.into_iter().zip(next).for_each(|(var, value)| g.assign(var, value));
        });
        let update = p.entry("top_update", |g| {
            let [h, y] = data.map(|var| g.read(var));
            let [h_k, y_k] = chain.map(|var| g.read(var));
            let (t, t_k) = (net.associate(g, h, y), net.associate(g, h_k, y_k));
            let each = 1.0 / b as f32;
            let grads = [
                (h_k.matmul_tn(t_k) - h.matmul_tn(t)) * each,
                (y_k.matmul_tn(t_k) - y.matmul_tn(t)) * each,
                (h_k - h).mean_axes(&[0]),
                (y_k - y).mean_axes(&[0]),
                (t_k - t).mean_axes(&[0]),
            ];
            // Linear to 0, as the first machine's; or to the rate of fine-tuning.
            let t = g.read(top_done);
            let falling = g.knob(top_rate) * (1.0 - t / g.knob(top_steps)).maximum(g.constant(0.0));
            let rate = falling.maximum(g.knob(fine_rate) * g.knob(fine_tune));
            g.assign(top_done, t + 1.0);
            top_sgd.update(g, g.flatten_group(&top, &grads), rate, g.knob(momentum), g.constant(0.0));
        });
        let fine = p.entry("fine", |g| {
            let each = 1.0 / b as f32;
            // Wake: what was recognised should make what was seen likely.
            let (v, h) = (g.read(seen), g.read(data[0]));
            let wake = net.generate(g, h).sigmoid() - v;
            let grads = [wake.matmul_tn(h) * each, wake.mean_axes(&[0])];
            let rate = g.knob(fine_rate);
            down_sgd.update(g, g.flatten_group(&down, &grads), rate, g.knob(momentum), g.constant(0.0));
            // Sleep: what is dreamt should be recognised as what it was dreamt from.
            let h = g.read(chain[0]);
            let v = g.bernoulli(net.generate(g, h).sigmoid());
            let sleep = net.recognise(g, v).sigmoid() - h;
            let grads = [v.matmul_tn(sleep) * each, sleep.mean_axes(&[0])];
            up_sgd.update(g, g.flatten_group(&up, &grads), rate, g.knob(momentum), g.constant(0.0));
        });
        let noise = p.entry("noise", |g| {
            let y = g.indices(DREAMS, CLASSES).one_hot(CLASSES);
            g.assign(dream[0], g.bernoulli(g.full(0.5, [DREAMS, h])));
            g.assign(dream[1], held(g.read(clamp), y));
        });
        let dream_top = p.entry("dream_top", |g| {
            let [h, y] = dream.map(|var| g.read(var));
            // A class that was chosen meanwhile holds at once.
            g.assign(dream_t, g.bernoulli(net.associate(g, h, held(g.read(clamp), y))));
        });
        let dream_down = p.entry("dream_down", |g| {
            let [h, y] = net.recall(g, g.read(dream_t));
            g.assign(dream[0], h);
            g.assign(dream[1], held(g.read(clamp), y));
            g.assign(dreams, net.generate(g, h).sigmoid());
        });
        let measure = p.entry("measure", |g| {
            let index = (g.iota([CHUNK], 0).to_f32() + g.read(first)).unary(Unary::ToU32);
            let v = g.read(test).gather_bytes(index, d);
            let logits = net.recognise(g, v);
            let h = g.bernoulli(logits.sigmoid());
            // log p(v | h) + log p*(h) − log q(h | v), one draw of h for each image.
            let pixels = -net.generate(g, h).bce_with_logits(v).sum_axes(&[1]);
            let prior = net.joint(g, h).log_sum_exp(1);
            g.output("bound", pixels + prior + logits.bce_with_logits(h).sum_axes(&[1]));
            g.output("reconstruction", -pixels);
            let class = net.joint(g, logits.sigmoid()).arg_max(1);
            g.output("right", class.equal(g.read(test_labels).gather(index)));
        });
        Ok(Model {
            learner,
            net,
            down: down.var(),
            top: top.var(),
            train_labels,
            test,
            test_labels,
            first,
            clamp,
            dreams,
            tie: tie.map_err(misfit)?,
            positive: positive.map_err(misfit)?,
            gibbs: gibbs.map_err(misfit)?,
            update: update.map_err(misfit)?,
            fine: fine.map_err(misfit)?,
            noise: noise.map_err(misfit)?,
            dream_top: dream_top.map_err(misfit)?,
            dream_down: dream_down.map_err(misfit)?,
            measure: measure.map_err(misfit)?,
            program: p,
        })
    }
}

/// The classes that are clamped, and those drawn where none is.
fn held<'g>(clamp: Tensor<'g>, drawn: Tensor<'g>) -> Tensor<'g> {
    clamp.sum_keep(&[1]).select(clamp, drawn)
}
