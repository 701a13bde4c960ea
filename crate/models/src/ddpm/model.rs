//! The program: a step of training, a step of sampling, and answers to given rows.

use super::points::PointNet;
use super::tables::{COEFFICIENTS, COLUMNS, FEATURES};
use super::unet::UNet;
use crate::prelude::*;

/// How many rows the entries work on at a time.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Points or images of a training step.
    pub batch: usize,
    /// Of one run of the sampler.
    pub chunk: usize,
    /// Of the film that is shown while the network trains.
    pub film: usize,
    /// Of one run of the entry that answers.
    pub probes: usize,
    /// Steps of training for each step of the film.
    pub every: u32,
}

/// The network of either domain.
enum Net {
    Points(PointNet),
    Images(Box<UNet>),
}

impl Net {
    /// Noised rows `[B, D]` and features of their times, `[B, FEATURES]` or one row for all, to
    /// answers `[B, D]`.
    fn apply<'g>(&self, g: &'g Graph, x: Tensor<'g>, time: Tensor<'g>) -> Tensor<'g> {
        match self {
            Net::Points(net) => net.apply(g, x, time),
            Net::Images(net) => net.apply(g, x, time),
        }
    }

    fn with(&self, group: &Group, flat: Var) -> Net {
        match self {
            Net::Points(net) => Net::Points(net.with(group, flat)),
            Net::Images(net) => Net::Images(Box::new(net.with(group, flat))),
        }
    }
}

/// Rows on their way from noise to data.
#[derive(Clone, Copy, Debug)]
pub struct Trajectory {
    /// `[N, D]`, as they are.
    pub x: Var,
    /// Steps they have taken, a scalar.
    pub row: Var,
}

/// The program and its entries.
pub struct Model {
    pub program: Program,
    pub sizes: Sizes,
    pub feed: Feed,
    pub trainer: Trainer,
    /// A row of coefficients and features for each time, `[T, COLUMNS]`.
    pub training: Var,
    /// And for each step of the sampler, of which the first few may be in use, `[T, COLUMNS]`.
    pub sampling: Var,
    /// Samples in the making.
    pub sample: Trajectory,
    /// The film.
    pub film: Trajectory,
    /// `[film, D]`, the estimate x̂₀ at the film's last step.
    pub clean: Var,
    /// `[film, D]`, what the film last ended with.
    pub finished: Var,
    /// Noised rows to be answered, `[probes, D]`.
    pub probe: Var,
    /// Their times, `[probes]`.
    pub probe_time: Var,
    /// Bound of the estimate of clean data.
    pub bound: Knob,
    /// Steps of the sampler.
    pub count: Knob,
    /// Steps after which the film begins anew; more than `count`, so that its end can be seen.
    pub length: Knob,
    /// A step of the samples.
    pub denoise: EntryId,
    /// A step of the film.
    pub roll: EntryId,
    /// Answers [`Model::probe`]: gives "answer" `[probes, D]`.
    pub ask: EntryId,
}

/// Columns `first..first + count` of a table's rows `[N, COLUMNS]`.
fn columns(rows: Tensor<'_>, first: usize, count: usize) -> Tensor<'_> {
    rows.slice_axis(1, first, count)
}

/// A step of a trajectory, of which the first begins with noise: the next x, and x̂₀, each `[N, D]`.
fn step<'g>(g: &'g Graph, net: &Net, table: Var, bound: Knob, of: Trajectory) -> [Tensor<'g>; 2] {
    let (row, x) = (g.read(of.row), g.read(of.x));
    let shape = x.shape();
    let x = row.lt(g.constant(0.5)).select(g.normal(shape), x);
    let table = g.read(table).gather(row.unary(Unary::ToU32).reshape([1]));
    let at = |i: usize| columns(table, i, 1);
    let answer = net.apply(g, x, columns(table, COEFFICIENTS, FEATURES));
    let bound = g.knob(bound);
    let clean = (at(0) * x + at(1) * answer).maximum(-bound).minimum(bound);
    // x′ = a·x̂₀ + b·x + c·z
    [at(2) * clean + at(3) * x + at(4) * g.normal(shape), clean]
}

