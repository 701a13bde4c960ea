//! The networks, the two halves of a step of the chain, and the entries of the program.

use crate::Error;
use crate::data::{Domain, Feed};
use crate::nn::fourier::FourierMlp;
use crate::nn::{Fall, Mlp, Trainer, figures, knob};
use crate::settings::Settings;
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::optim::AdamOptions;
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
        // The variance of x given x̃ is at most 1 in every data set.
        answer.clamp(-9.0, 0.0)
    }

    /// Of clean and corrupted rows `[B, D]`: E‖x − r(x̃)‖², and E −log p(x | x̃) without its constant, from
    /// which s² is learned with r held fixed.
    fn losses<'g>(&self, g: &'g Graph, x: Tensor<'g>, noised: Tensor<'g>) -> [Tensor<'g>; 2] {
        let d = x.shape().dim(1) as f32;
        let square = (x - self.mean(g, noised)).square().sum_keep(&[1]);
        let log_variance = self.log_variance(g, noised);
        // ½(‖x − r‖²/s² + D log s²)
        let nll = 0.5 * (square.stop() * (-log_variance).exp() + log_variance * d);
        [square.mean(), nll.mean()]
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
        // Pixels stay between black and white. Far from the data the network may answer anything.
        if self.points { [x, mean] } else { [x.clamp(0.0, 1.0), mean.clamp(0.0, 1.0)] }
    }
}

/// A trail that goes on to the first rows of x, and forgets its oldest places.
fn longer<'g>(g: &'g Graph, trail: Var, x: Tensor<'g>) -> Tensor<'g> {
    let old = g.read(trail);
    let [trails, d] = [old.shape().dim(1), old.shape().dim(2)];
    g.concat(&[old.slice(1, TRAIL - 1), x.slice(0, trails).reshape([1, trails, d])], 0)
}

/// How many rows the entries work on at a time.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Points or images of a training step.
    pub batch: usize,
    /// Particles of the chain that is shown.
    pub particles: usize,
    /// Rows of one run of the entry that answers.
    pub probes: usize,
    /// Rows of one run of the sampler.
    pub chunk: usize,
}

/// The program and its entries.
pub struct Model {
    pub program: Program,
    pub sizes: Sizes,
    pub feed: Feed,
    pub trainer: Trainer,
    /// The chain that is shown, corrupted, `[particles, D]`.
    pub corrupted: Var,
    /// The same, reconstructed.
    pub chain: Var,
    /// Where the first particles of the chain were, `[TRAIL, TRAILS, D]`, the latest last.
    pub trail: Var,
    /// Samples in the making, `[chunk, D]`.
    pub sample: Var,
    /// The means that they were drawn around, `[chunk, D]`.
    pub sample_mean: Var,
    /// Rows to be reconstructed, `[probes, D]`.
    pub probe: Var,
    /// 1 where reconstructions are drawn around r(x̃), 0 where they are r(x̃).
    pub draw: Knob,
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
    /// Reconstructs [`Model::probe`]: gives "answer", r, and "log_variance".
    pub ask: EntryId,
}

/// Noise as wide as the data, where chains begin: its mean and standard deviation.
fn noise<'g>(g: &'g Graph, shape: [usize; 2], [mean, wide]: [f32; 2]) -> Tensor<'g> {
    g.normal(shape) * wide + mean
}

impl Model {
    /// Builds the program.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the network does not fit together.
    pub fn new(settings: &Settings, domain: &Domain) -> Result<Model, Error> {
        let (d, batch) = (domain.dims(), settings.count("batch"));
        let (sizes, start, losses): (_, _, &'static [&'static str]) = match domain {
            Domain::Plane(_) => {
                let sizes = Sizes { batch, particles: 256, probes: 256, chunk: 512 };
                (sizes, [0.0, 1.5], &["batch_loss"])
            }
            // Images are larger: a quarter as many.
            Domain::Images(_) => {
                let sizes = Sizes { batch: batch / 4, particles: 16, probes: 64, chunk: 64 };
                (sizes, [0.5, 0.5], &["loss"])
            }
        };
        let hidden = vec![settings.count("hidden"); settings.count("layers")];

