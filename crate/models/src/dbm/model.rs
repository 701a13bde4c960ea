//! The machine, its mean field and its chains, and the entries of the program.
//!
//! B batch, V visible units, N₁, N₂, N₃ hidden ones.

use super::LAYERS;
use super::net::{Net, Units};
use crate::boltzmann::log_odds;
use crate::nn::Schedule;
use crate::prelude::*;

/// Held-out images of one run of the measuring entries.
pub const CHUNK: usize = 128;
/// Mean-field steps that are measured.
pub const SETTLED: usize = 24;
/// Gibbs steps from noise to a sample.
const BURN_IN: u32 = 500;

/// A layer of units of each kind: v, h₁, h₂, h₃.
type Layers = [Var; LAYERS + 1];

/// The program and its entries.
pub struct Model {
    pub program: Program,
    pub feed: Feed,
    pub recorder: Recorder,
    pub net: Net,
    /// All parameters, flat.
    pub parameters: Var,
    /// Probabilities of the chains' pixels, `[B, V]`.
    pub dreams: Var,
    /// The bound after each mean-field step, but for log Z, `[S + 1, CHUNK]`.
    trace: Var,
    pub positive: EntryId,
    /// One contrastive step of each layer on its own.
    pub layers: [EntryId; LAYERS],
    pub settle: EntryId,
    pub wake: EntryId,
    pub noise: EntryId,
    pub dream: EntryId,
    pub update: EntryId,
    measure_start: EntryId,
    measure: EntryId,
    /// The units of the held-out images that are measured, each `[CHUNK, N]`.
    probe: Layers,
    sample_start: EntryId,
    sample_walk: EntryId,
    /// The pixels of samples in the making, `[CHUNK, V]`.
    drawn: Var,
}

impl Model {
    /// Builds the program. The layers are joined after `pretrained` steps.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the layers do not fit together.
    pub fn new(settings: &Settings, sets: &ImageSets, pretrained: u32) -> Result<Model, Error> {
        let n = sets.train.n;
        let b = settings.count("batch").min(n);
        let hidden = ["first", "second", "third"].map(|id| settings.count(id));
        let sizes = [sets.train.area(), hidden[0], hidden[1], hidden[2]];

        let mut p = Program::new("dbm");
        let knobs = ["learning_rate", "schedule", "horizon"].map(|id| knob(&mut p, settings, id));
        let (learning_rate, schedule) = (knobs[0], Schedule::of(Fall::Linear, knobs));
        let momentum = knob(&mut p, settings, "momentum");
        let mut group = p.group("dbm");
        let pixels = log_odds(&sets.train.mean(), n);
        let net = Net {
            w: [0, 1, 2].map(|l| {
                let name = format!("weight{}", l + 1);
                group.param(&mut p, &name, [sizes[l], sizes[l + 1]], Init::Normal(0.01))
            }),
            b: [0, 1, 2, 3].map(|l| {
                let init = if l == 0 { Init::Values(pixels.clone()) } else { Init::Constant(0.0) };
                group.param(&mut p, &format!("bias{l}"), [sizes[l]], init)
            }),
        };
        let sgd = Sgd::new(&mut p, &group, "sgd");
        let recorder = Recorder::new(&mut p, &["reconstruction_error"]);
        let feed = Feed::images(&mut p, sets);
        let mut units = |name: &str, rows: usize, scratch: bool| -> Layers {
            [0, 1, 2, 3].map(|l| {
                let (name, shape) = (format!("{name}{l}"), [rows, sizes[l]]);
                match scratch {
                    true => p.scratch(&name, shape),
                    false => p.state(&name, shape, Init::Constant(0.0)),
                }
            })
        };
        // The mean field of the batch and the persistent chains; what is measured and what is drawn.
        let [batch, chain] = ["batch", "chain"].map(|name| units(name, b, false));
        let [probe, drawn] = ["probe", "sample"].map(|name| units(name, CHUNK, true));
        let dreams = p.state("dreams", [b, sizes[0]], Init::Constant(0.0));
        let trace = p.scratch("trace", [SETTLED + 1, CHUNK]);
        let settled = p.scratch("settled", []);

        let positive = p.entry("positive", |g| assign(g, batch, net.pass_up(g, feed.batch(g, b))))?;
        let mut layer = |l: usize| {
            p.entry(&format!("layer{l}"), |g| {
                // The images, drawn upwards through the layers below.
                let mut low = feed.batch(g, b);
                for under in 1..l {
                    low = g.bernoulli(net.upwards(g, under, low));
                }
                let high = net.upwards(g, l, low);
                let back = net.downwards(g, l, g.bernoulli(high));
                let low_k = g.bernoulli(back);
                let high_k = net.upwards(g, l, low_k);
                let mut grads: Vec<Tensor<'_>> =
                    group.params().iter().map(|param| g.full(0.0, param.shape())).collect();
                grads[l - 1] = Net::weight_descent([low, low_k], [high, high_k]);
                grads[LAYERS + l] = (high_k - high).mean_axes(&[0]);
                if l == 1 {
                    grads[LAYERS] = (low_k - low).mean_axes(&[0]);
                }
                let grad = g.flatten_group(&group, &grads);
                sgd.update(g, grad, g.knob(learning_rate), g.knob(momentum), g.constant(0.0));
                recorder.record(g, &[(low - back).square().sum_axes(&[1]).mean()]);
            })
        };
        let layers = [layer(1)?, layer(2)?, layer(3)?];
        let settle = p.entry("settle", |g| assign(g, batch, net.settle(g, read(g, batch))))?;
        let wake = p.entry("wake", |g| {
            let units = read(g, batch);
            assign(g, chain, units.map(|u| g.bernoulli(u)));
            g.assign(dreams, units[0]);
        })?;
        let noise = p.entry("noise", |g| {
            let units = sizes.map(|size| g.bernoulli(g.full(0.5, [b, size])));
            assign(g, chain, units);
            g.assign(dreams, units[0]);
        })?;
        let dream = p.entry("dream", |g| {
            let (units, pixels) = net.gibbs(g, read(g, chain));
            assign(g, chain, units);
            g.assign(dreams, pixels);
        })?;
        let update = p.entry("update", |g| {
            let (data, model) = (read(g, batch), read(g, chain));
            let grads = net.descent(g, data, model);
            let joint_steps = (g.read(recorder.steps) - pretrained as f32).maximum(g.constant(0.0));
            let rate = schedule.rate_after(g, joint_steps);
            sgd.update(g, g.flatten_group(&group, &grads), rate, g.knob(momentum), g.constant(0.0));
            // ‖v − E[v | μ₁]‖²
            recorder.record(g, &[(data[0] - net.given(g, 0, &data)).square().sum_axes(&[1]).mean()]);
        })?;
        let measure_start = p.entry("measure_start", |g| {
            let units = net.pass_up(g, feed.test_rows(g, CHUNK));
            assign(g, probe, units);
            let row = g.iota([SETTLED + 1, 1], 0).to_f32().equal(g.constant(0.0));
            g.assign(trace, row * net.bound(g, &units).reshape([1, CHUNK]));
            g.assign(settled, g.constant(0.0));
        })?;
        let measure = p.entry("measure", |g| {
            let units = net.settle(g, read(g, probe));
            assign(g, probe, units);
            let t = g.read(settled) + 1.0;
            let row = g.iota([SETTLED + 1, 1], 0).to_f32().equal(t);
            g.assign(trace, g.read(trace) + row * net.bound(g, &units).reshape([1, CHUNK]));
            g.assign(settled, t);
        })?;
        let sample_start = p.entry("sample_start", |g| {
            assign(g, drawn, sizes.map(|size| g.bernoulli(g.full(0.5, [CHUNK, size]))));
        })?;
        let sample_walk = p.entry("sample_walk", |g| assign(g, drawn, net.gibbs(g, read(g, drawn)).0))?;
        Ok(Model {
            feed,
            recorder,
            net,
            parameters: group.var(),
            dreams,
            trace,
            positive,
            layers,
            settle,
            wake,
            noise,
            dream,
            update,
            measure_start,
            measure,
            probe,
            sample_start,
            sample_walk,
            drawn: drawn[0],
            program: p,
        })
    }

