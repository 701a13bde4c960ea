//! The programs: a step of training, the two halves of a step of the chain, and questions.

use super::Data;
use crate::Error;
use crate::data::plane::BANK;
use crate::nn::fourier::FourierMlp;
use crate::nn::{Mlp, figures};
use crate::settings::Settings;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::optim::{Adam, AdamOptions, schedule};
use tilde_graph::{EntryId, Graph, Init, Knob, Program, Tensor, Var};

/// Octaves of the Fourier features of a point.
const OCTAVES: usize = 3;
/// Hidden units of what learns log s².
const SPREAD: usize = 64;
/// Steps of the trail of a particle, and the particles that leave one.
pub const TRAIL: usize = 16;
pub const TRAILS: usize = 12;

/// What is learned of p(x | x̃): its mean r(x̃), and log s²(x̃).
enum Net {
    /// Of points, the mean is x̃ plus a residual.
    Points(FourierMlp, FourierMlp),
    Images(Mlp, Mlp),
}

impl Net {
    /// The mean, `[B, D] → [B, D]`.
    fn mean<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        match self {
            Net::Points(net, _) => x + net.apply(g, x),
            Net::Images(net, _) => net.apply(g, x, Tensor::relu),
        }
    }

    /// log s², `[B, D] → [B, 1]`.
    fn log_variance<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        let answer = match self {
            Net::Points(_, net) => net.apply(g, x),
            Net::Images(_, net) => net.apply(g, x, Tensor::relu),
        };
        // Neither data set has a variance above 1 left where x̃ is known.
        answer.clamp(-9.0, 0.0)
    }

    /// Of clean and corrupted rows `[B, D]`: E‖x − r(x̃)‖², and −log p(x | x̃) without its constant,
    /// from which s² is learned where r stands as it is.
    fn losses<'g>(&self, g: &'g Graph, x: Tensor<'g>, noised: Tensor<'g>) -> [Tensor<'g>; 2] {
        let d = x.shape().dim(1) as f32;
        let square = (x - self.mean(g, noised)).square().sum_keep(&[1]);
        let log_variance = self.log_variance(g, noised);
        let surprise = 0.5 * (square.stop() * (-log_variance).exp() + log_variance * d);
        [square.mean(), surprise.mean()]
    }
}

/// Both halves of a step of the chain.
struct Process {
    net: Net,
    points: bool,
    sigma: Knob,
    masked: Knob,
    draw: Knob,
}

impl Process {
    /// C(x̃ | x): Gaussian noise; of images, some pixels are black whatever they were.
    fn corrupt<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        let noised = x + g.knob(self.sigma) * g.normal(x.shape());
        if self.points {
            return noised;
        }
        let kept = g.knob(self.masked).lt(g.uniform(x.shape()));
        kept.select(noised, g.constant(0.0))
    }

    /// A draw from the reconstruction distribution p(x | x̃), here N(r(x̃), s²(x̃)), and its mean.
    fn reconstruct<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> [Tensor<'g>; 2] {
        let mean = self.net.mean(g, x);
        let spread = g.knob(self.draw) * (0.5 * self.net.log_variance(g, x)).exp();
        let [x, mean] = [mean + spread * g.normal(mean.shape()), mean];
        // Pixels beyond black and white are none; where chains begin, the network has seen nothing.
        if self.points { [x, mean] } else { [x.clamp(0.0, 1.0), mean.clamp(0.0, 1.0)] }
    }
}

/// A trail that goes on to the first rows of x, and forgets its oldest places.
fn longer<'g>(g: &'g Graph, trail: Var, x: Tensor<'g>) -> Tensor<'g> {
    let old = g.read(trail);
    let [trails, d] = [old.shape().dim(1), old.shape().dim(2)];
    g.concat(&[old.slice(1, TRAIL - 1), x.slice(0, trails).reshape([1, trails, d])], 0)
}

