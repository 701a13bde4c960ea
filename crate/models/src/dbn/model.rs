//! The entries of the program: the first machine, the one on top of it, fine-tuning, the chains that are
//! shown, and what is measured.
//!
//! B batch, V visible units, H hidden ones, T = V top units, Y classes.

use super::CLASSES;
use super::net::Net;
use crate::boltzmann::{Learner, LearnerOptions, Machine, log_odds};
use crate::nn::Schedule;
use crate::prelude::*;

/// Held-out images of one run of the measuring entry.
pub const CHUNK: usize = 128;
/// Figures of each image that it gives out: the bound but for log Z, −log p(v | h), and the likeliest class.
pub const MEASURED: usize = 3;
/// Chains that are shown: a row for each class.
pub const DREAMS: usize = 100;

/// The program and its entries.
pub struct Model {
    pub program: Program,
    pub feed: Feed,
    pub recorder: Recorder,
    pub learner: Learner,
    pub net: Net,
    /// The generative layer's parameters, flat.
    pub down: Var,
    /// The recognition layer's, flat.
    pub up: Var,
    /// The top machine's, flat.
    pub top: Var,
    /// `u32 [N]`.
    pub train_labels: Var,
    /// The classes that chains are held at, `[DREAMS, Y]`; a row of zeros leaves its chain free.
    pub clamp: Var,
    /// Probabilities of the chains' pixels, `[DREAMS, V]`.
    pub dreams: Var,
    /// The chains' top units `[DREAMS, T]`, then hidden ones `[DREAMS, H]` and labels `[DREAMS, Y]`.
    pub dream_units: [Var; 3],
    /// Turns the machine below over and puts it on top.
    pub tie: EntryId,
    pub positive: EntryId,
    pub gibbs: EntryId,
    pub update: EntryId,
    pub fine: EntryId,
    pub noise: EntryId,
    pub dream_top: EntryId,
    pub dream_down: EntryId,
    measure: EntryId,
}