    /// The bounds of the first `images` held-out images after each mean-field step, but for log Z: chunk
    /// by chunk of images, each `[S + 1, CHUNK]`.
    pub fn bounds(&self, device: &Driver, images: usize) -> Answer<Vec<f32>> {
        device.sweep(images.div_ceil(CHUNK), usize::MAX, |d, i| {
            self.feed.begin_at(d, i * CHUNK);
            d.schedule(&[(self.measure_start, 1), (self.measure, SETTLED as u32)], 1)?;
            Ok(d.read(self.trace))
        })
    }

    /// The units of each hidden layer after each of these numbers of mean-field rounds, of a held-out image, `[N]` each.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub fn rounds(
        &self,
        device: &Driver,
        rounds: &[u32],
        image: usize,
    ) -> Result<Vec<[Answer<Vec<f32>>; LAYERS]>, Error> {
        self.feed.begin_at(device, image);
        device.run(self.measure_start)?;
        let mut done = 0;
        let mut all = Vec::new();
        for &round in rounds {
            device.schedule(&[(self.measure, round - done)], 1)?;
            done = round;
            all.push([1, 2, 3].map(|l| {
                let units = self.net.b[l].shape().len();
                device.read_first(self.probe[l], units)
            }));
        }
        Ok(all)
    }

    /// The ends of Gibbs chains from noise, `len` pixels in all.
    pub fn chains(&self, device: &Driver, len: usize, seed: u64) -> Answer<Vec<f32>> {
        device.draws(&[(self.sample_start, 1), (self.sample_walk, BURN_IN)], seed, self.drawn, len)
    }
}

/// The units of all layers.
fn read<'g>(g: &'g Graph, vars: Layers) -> Units<'g> {
    vars.map(|var| g.read(var))
}

fn assign(g: &Graph, vars: Layers, values: Units<'_>) {
    vars.into_iter().zip(values).for_each(|(var, value)| g.assign(var, value));
}