/// A program with the handles to its parts.
pub struct Model {
    /// To be loaded.
    pub program: Program,
    /// The points, `[BANK, D]`, or the images, packed.
    pub bank: Var,
    /// Training steps done.
    pub steps: Var,
    /// The chain that is shown, `[particles, D]`: corrupted and reconstructed.
    pub corrupted: Var,
    /// The same, reconstructed.
    pub chain: Var,
    /// Where the first particles of the chain were, `[TRAIL, TRAILS, D]`, the latest last.
    pub trail: Var,
    /// Rows to be reconstructed, `[probes, D]`.
    pub probe: Var,
    /// Rows of [`Model::probe`].
    pub probes: usize,
    /// Samples in the making, `[chunk, D]`, and the means that they were drawn around.
    pub sample: [Var; 2],
    /// Rows of [`Model::sample`].
    pub chunk: usize,
    /// 1 where reconstructions are drawn around r(x̃), 0 where they are r(x̃).
    pub draw: Knob,
    /// Share of the learning rate that is left at the horizon.
    pub fraction: Knob,
    /// A step of training; gives "loss".
    pub train: EntryId,
    /// The loss without a step.
    pub untrained: EntryId,
    /// The chain begins anew.
    pub begin: EntryId,
    /// The first half of its step.
    pub corrupt: EntryId,
    /// The second half.
    pub reconstruct: EntryId,
    /// Samples begin as noise.
    pub sample_begin: EntryId,
    /// A step of the samples: both halves.
    pub sample_step: EntryId,
    /// Answers [`Model::probe`]; gives "answer", r, and "log_variance".
    pub ask: EntryId,
}

/// Knobs that are live settings of the same name.
const LIVE: [&str; 4] = ["learning_rate", "sigma", "masked", "horizon"];