impl Model {
    /// Builds the program.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the layers do not fit together.
    pub fn new(settings: &Settings, sets: &ImageSets) -> Result<Model, Error> {
        let (d, n, h) = (sets.train.area(), sets.train.n, settings.count("hidden"));
        let b = settings.count("batch").min(n);
        let first_steps = settings.number("first_steps") as f32;
        let mut p = Program::new("dbn");
        let [learning_rate, top_rate, top_steps, fine_tune, fine_rate] =
            ["learning_rate", "top_rate", "top_steps", "fine_tune", "fine_rate"]
                .map(|id| knob(&mut p, settings, id));
        // The rates of both machines fall to 0, the first one's by the time that the second is put on it.
        let (falls, first_horizon) = (p.knob("falls", 1.0), p.knob("first_horizon", first_steps));
        let first_schedule = Schedule::of(Fall::Linear, [learning_rate, falls, first_horizon]);
        let top_schedule = Schedule::of(Fall::Linear, [top_rate, falls, top_steps]);
        let mut group = p.group("first");
        let machine = Machine::new(&mut p, &mut group, log_odds(&sets.train.mean(), n), h);
        let recorder = Recorder::new(&mut p, &["reconstruction_error"]);
        let feed = Feed::images(&mut p, sets);
        let options = LearnerOptions {
            machine,
            group: &group,
            feed: &feed,
            batch: b,
            schedule: first_schedule,
            recorder: Some(&recorder),
        };
        let learner = Learner::new(&mut p, options)?;
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
        // The batch and what is recognised in it; the chains that continue from there.
        let batch = state(&mut p, "top_batch", [b, d]);
        let data = [state(&mut p, "recognised", [b, h]), state(&mut p, "labels", [b, CLASSES])];
        let chain = [state(&mut p, "top_chain", [b, h]), state(&mut p, "top_chain_labels", [b, CLASSES])];
        let dream = [state(&mut p, "dream", [DREAMS, h]), state(&mut p, "dream_labels", [DREAMS, CLASSES])];
        let dream_t = state(&mut p, "dream_top", [DREAMS, d]);
        let dreams = state(&mut p, "dream_pixels", [DREAMS, d]);
        let train_labels = p.data_u("train_labels", [n]);
        let clamp = p.data("clamp", [DREAMS, CLASSES]);

        let tie = p.entry("tie", |g| {
            let Machine { w, b, c } = machine;
            let [w, b, c] = [w, b, c].map(|param| g.param(param));
            let set =
                |group: &Group, values: &[Tensor<'_>]| g.assign(group.var(), g.flatten_group(group, values));
            set(&down, &[w, b]);
            set(&up, &[w, c]);
            // Labels are all alike, and add nothing: Σ_y e^{a_y} = 1.
            let alike = g.full(-libm::logf(CLASSES as f32), [CLASSES]);
            set(&top, &[w.permute(&[1, 0]), g.full(0.0, [CLASSES, d]), c, alike, b]);
        })?;
        let positive = p.entry("top_positive", |g| {
            let index = g.indices(b, n);
            let v = feed.train_rows_at(g, index);
            let h = g.bernoulli(net.recognise(g, v).sigmoid());
            let y = g.read(train_labels).gather(index).one_hot(CLASSES);
            g.assign(batch, v);
            for (vars, value) in [(data, [h, y]), (chain, [h, y])] {
                vars.into_iter().zip(value).for_each(|(var, value)| g.assign(var, value));
            }
        })?;
        let gibbs = p.entry("top_gibbs", |g| {
            let [h, y] = chain.map(|var| g.read(var));
            let next = net.recall(g, g.bernoulli(net.associate(g, h, y)));
            chain.into_iter().zip(next).for_each(|(var, value)| g.assign(var, value));
        })?;
        let update = p.entry("top_update", |g| {
            let [h, y] = data.map(|var| g.read(var));
            let grads = net.top_descent(g, [h, y], chain.map(|var| g.read(var)));
            // Linear to 0, as the first machine's; or to the rate of fine-tuning.
            let steps = (g.read(recorder.steps) - first_steps).maximum(g.constant(0.0));
            let rate = top_schedule.rate_after(g, steps).maximum(g.knob(fine_rate) * g.knob(fine_tune));
            top_sgd.update(g, g.flatten_group(&top, &grads), rate, g.knob(momentum), g.constant(0.0));
            // ‖v − E[v | h]‖²
            let made = net.generate(g, h).sigmoid();
            let error = (g.read(batch) - made).square().sum_axes(&[1]).mean();
            recorder.record(g, &[error]);
        })?;
        let fine = p.entry("fine", |g| {
            let each = 1.0 / b as f32;
            // Wake: the recognised hidden units should make the images likely.
            let (v, h) = (g.read(batch), g.read(data[0]));
            let wake = net.generate(g, h).sigmoid() - v;
            let grads = [wake.matmul_tn(h) * each, wake.mean_axes(&[0])];
            let rate = g.knob(fine_rate);
            down_sgd.update(g, g.flatten_group(&down, &grads), rate, g.knob(momentum), g.constant(0.0));
            // Sleep: generated images should be recognised as the hidden units they were generated from.
            let h = g.read(chain[0]);
            let v = g.bernoulli(net.generate(g, h).sigmoid());
            let sleep = net.recognise(g, v).sigmoid() - h;
            let grads = [v.matmul_tn(sleep) * each, sleep.mean_axes(&[0])];
            up_sgd.update(g, g.flatten_group(&up, &grads), rate, g.knob(momentum), g.constant(0.0));
        })?;
        let noise = p.entry("noise", |g| {
            let y = g.indices(DREAMS, CLASSES).one_hot(CLASSES);
            g.assign(dream[0], g.bernoulli(g.full(0.5, [DREAMS, h])));
            g.assign(dream[1], held(g.read(clamp), y));
        })?;
        let dream_top = p.entry("dream_top", |g| {
            let [h, y] = dream.map(|var| g.read(var));
            // A class that was chosen meanwhile holds at once.
            g.assign(dream_t, g.bernoulli(net.associate(g, h, held(g.read(clamp), y))));
        })?;
        let dream_down = p.entry("dream_down", |g| {
            let [h, y] = net.recall(g, g.read(dream_t));
            g.assign(dream[0], h);
            g.assign(dream[1], held(g.read(clamp), y));
            g.assign(dreams, net.generate(g, h).sigmoid());
        })?;
        let measure = p.entry("measure", |g| {
            let v = feed.test_rows(g, CHUNK);
            let logits = net.recognise(g, v);
            let h = g.bernoulli(logits.sigmoid());
            // log p(v | h) + log p*(h) − log q(h | v), one draw of h for each image.
            let pixels = -net.generate(g, h).bce_with_logits(v).sum_axes(&[1]);
            let prior = net.joint(g, h).log_sum_exp(1);
            let bound = pixels + prior + logits.bce_with_logits(h).sum_axes(&[1]);
            let class = net.joint(g, logits.sigmoid()).arg_max(1).to_f32();
            g.output("figures", g.concat(&[bound, -pixels, class].map(|x| x.reshape([CHUNK, 1])), 1));
        })?;
        Ok(Model {
            feed,
            recorder,
            learner,
            net,
            down: down.var(),
            up: up.var(),
            top: top.var(),
            train_labels,
            clamp,
            dreams,
            dream_units: [dream_t, dream[0], dream[1]],
            tie,
            positive,
            gibbs,
            update,
            fine,
            noise,
            dream_top,
            dream_down,
            measure,
            program: p,
        })
    }

    /// What the measuring entry says of the first `images` held-out images, `draws` times chunk by chunk:
    /// `[chunks, draws, CHUNK, MEASURED]`.
    pub fn measured(&self, device: &Driver, images: usize, draws: usize) -> Answer<Vec<f32>> {
        device.seed(self.measure, VIEW_SEED);
        device.sweep(images.div_ceil(CHUNK) * draws, usize::MAX, |d, i| {
            self.feed.begin_at(d, i / draws * CHUNK);
            Ok(d.ask(self.measure, "figures"))
        })
    }
}

/// The classes that are clamped, and those drawn where none is.
fn held<'g>(clamp: Tensor<'g>, drawn: Tensor<'g>) -> Tensor<'g> {
    clamp.sum_keep(&[1]).select(clamp, drawn)
}
