//! The program: its variables and what its entries compute.
//!
//! B texts of a batch, T characters of a context, S texts that are written at once, N characters of
//! each, V symbols.

use crate::nn::transformer::{Sizes, Transformer};
use crate::prelude::*;
use tilde_graph::optim::clip_groups;
use tilde_graph::optim::schedule;

/// Characters of one run of `measure`, about.
const MEASURED: usize = 1024;
/// S: texts that are written at once.
pub const TEXTS: usize = 8;
/// N: characters of each, the first of which is the first of the alphabet.
pub const LENGTH: usize = 257;

/// What the cosine ends at, as a share of the learning rate.
const LAST_RATE: f32 = 0.1;
/// Gradients are shortened to this norm.
const MAX_NORM: f32 = 1.0;

/// Variables and entries of the program.
pub struct Model {
    /// The program.
    pub program: Program,
    /// Sizes of the network.
    pub sizes: Sizes,
    /// The text to learn from, `u32`.
    pub train_text: Var,
    /// The text that is held out, `u32`.
    pub test_text: Var,
    /// The step count and the loss.
    pub recorder: Recorder,
    /// W, the windows of one run of `measure`.
    pub measured: usize,
    /// Of each of them its start, the first prediction that counts, and one past the last; `[W, 3]`.
    windows: Var,
    /// The user's sentence, `[T]`.
    sentence: Var,
    /// The texts that are written, `u32 [S, N]`.
    texts: Var,
    /// One step of training.
    pub train: EntryId,
    /// The loss without a step.
    pub untrained: EntryId,
    measure: EntryId,
    predict: EntryId,
    /// Begins texts anew.
    begin: EntryId,
    /// Draws one character of each.
    draw: EntryId,
    /// Reads the last half of a context again, so that there is room for another half.
    slide: EntryId,
}

/// Characters that are still in the cache after a context was full.
fn kept(context: usize) -> usize {
    context / 2
}

impl Model {
    /// Builds the program for texts of these lengths.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the sizes do not fit together.
    pub fn new(
        settings: &Settings,
        symbols: usize,
        [train_len, test_len]: [usize; 2],
    ) -> Result<Model, Error> {
        let heads = settings.count("heads");
        // Each head turns pairs of coordinates.
        let width = settings.count("width") / (2 * heads) * (2 * heads);
        let context = settings.count("context");
        let sizes = Sizes { layers: settings.count("layers"), width, heads, context, symbols };
        let (b, t) = (settings.count("batch"), context);
        let w = MEASURED.div_ceil(t);
        let dropout = settings.number("dropout") as f32;

        let mut p = Program::new("gpt");
        let [learning_rate, warm_up, horizon, weight_decay, temperature, top_k] =
            ["learning_rate", "warm_up", "horizon", "weight_decay", "temperature", "top_k"]
                .map(|id| knob(&mut p, settings, id));
        let (mut matrices, mut gains) = (p.group("gpt"), p.group("gains"));
        let network = Transformer::new(&mut p, &mut matrices, &mut gains, sizes);
        let options = AdamOptions { beta2: 0.99, ..AdamOptions::default() };
        let adam = Adam::new(&mut p, &matrices, "adam", options);
        let adam_gains = Adam::new(&mut p, &gains, "adam_gains", options);
        let recorder = Recorder::new(&mut p, &["loss"]);
        let train_text = p.data_u("train", [train_len]);
        let test_text = p.data_u("test", [test_len]);
        let windows = p.input("windows", [w, 3]);
        let sentence = p.input("sentence", [t]);
        let texts = p.scratch_u("texts", [TEXTS, LENGTH]);
        // The character that was drawn last, and its place in the context.
        let (last, at) = (p.scratch_u("last", []), p.scratch_u("at", []));
        let cached = [TEXTS, heads, t, width / heads];
        let caches: Vec<[Var; 2]> = (1..=sizes.layers)
            .map(|i| ["keys", "values"].map(|what| p.scratch(&format!("{what}{i}"), cached)))
            .collect();

        // The mean loss of windows that begin anywhere.
        let objective = figures(|g| {
            let starts = g.indices(b, train_len - t).reshape([b, 1]);
            let place = (starts + g.iota([1, t], 1)).reshape([b * t]);
            let text = g.read(train_text);
            let pass = network.forward(g, text.gather(place), t, |x| dropped(x, dropout));
            [pass.logits.cross_entropy(text.gather(place + g.constant_u(1))).mean()]
        });
        let train = p.entry("train", |g| {
            let [loss] = objective(g);
            let step = g.read(recorder.steps);
            let [rate, warm_up, horizon] = [learning_rate, warm_up, horizon].map(|k| g.knob(k));
            let rate = schedule::cosine(step, rate, warm_up, horizon, g.constant(LAST_RATE));
            let grads = [&matrices, &gains].map(|group| g.grad_group(loss, group));
            let [grad, grad_gains] = clip_groups(grads, g.constant(MAX_NORM));
            adam.update_decayed(g, grad, rate, g.knob(weight_decay));
            adam_gains.update(g, grad_gains, rate);
            recorder.record(g, &[loss]);
        })?;
        let untrained = p.entry("untrained", |g| g.output("loss", objective(g)[0]))?;
        let measure = p.entry("measure", |g| {
            let windows = g.read(windows);
            let column = |i: usize| windows.slice_axis(1, i, 1);
            let starts = column(0).unary(Unary::ToU32);
            let place = (starts + g.iota([1, t], 1)).reshape([w * t]);
            let text = g.read(test_text);
            let pass = network.forward(g, text.gather(place), t, |x| x);
            let loss = pass.logits.cross_entropy(text.gather(place + g.constant_u(1)));
            let i = g.iota([1, t], 1).to_f32();
            let counts = (1.0 - i.lt(column(1))) * i.lt(column(2));
            g.output("nats", (loss.reshape([w, t]) * counts).sum_axes(&[1]));
        })?;
        let predict = p.entry("predict", |g| {
            let pass = network.forward(g, g.read(sentence).unary(Unary::ToU32), t, |x| x);
            g.output("next", pass.logits.softmax(1));
            let attention: Vec<Tensor> = (0..sizes.layers).map(|i| pass.attention(i)).collect();
            g.output("attention", g.concat(&attention, 0));
        })?;
        let begin = p.entry("begin", |g| {
            // In the order of code points the line break comes first, then the space.
            let zero = g.constant_u(0);
            g.assign(texts, zero.broadcast([TEXTS, LENGTH]));
            g.assign(last, zero);
            g.assign(at, zero);
            // What an earlier, broken model may have left must not be multiplied by 0.
            caches.iter().flatten().for_each(|&var| g.assign(var, g.full(0.0, cached)));
        })?;
        let draw = p.entry("draw", |g| {
            let one = g.constant_u(1);
            let (last_at, here) = (g.read(last), g.read(at));
            let flat = g.read(texts).reshape([TEXTS * LENGTH]);
            let row = g.iota([TEXTS], 0) * g.constant_u(LENGTH as u32);
            let cache: Vec<[Tensor; 2]> = caches.iter().map(|c| c.map(|var| g.read(var))).collect();
            let (logits, cache) = network.forward_one(g, flat.gather(row + last_at), here, &cache);
            let likely = logits.top_k_mask(g.knob(top_k)).select(logits, g.constant(-1e30));
            let drawn = g.categorical(likely / g.knob(temperature).maximum(g.constant(1e-3)));
            let next = g.iota([1, LENGTH], 1).equal(last_at + one);
            g.assign(texts, next.select(drawn.reshape([TEXTS, 1]), g.read(texts)));
            g.assign(last, last_at + one);
            g.assign(at, here + one);
            assign_all(g, &caches, &cache);
        })?;
        let slide = p.entry("slide", |g| {
            let n = kept(t);
            let flat = g.read(texts).reshape([TEXTS * LENGTH]);
            let row = g.iota([TEXTS, n], 0) * g.constant_u(LENGTH as u32) + g.iota([TEXTS, n], 1);
            let place = row + (g.read(last) - g.constant_u(n as u32));
            let pass = network.forward(g, flat.gather(place.reshape([TEXTS * n])), n, |x| x);
            let cache: Vec<[Tensor; 2]> =
                pass.heads.iter().map(|[_, k, v]| [k, v].map(|x| x.pad(2, 0, t - n))).collect();
            g.assign(at, g.constant_u(n as u32));
            assign_all(g, &caches, &cache);
        })?;
        Ok(Model {
            program: p,
            sizes,
            train_text,
            test_text,
            recorder,
            measured: w,
            windows,
            sentence,
            texts,
            train,
            untrained,
            measure,
            predict,
            begin,
            draw,
            slide,
        })
    }