impl Model {
    /// Builds the program.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the network does not fit together.
    pub fn new(settings: &Settings, domain: &Domain) -> Result<Model, Error> {
        let (d, t, batch) = (domain.dims(), settings.count("timesteps"), settings.count("batch"));
        let (hidden, layers) = (settings.count("hidden"), settings.count("layers"));
        let sizes = match domain {
            Domain::Plane(_) => Sizes { batch, chunk: 512, film: 384, probes: 256, every: 4 },
            // Images are larger: a quarter as many.
            Domain::Images(_) => Sizes { batch: batch / 4, chunk: 64, film: 16, probes: 16, every: 1 },
        };
        let b = sizes.batch;

        let mut p = Program::new("ddpm");
        let decay = knob(&mut p, settings, "average");
        let [bound, count, length] = ["bound", "count", "length"].map(|id| p.knob(id, 1.0));
        let mut group = p.group("denoiser");
        let net = match domain {
            Domain::Plane(_) => {
                Net::Points(PointNet::new(&mut p, &mut group, hidden, layers, settings.flag("fourier")))
            }
            Domain::Images(sets) => {
                let channels = (hidden / 8).next_multiple_of(4);
                let (height, width) = (sets.train.height, sets.train.width);
                Net::Images(Box::new(UNet::new(&mut p, &mut group, height, width, channels)))
            }
        };
        let averaged = p.state_like(&group, "average", true);
        let averaged_net = net.with(&group, averaged);
        let options = AdamOptions::default();
        let mut trainer = Trainer::new(&mut p, settings, &group, Fall::Cosine(0.02), options, &["loss"]);
        let sample =
            Trajectory { x: p.scratch("sample", [sizes.chunk, d]), row: p.scratch("sample_row", []) };
        let film = Trajectory {
            x: p.state("film", [sizes.film, d], Init::Constant(0.0)),
            row: p.counter("film_row"),
        };
        let clean = p.state("film_clean", [sizes.film, d], Init::Constant(0.0));
        // Until a film has ended there is noise to see.
        let finished = p.state("finished", [sizes.film, d], Init::Normal(1.0));
        let feed = domain.feed(&mut p);
        let training = p.data("training", [t, COLUMNS]);
        let sampling = p.input("sampling", [t, COLUMNS]);
        let probe = p.input("probe", [sizes.probes, d]);
        let probe_time = p.input("probe_time", [sizes.probes]);

        let images = domain.plane().is_none();
        // E ‖target − f(x_t, t)‖² of a fresh batch.
        let loss = figures(|g| {
            let rows = feed.batch(g, b);
            // Pixels are brought to −1..=1.
            let x0 = if images { rows * 2.0 - 1.0 } else { rows };
            let noise = g.normal([b, d]);
            let row = g.read(training).gather(g.indices(b, t));
            let x = columns(row, 0, 1) * x0 + columns(row, 1, 1) * noise;
            let target = columns(row, 2, 1) * noise + columns(row, 3, 1) * x0;
            let answer = net.apply(g, x, columns(row, COEFFICIENTS, FEATURES));
            [(answer - target).square().mean()]
        });
        let steps = trainer.steps();
        trainer.train = p.entry("train", |g| {
            let [loss] = loss(g);
            let weights = trainer.minimise(g, loss);
            // A long average would remember the untrained network: min(decay, (1 + s)/(10 + s)).
            let young = (g.read(steps) + 1.0) / (g.read(steps) + 10.0);
            average(g, averaged, weights, young.minimum(g.knob(decay)));
            trainer.record(g, &[loss]);
        })?;
        let denoise = p.entry("denoise", |g| {
            let [next, _] = step(g, &averaged_net, sampling, bound, sample);
            g.assign(sample.x, next);
            g.assign(sample.row, g.read(sample.row) + 1.0);
        })?;
        let roll = p.entry("film", |g| {
            let [next, estimate] = step(g, &averaged_net, sampling, bound, film);
            let row = g.read(film.row);
            // Past its last step it stands still.
            let moves = row.lt(g.knob(count));
            let next = moves.select(next, g.read(film.x));
            g.assign(film.x, next);
            g.assign(clean, moves.select(estimate, g.read(clean)));
            let after = row + 1.0;
            g.assign(film.row, after.lt(g.knob(length)).select(after, g.constant(0.0)));
            g.assign(finished, after.equal(g.knob(count)).select(next, g.read(finished)));
        })?;
        let ask = p.entry("ask", |g| {
            let row = g.read(training).gather(g.read(probe_time).unary(Unary::ToU32));
            g.output("answer", averaged_net.apply(g, g.read(probe), columns(row, COEFFICIENTS, FEATURES)));
        })?;
        trainer.untrained = p.entry("untrained", |g| trainer.report(g, &loss(g)))?;
        Ok(Model {
            program: p,
            sizes,
            feed,
            trainer,
            training,
            sampling,
            sample,
            film,
            clean,
            finished,
            probe,
            probe_time,
            bound,
            count,
            length,
            denoise,
            roll,
            ask,
        })
    }
}
