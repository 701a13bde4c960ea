//! The programs of a deep Boltzmann machine.
//!
//! B batch, V visible units, N₁, N₂, N₃ hidden ones.

use super::LAYERS;
use crate::Error;
use crate::boltzmann::{log_odds, misfit};
use crate::data::ImageSets;
use crate::metrics::dbm as exact;
use crate::settings::Settings;
use alloc::format;
use alloc::vec::Vec;
use tilde_graph::optim::Sgd;
use tilde_graph::{EntryId, Graph, Init, Param, Program, Tensor, Unary, Var};

/// Held-out images of one run of the measuring entries.
pub(super) const CHUNK: usize = 128;
/// Mean-field steps that are measured.
pub(super) const SETTLED: usize = 24;

/// Units: v, h₁, h₂, h₃.
type Units<'g> = [Tensor<'g>; LAYERS + 1];

/// The parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Net {
    w: [Param; LAYERS],
    b: [Param; LAYERS + 1],
}

impl Net {
    /// σ of what layer `l` hears from its neighbours: its mean field, or its conditional given samples.
    fn heard<'g>(&self, g: &'g Graph, l: usize, units: &Units<'g>) -> Tensor<'g> {
        let mut input = None;
        if l > 0 {
            input = Some(units[l - 1].matmul(g.param(self.w[l - 1])));
        }
        if l < LAYERS {
            let above = units[l + 1].matmul_nt(g.param(self.w[l]));
            input = Some(input.map_or(above, |below| below + above));
        }
        let bias = g.param(self.b[l]);
        input.map_or(bias, |input| input + bias).sigmoid()
    }

    /// What layer `l` makes of the one below on its own, doubled in place of the layer above, which the
    /// last layer does not have.
    fn upwards<'g>(&self, g: &'g Graph, l: usize, below: Tensor<'g>) -> Tensor<'g> {
        let doubled = if l < LAYERS { 2.0 } else { 1.0 };
        (below.matmul(g.param(self.w[l - 1])) * doubled + g.param(self.b[l])).sigmoid()
    }

    /// One round of the mean field: h₁ and h₃ given h₂, then h₂ given them. Never lowers the bound.
    fn settle<'g>(&self, g: &'g Graph, units: Units<'g>) -> Units<'g> {
        let [v, _, h2, _] = units;
        let (h1, h3) = (self.heard(g, 1, &units), self.heard(g, 3, &units));
        let h2 = self.heard(g, 2, &[v, h1, h2, h3]);
        [v, h1, h2, h3]
    }

    /// −E(v, μ) + H(μ) `[B]`: the bound on log p(v), but for log Z.
    fn bound<'g>(&self, g: &'g Graph, units: &Units<'g>) -> Tensor<'g> {
        let mut sum = (units[0] * g.param(self.b[0])).sum_axes(&[1]);
        for l in 1..=LAYERS {
            let (below, mu) = (units[l - 1], units[l]);
            let input = below.matmul(g.param(self.w[l - 1])) + g.param(self.b[l]);
            let floor = |x: Tensor<'g>| x.maximum(g.constant(1e-12)).ln();
            let entropy = -(mu * floor(mu)) - (1.0 - mu) * floor(1.0 - mu);
            sum = sum + (mu * input + entropy).sum_axes(&[1]);
        }
        sum
    }

    /// Gradients `W_l`, then biases, of rows `low` and `high` of neighbouring layers: under the model
    /// minus under the data.
    fn pair<'g>(low: [Tensor<'g>; 2], high: [Tensor<'g>; 2]) -> Tensor<'g> {
        let each = 1.0 / low[0].shape().dim(0) as f32;
        (low[1].matmul_tn(high[1]) - low[0].matmul_tn(high[0])) * each
    }

    /// The parameters out of the flat variable.
    pub fn values(&self, flat: &[f32]) -> exact::Machine {
        let of = |p: Param| flat[p.range()].to_vec();
        exact::Machine { weights: self.w.map(of), biases: self.b.map(of) }
    }
}

/// Programs, variables and entries.
pub(super) struct Model {
    pub program: Program,
    pub net: Net,
    pub parameters: Var,
    pub train: Var,
    pub test: Var,
    pub first: Var,
    /// Probabilities of the chains' pixels.
    pub dreams: Var,
    /// The bound after each mean-field step, `[S + 1, CHUNK]`.
    pub trace: Var,
    pub positive: EntryId,
    /// One contrastive step of each layer on its own.
    pub layers: [EntryId; LAYERS],
    pub settle: EntryId,
    pub wake: EntryId,
    pub noise: EntryId,
    pub dream: EntryId,
    pub update: EntryId,
    pub measure_start: EntryId,
    pub measure: EntryId,
    pub sample_start: EntryId,
    pub sample_walk: EntryId,
    pub sample_end: EntryId,
}