    /// The losses on windows of the held-out text, each its start, the first prediction that counts, and one
    /// past the last: `[n, 3] → [n]`, nats summed over what counts.
    pub fn nats(&self, device: &Driver, windows: &[f32]) -> Answer<Vec<f32>> {
        device.over_rows(self.measure, self.windows, windows, "nats")
    }

    /// An output of the network for a sentence of up to T characters: `next [T, V]`, the probabilities after
    /// each character, or `attention [layers, H, T, T]`.
    pub fn predict(&self, device: &Driver, sentence: &[u32], output: &str) -> Answer<Vec<f32>> {
        let sentence: Vec<f32> = sentence.iter().map(|&s| s as f32).collect();
        device.write(self.sentence, &sentence);
        device.ask(self.predict, output)
    }

    /// Seeds the draws of the texts that are written next.
    pub fn seed(&self, device: &Driver, seed: u64) {
        device.seed(self.draw, seed);
    }

    /// Writes [`TEXTS`] texts of `n` < [`LENGTH`] characters, `[S, n]`. Each begins after the first character
    /// of the alphabet. The draws go on from those of the texts before.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub fn write(&self, device: &Driver, n: usize) -> Result<Answer<Vec<u32>>, Error> {
        device.schedule(&self.writing(n), 1)?;
        let texts = device.read_u(self.texts);
        Ok(Box::pin(
            async move { Ok(texts.await?.chunks(LENGTH).flat_map(|row| row[1..=n].to_vec()).collect()) },
        ))
    }

    /// What to run, in which order, to write `n` characters after the given one.
    fn writing(&self, n: usize) -> Vec<(EntryId, u32)> {
        let t = self.sizes.context;
        let mut schedule = Vec::from([(self.begin, 1), (self.draw, n.min(t) as u32)]);
        let mut left = n.saturating_sub(t);
        while left > 0 {
            let some = left.min(t - kept(t));
            schedule.extend([(self.slide, 1), (self.draw, some as u32)]);
            left -= some;
        }
        schedule
    }
}

/// Sets a share of the numbers to 0 and makes up for it in the others (N. Srivastava et al.,
/// "Dropout", JMLR 2014).
fn dropped(x: Tensor<'_>, share: f32) -> Tensor<'_> {
    if share == 0.0 {
        return x;
    }
    let g = x.graph();
    x * g.bernoulli(g.full(1.0 - share, x.shape())) * (1.0 / (1.0 - share))
}

fn assign_all<'g>(g: &'g Graph, caches: &[[Var; 2]], values: &[[Tensor<'g>; 2]]) {
    for (var, value) in caches.iter().flatten().zip(values.iter().flatten()) {
        g.assign(*var, *value);
    }
}