impl Model {
    /// Builds it.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the network's sizes do not fit together.
    pub fn new(settings: &Settings, data: &Data) -> Result<Model, Error> {
        let d = data.dims();
        let batch = settings.count("batch");
        // Rows of: a training step, the chain, the questions, a run of the sampler.
        let [b, particles, probes, chunk] = match data {
            Data::Plane(_) => [batch, 256, 256, 512],
            Data::Images(_) => [batch / 4, 16, 64, 64],
        };
        let mut p = Program::new("denoising");
        let [rate, sigma, masked, horizon] = LIVE.map(|id| p.knob(id, 1.0));
        let [draw, fraction] = ["draw", "fraction"].map(|id| p.knob(id, 1.0));
        let mut group = p.group("denoiser");
        let hidden = vec![settings.count("hidden"); settings.count("layers")];
        let net = match data {
            Data::Plane(_) => {
                let octaves = if settings.flag("fourier") { OCTAVES } else { 0 };
                Net::Points(
                    FourierMlp::named(&mut p, &mut group, "mean", &hidden, 2, octaves),
                    FourierMlp::named(&mut p, &mut group, "spread", &[SPREAD], 1, octaves),
                )
            }
            Data::Images(_) => {
                let wide = hidden.iter().map(|h| 2 * h);
                let widths: Vec<usize> = [d].into_iter().chain(wide).chain([d]).collect();
                Net::Images(
                    Mlp::named(&mut p, &mut group, "mean", &widths),
                    Mlp::named(&mut p, &mut group, "spread", &[d, SPREAD, 1]),
                )
            }
        };
        let adam = Adam::new(&mut p, &group, "adam", AdamOptions::default());
        let steps = p.state("steps", [], Init::Constant(0.0));
        let [corrupted, chain] =
            ["corrupted", "chain"].map(|name| p.state(name, [particles, d], Init::Constant(0.0)));
        // Of images no trail is drawn.
        let trails = if d == 2 { TRAILS } else { 1 };
        let trail = p.state("trail", [TRAIL, trails, d], Init::Constant(0.0));
        let sample = ["sample", "sample_mean"].map(|name| p.scratch(name, [chunk, d]));
        let probe = p.input("probe", [probes, d]);
        let bank = match data {
            Data::Plane(_) => p.data("bank", [BANK, d]),
            Data::Images(sets) => p.data_u("bank", [sets.train.n, sets.train.row_words()]),
        };
        let (centre, wide) = data.noise();
        let process = Process { net, points: d == 2, sigma, masked, draw };

        // Of a fresh batch.
        let losses = figures(|g| {
            let x = match data {
                Data::Plane(_) => g.read(bank).gather(g.indices(b, BANK)),
                Data::Images(sets) => {
                    let bytes = g.read(bank).gather_bytes(g.indices(b, sets.train.n), d);
                    bytes * (1.0 / f32::from(sets.train.levels))
                }
            };
            process.net.losses(g, x, process.corrupt(g, x))
        });
        let train = p.entry("train", |g| {
            let [loss, surprise] = losses(g);
            let t = g.read(steps);
            let rate = schedule::cosine(t, g.knob(rate), g.constant(0.0), g.knob(horizon), g.knob(fraction));
            adam.update(g, g.grad_group(loss + surprise, &group), rate);
            g.assign(steps, t + 1.0);
            g.output("loss", loss);
        });
        let untrained = p.entry("untrained", |g| g.output("loss", losses(g)[0]));
        // Where chains begin: noise as wide as the data.
        fn noise(g: &Graph, shape: [usize; 2], centre: f32, wide: f32) -> Tensor<'_> {
            g.normal(shape) * wide + centre
        }
        let begin = p.entry("begin", |g| {
            let x = noise(g, [particles, d], centre, wide);
            g.assign(chain, x);
            g.assign(corrupted, x);
            let first = x.slice(0, trails).reshape([1, trails, d]).broadcast([TRAIL, trails, d]);
            g.assign(trail, first);
        });
        let corrupt = p.entry("corrupt", |g| {
            let x = process.corrupt(g, g.read(chain));
            g.assign(corrupted, x);
            g.assign(trail, longer(g, trail, x));
        });
        let reconstruct = p.entry("reconstruct", |g| {
            let [x, _] = process.reconstruct(g, g.read(corrupted));
            g.assign(chain, x);
            g.assign(trail, longer(g, trail, x));
        });
        let sample_begin = p.entry("sample_begin", |g| {
            g.assign(sample[0], noise(g, [chunk, d], centre, wide));
        });
        let sample_step = p.entry("sample_step", |g| {
            let [x, mean] = process.reconstruct(g, process.corrupt(g, g.read(sample[0])));
            g.assign(sample[0], x);
            g.assign(sample[1], mean);
        });
        let ask = p.entry("ask", |g| {
            g.output("answer", process.net.mean(g, g.read(probe)));
            g.output("log_variance", process.net.log_variance(g, g.read(probe)));
        });
        let build = |e: tilde_graph::GraphError| {
            Error::BadSetting(format!("The network does not fit together: {e}."))
        };
        Ok(Model {
            train: train.map_err(build)?,
            untrained: untrained.map_err(build)?,
            begin: begin.map_err(build)?,
            corrupt: corrupt.map_err(build)?,
            reconstruct: reconstruct.map_err(build)?,
            sample_begin: sample_begin.map_err(build)?,
            sample_step: sample_step.map_err(build)?,
            ask: ask.map_err(build)?,
            program: p,
            bank,
            steps,
            corrupted,
            chain,
            trail,
            probe,
            probes,
            sample,
            chunk,
            draw,
            fraction,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{self, flat, numbers};

    /// PyTorch's losses and gradients with the same weights (`tests/goldens/make_auto.py`).
    fn agrees(id: &str, d: usize, build: impl Fn(&mut Program, &mut tilde_graph::Group) -> Net) {
        let r = golden::record("auto", id);
        let mut p = Program::new("golden");
        let mut group = p.group("denoiser");
        let net = build(&mut p, &mut group);
        let [x, noised] = ["x", "noised"].map(|name| p.input(name, [8, d]));
        p.entry("run", |g| {
            let noised = g.read(noised);
            let [loss, surprise] = net.losses(g, g.read(x), noised);
            g.output("mean", net.mean(g, noised));
            g.output("log_variance", net.log_variance(g, noised));
            g.output("loss", loss);
            g.output("surprise", surprise);
            g.output("grads", g.grad_group(loss + surprise, &group));
        })
        .unwrap();
        let state = [
            (group.var(), flat(&p, &group, &r["in"]["weights"])),
            (x, numbers(&r["in"]["x"])),
            (noised, numbers(&r["in"]["noised"])),
        ];
        let mut expected = ["mean", "log_variance", "loss", "surprise"]
            .map(|name| (name, numbers(&r["out"][name])))
            .to_vec();
        expected.push(("grads", flat(&p, &group, &r["out"]["grads"])));
        golden::agree(&p, &state, &expected);
    }

    #[test]
    fn losses_of_points_agree_with_pytorch() {
        agrees("denoising.points", 2, |p, group| {
            Net::Points(
                FourierMlp::named(p, group, "mean", &[6], 2, OCTAVES),
                FourierMlp::named(p, group, "spread", &[4], 1, OCTAVES),
            )
        });
    }

    #[test]
    fn losses_of_images_agree_with_pytorch() {
        agrees("denoising.images", 5, |p, group| {
            Net::Images(Mlp::named(p, group, "mean", &[5, 6, 5]), Mlp::named(p, group, "spread", &[5, 4, 1]))
        });
    }
}