impl Model {
    /// Builds the programs.
    pub fn new(settings: &Settings, sets: &ImageSets) -> Result<Model, Error> {
        let (d, n) = (sets.train.area(), sets.train.n);
        let b = settings.count("batch").min(n);
        let sizes = [d, settings.count("first"), settings.count("second"), settings.count("third")];
        let mut p = Program::new("dbm");
        let learning_rate = p.knob("learning_rate", 0.1);
        let momentum = p.knob("momentum", 0.5);
        let schedule = p.knob("schedule", 1.0);
        let horizon = p.knob("horizon", 4500.0);
        let mut group = p.group("dbm");
        let pixels = log_odds(&sets.train.mean(), n);
        let w = [0, 1, 2].map(|l| {
            let name = format!("weight{}", l + 1);
            group.param(&mut p, &name, [sizes[l], sizes[l + 1]], Init::Normal(0.01))
        });
        let bias = [0, 1, 2, 3].map(|l| {
            let init = if l == 0 { Init::Values(pixels.clone()) } else { Init::Constant(0.0) };
            group.param(&mut p, &format!("bias{l}"), [sizes[l]], init)
        });
        let net = Net { w, b: bias };
        let sgd = Sgd::new(&mut p, &group, "sgd");
        let joint = p.state("joint_steps", [], Init::Constant(0.0));
        let units = |p: &mut Program, name: &str, rows: usize, scratch: bool| {
            sizes.map(|size| {
                let name = format!("{name}.{}", p.vars().len());
                match scratch {
                    true => p.scratch(&name, [rows, size]),
                    false => p.state(&name, [rows, size], Init::Constant(0.0)),
                }
            })
        };
        let batch = units(&mut p, "batch", b, false);
        let chain = units(&mut p, "chain", b, false);
        let probe = units(&mut p, "probe", CHUNK, true);
        let drawn = units(&mut p, "sample", CHUNK, true);
        let dreams = p.state("dreams", [b, d], Init::Constant(0.0));
        let trace = p.scratch("trace", [SETTLED + 1, CHUNK]);
        let settled = p.scratch("settled", []);
        let train = p.data_u("train", [n, sets.train.row_words()]);
        let test = p.data_u("test", [sets.test.n, sets.test.row_words()]);
        let first = p.input("first", [1]);

        let assign = |g: &Graph, vars: [Var; 4], values: Units<'_>| {
            vars.into_iter().zip(values).for_each(|(var, value)| g.assign(var, value));
        };
        let positive = p.entry("positive", |g| {
            let v = g.read(train).gather_bytes(g.indices(b, n), d);
            assign(g, batch, upwards(&net, g, v));
        });
        let mut layers = Vec::new();
        for l in 1..=LAYERS {
            let entry = p.entry(&format!("layer{l}"), |g| {
                // What the layers below make of the images, one after the other.
                let mut low = g.read(train).gather_bytes(g.indices(b, n), d);
                for under in 1..l {
                    low = g.bernoulli(net.upwards(g, under, low));
                }
                let high = net.upwards(g, l, low);
                let down = if l > 1 { 2.0 } else { 1.0 };
                let back = g.bernoulli(high).matmul_nt(g.param(net.w[l - 1])) * down + g.param(net.b[l - 1]);
                let low_k = g.bernoulli(back.sigmoid());
                let high_k = net.upwards(g, l, low_k);
                let mut grads: Vec<Tensor<'_>> =
                    group.params().iter().map(|param| g.full(0.0, param.shape())).collect();
                grads[l - 1] = Net::pair([low, low_k], [high, high_k]);
                grads[LAYERS + l] = (high_k - high).mean_axes(&[0]);
                if l == 1 {
                    grads[LAYERS] = (low_k - low).mean_axes(&[0]);
                }
                let grad = g.flatten_group(&group, &grads);
                sgd.update(g, grad, g.knob(learning_rate), g.knob(momentum), g.constant(0.0));
            });
            layers.push(entry.map_err(misfit)?);
        }
        let settle = p.entry("settle", |g| assign(g, batch, net.settle(g, batch.map(|v| g.read(v)))));
        let wake = p.entry("wake", |g| {
            let units = batch.map(|v| g.read(v));
            assign(g, chain, units.map(|u| g.bernoulli(u)));
            g.assign(dreams, units[0]);
        });
        let noise = p.entry("noise", |g| {
            let units = sizes.map(|size| g.bernoulli(g.full(0.5, [b, size])));
            assign(g, chain, units);
            g.assign(dreams, units[0]);
        });
        let dream = p.entry("dream", |g| {
            let (units, pixels) = walked(&net, g, chain.map(|v| g.read(v)));
            assign(g, chain, units);
            g.assign(dreams, pixels);
        });
        let update = p.entry("update", |g| {
            let data = batch.map(|v| g.read(v));
            let mut model = chain.map(|v| g.read(v));
            // Means in place of draws, where the other layers are given.
            (model[1], model[3]) = (net.heard(g, 1, &model), net.heard(g, 3, &model));
            let mut grads = Vec::new();
            for l in 0..LAYERS {
                grads.push(Net::pair([data[l], model[l]], [data[l + 1], model[l + 1]]));
            }
            grads.extend((0..=LAYERS).map(|l| (model[l] - data[l]).mean_axes(&[0])));
            let t = g.read(joint);
            let left = (1.0 - t / g.knob(horizon)).maximum(g.constant(0.0));
            let on = g.knob(schedule);
            let rate = g.knob(learning_rate) * (on * left + (1.0 - on));
            sgd.update(g, g.flatten_group(&group, &grads), rate, g.knob(momentum), g.constant(0.0));
            g.assign(joint, t + 1.0);
        });
        let measure_start = p.entry("measure_start", |g| {
            let index = (g.iota([CHUNK], 0).to_f32() + g.read(first)).unary(Unary::ToU32);
            let units = upwards(&net, g, g.read(test).gather_bytes(index, d));
            assign(g, probe, units);
            let row = g.iota([SETTLED + 1, 1], 0).to_f32().equal(g.constant(0.0));
            g.assign(trace, row * net.bound(g, &units).reshape([1, CHUNK]));
            g.assign(settled, g.constant(0.0));
        });
        let measure = p.entry("measure", |g| {
            let units = net.settle(g, probe.map(|v| g.read(v)));
            assign(g, probe, units);
            let t = g.read(settled) + 1.0;
            let row = g.iota([SETTLED + 1, 1], 0).to_f32().equal(t);
            g.assign(trace, g.read(trace) + row * net.bound(g, &units).reshape([1, CHUNK]));
            g.assign(settled, t);
        });
        let sample_start = p.entry("sample_start", |g| {
            assign(g, drawn, sizes.map(|size| g.bernoulli(g.full(0.5, [CHUNK, size]))));
        });
        let sample_walk =
            p.entry("sample_walk", |g| assign(g, drawn, walked(&net, g, drawn.map(|v| g.read(v))).0));
        let sample_end = p.entry("sample_end", |g| g.output("images", g.read(drawn[0]) + 0.0));
        Ok(Model {
            net,
            parameters: group.var(),
            train,
            test,
            first,
            dreams,
            trace,
            positive: positive.map_err(misfit)?,
            layers: [layers[0], layers[1], layers[2]],
            settle: settle.map_err(misfit)?,
            wake: wake.map_err(misfit)?,
            noise: noise.map_err(misfit)?,
            dream: dream.map_err(misfit)?,
            update: update.map_err(misfit)?,
            measure_start: measure_start.map_err(misfit)?,
            measure: measure.map_err(misfit)?,
            sample_start: sample_start.map_err(misfit)?,
            sample_walk: sample_walk.map_err(misfit)?,
            sample_end: sample_end.map_err(misfit)?,
            program: p,
        })
    }
}

/// Where the mean field begins: one pass upwards.
fn upwards<'g>(net: &Net, g: &'g Graph, v: Tensor<'g>) -> Units<'g> {
    let h1 = net.upwards(g, 1, v);
    let h2 = net.upwards(g, 2, h1);
    [v, h1, h2, net.upwards(g, 3, h2)]
}

/// One Gibbs step, h₁ and h₃ given the others, then v and h₂; and the probabilities of the pixels.
fn walked<'g>(net: &Net, g: &'g Graph, units: Units<'g>) -> (Units<'g>, Tensor<'g>) {
    let [v, _, h2, _] = units;
    let (h1, h3) = (g.bernoulli(net.heard(g, 1, &units)), g.bernoulli(net.heard(g, 3, &units)));
    let units = [v, h1, h2, h3];
    let pixels = net.heard(g, 0, &units);
    ([g.bernoulli(pixels), h1, g.bernoulli(net.heard(g, 2, &units)), h3], pixels)
}