        let mut p = Program::new("denoising");
        let [sigma, masked] = ["sigma", "masked"].map(|id| knob(&mut p, settings, id));
        let draw = p.knob("draw", 1.0);
        let mut group = p.group("denoiser");
        let (net, trails) = match domain {
            Domain::Plane(_) => {
                let octaves = if settings.flag("fourier") { OCTAVES } else { 0 };
                let mean = FourierMlp::named(&mut p, &mut group, "mean", &hidden, 2, octaves);
                let spread = FourierMlp::named(&mut p, &mut group, "spread", &[SPREAD], 1, octaves);
                (Net::Points(mean, spread), TRAILS)
            }
            Domain::Images(_) => {
                let wide = hidden.iter().map(|h| 2 * h);
                let widths: Vec<usize> = [d].into_iter().chain(wide).chain([d]).collect();
                let mean = Mlp::named(&mut p, &mut group, "mean", &widths);
                let spread = Mlp::named(&mut p, &mut group, "spread", &[d, SPREAD, 1]);
                // Images leave no trail.
                (Net::Images(mean, spread), 1)
            }
        };
        let options = AdamOptions::default();
        let mut trainer = Trainer::new(&mut p, settings, &group, Fall::Cosine(0.02), options, losses);
        let [corrupted, chain] =
            ["corrupted", "chain"].map(|name| p.state(name, [sizes.particles, d], Init::Constant(0.0)));
        let trail = p.state("trail", [TRAIL, trails, d], Init::Constant(0.0));
        let [sample, sample_mean] = ["sample", "sample_mean"].map(|name| p.scratch(name, [sizes.chunk, d]));
        let probe = p.input("probe", [sizes.probes, d]);
        let feed = domain.feed(&mut p);
        let process = Process { net, points: domain.plane().is_some(), sigma, masked, draw };

        // Of a fresh batch.
        let losses = figures(|g| {
            let x = feed.batch(g, sizes.batch);
            process.net.losses(g, x, process.corrupt(g, x))
        });
        trainer.train = p.entry("train", |g| {
            let [loss, nll] = losses(g);
            trainer.minimise(g, loss + nll);
            trainer.record(g, &[loss]);
        })?;
        trainer.untrained = p.entry("untrained", |g| trainer.report(g, &losses(g)[..1]))?;
        let begin = p.entry("begin", |g| {
            let x = noise(g, [sizes.particles, d], start);
            g.assign(chain, x);
            g.assign(corrupted, x);
            let first = x.slice(0, trails).reshape([1, trails, d]).broadcast([TRAIL, trails, d]);
            g.assign(trail, first);
        })?;
        let corrupt = p.entry("corrupt", |g| {
            let x = process.corrupt(g, g.read(chain));
            g.assign(corrupted, x);
            g.assign(trail, longer(g, trail, x));
        })?;
        let reconstruct = p.entry("reconstruct", |g| {
            let [x, _] = process.reconstruct(g, g.read(corrupted));
            g.assign(chain, x);
            g.assign(trail, longer(g, trail, x));
        })?;
        let sample_begin =
            p.entry("sample_begin", |g| g.assign(sample, noise(g, [sizes.chunk, d], start)))?;
        let sample_step = p.entry("sample_step", |g| {
            let [x, mean] = process.reconstruct(g, process.corrupt(g, g.read(sample)));
            g.assign(sample, x);
            g.assign(sample_mean, mean);
        })?;
        let ask = p.entry("ask", |g| {
            g.output("answer", process.net.mean(g, g.read(probe)));
            g.output("log_variance", process.net.log_variance(g, g.read(probe)));
        })?;
        Ok(Model {
            program: p,
            sizes,
            feed,
            trainer,
            corrupted,
            chain,
            trail,
            sample,
            sample_mean,
            probe,
            draw,
            begin,
            corrupt,
            reconstruct,
            sample_begin,
            sample_step,
            ask,
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
            let [loss, nll] = net.losses(g, g.read(x), noised);
            g.output("mean", net.mean(g, noised));
            g.output("log_variance", net.log_variance(g, noised));
            g.output("loss", loss);
            g.output("surprise", nll);
            g.output("grads", g.grad_group(loss + nll, &group));
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
