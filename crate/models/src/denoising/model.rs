//! The program: a step of training, the two halves of a step of the chain, and the sampler.

use super::network::{Net, Process};
use crate::prelude::*;

/// Steps of the trail of a particle, and the particles that leave one.
pub const TRAIL: usize = 16;
pub const TRAILS: usize = 12;

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
    /// Where the first particles of the chain were, `[TRAIL, TRAILS, D]`.
    pub trail: Trail,
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
        let net = match domain {
            Domain::Plane(_) => Net::points(&mut p, &mut group, &hidden, settings.flag("fourier")),
            Domain::Images(_) => Net::images(&mut p, &mut group, d, &hidden),
        };
        // Images leave no trail.
        let trails = if domain.plane().is_some() { TRAILS } else { 1 };
        let options = AdamOptions::default();
        let mut trainer = Trainer::new(&mut p, settings, &group, Fall::Cosine(0.02), options, losses);
        let [corrupted, chain] =
            ["corrupted", "chain"].map(|name| p.state(name, [sizes.particles, d], Init::Constant(0.0)));
        let trail = Trail::new(&mut p, [TRAIL, trails, d]);
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
            trail.begin(g, x);
        })?;
        let corrupt = p.entry("corrupt", |g| {
            let x = process.corrupt(g, g.read(chain));
            g.assign(corrupted, x);
            trail.go(g, x);
        })?;
        let reconstruct = p.entry("reconstruct", |g| {
            let [x, _] = process.reconstruct(g, g.read(corrupted));
            g.assign(chain, x);
            trail.go(g, x);
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
