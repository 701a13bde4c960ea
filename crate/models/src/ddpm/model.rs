//! The programs: a step of training, a step of sampling, and questions to the network.

use super::domain::Domain;
use super::points::PointNet;
use super::tables::{COEFFICIENTS, COLUMNS, FEATURES};
use super::unet::UNet;
use crate::Error;
use crate::data::plane::BANK;
use crate::settings::Settings;
use alloc::boxed::Box;
use alloc::format;
use tilde_graph::optim::{Adam, AdamOptions, average, schedule};
use tilde_graph::{EntryId, Graph, Group, Init, Knob, Program, Tensor, Unary, Var};

/// How many rows the entries work on at a time.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Points or images of a training step.
    pub batch: usize,
    /// Of one run of the sampler.
    pub chunk: usize,
    /// Of the film: those that are denoised before the visitor's eyes.
    pub film: usize,
    /// Of one run of the probing entry.
    pub probes: usize,
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

/// Rows that are being denoised.
#[derive(Clone, Copy, Debug)]
pub struct Reel {
    /// `[N, D]`, as they are.
    pub x: Var,
    /// `[N, D]`, what the network took them for at the last step.
    pub clean: Var,
    /// Steps they have taken.
    pub row: Var,
}

/// A program with the handles to its parts.
pub struct Model {
    /// To be loaded.
    pub program: Program,
    /// How many rows its entries work on.
    pub sizes: Sizes,
    /// The points, `[BANK, D]`, or the images, packed.
    pub bank: Var,
    /// Training steps done.
    pub steps: Var,
    /// A row of coefficients and features for each time, `[T, COLUMNS]`.
    pub training: Var,
    /// And for each step of the sampler, of which the first few may be in use, `[T, COLUMNS]`.
    pub sampling: Var,
    /// Samples in the making.
    pub sample: Reel,
    /// The film. `finished` is what it last ended with.
    pub film: Reel,
    /// `[film, D]`
    pub finished: Var,
    /// Questions: noised rows `[probes, D]`, and the times `[probes]` of theirs.
    pub probe: Var,
    /// `[probes]`
    pub probe_time: Var,
    /// Share of the learning rate that is left at the horizon.
    pub fraction: Knob,
    /// Bound of the estimate of clean data.
    pub bound: Knob,
    /// Steps of the sampler.
    pub count: Knob,
    /// Steps after which the film begins anew; more than `count`, so that its end can be seen.
    pub length: Knob,
    /// A step of training; gives "loss".
    pub train: EntryId,
    /// A step of the samples.
    pub denoise: EntryId,
    /// A step of the film.
    pub roll: EntryId,
    /// Answers the questions; gives "answer" `[probes, D]`.
    pub ask: EntryId,
}

/// Columns `first..first + count` of a table's rows `[N, COLUMNS]`.
fn columns(rows: Tensor<'_>, first: usize, count: usize) -> Tensor<'_> {
    rows.slice_axis(1, first, count)
}

/// Knobs that are live settings of the same name.
const LIVE: [&str; 3] = ["learning_rate", "average", "horizon"];

impl Model {
    /// Builds it.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the network's sizes do not fit together.
    pub fn new(settings: &Settings, domain: &Domain, sizes: Sizes) -> Result<Model, Error> {
        let (b, d, t) = (sizes.batch, domain.dims(), settings.count("timesteps"));
        let mut p = Program::new("ddpm");
        let [rate, decay, horizon] = LIVE.map(|id| p.knob(id, 1.0));
        let [fraction, bound, count, length] =
            ["fraction", "bound", "count", "length"].map(|id| p.knob(id, 1.0));
        let mut group = p.group("denoiser");
        let (hidden, layers) = (settings.count("hidden"), settings.count("layers"));
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
        let smooth = net.with(&group, averaged);
        let adam = Adam::new(&mut p, &group, "adam", AdamOptions::default());
        let steps = p.state("steps", [], Init::Constant(0.0));
        let mut reel = |name: &str, n: usize| Reel {
            x: p.state(name, [n, d], Init::Constant(0.0)),
            clean: p.state(&format!("{name}_clean"), [n, d], Init::Constant(0.0)),
            row: p.state(&format!("{name}_row"), [], Init::Constant(0.0)),
        };
        let (sample, film) = (reel("sample", sizes.chunk), reel("film", sizes.film));
        // Until a film has ended there is noise to see.
        let finished = p.state("finished", [sizes.film, d], Init::Normal(1.0));
        let bank = match domain {
            Domain::Plane(_) => p.data("bank", [BANK, d]),
            Domain::Images(sets) => p.data_u("bank", [sets.train.n, sets.train.row_words()]),
        };
        let training = p.data("training", [t, COLUMNS]);
        let sampling = p.input("sampling", [t, COLUMNS]);
        let probe = p.input("probe", [sizes.probes, d]);
        let probe_time = p.input("probe_time", [sizes.probes]);

        let train = p.entry("train", |g| {
            let x0 = match domain {
                Domain::Plane(_) => g.read(bank).gather(g.indices(b, BANK)),
                Domain::Images(sets) => {
                    let bytes = g.read(bank).gather_bytes(g.indices(b, sets.train.n), d);
                    bytes * (2.0 / f32::from(sets.train.levels)) - 1.0
                }
            };
            let noise = g.normal([b, d]);
            let row = g.read(training).gather(g.indices(b, t));
            let x = columns(row, 0, 1) * x0 + columns(row, 1, 1) * noise;
            let target = columns(row, 2, 1) * noise + columns(row, 3, 1) * x0;
            let answer = net.apply(g, x, columns(row, COEFFICIENTS, FEATURES));
            let loss = (answer - target).square().mean();
            let step = g.read(steps);
            let none = g.constant(0.0);
            let rate = schedule::cosine(step, g.knob(rate), none, g.knob(horizon), g.knob(fraction));
            let weights = adam.update(g, g.grad_group(loss, &group), rate);
            // A long average would remember the untrained network: min(decay, (1 + s)/(10 + s)).
            let young = (step + 1.0) / (step + 10.0);
            average(g, averaged, weights, young.minimum(g.knob(decay)));
            g.assign(steps, step + 1.0);
            g.output("loss", loss);
        });
        // One step of a reel: the next x and x̂₀. Its first step begins with noise.
        fn step<'g>(g: &'g Graph, net: &Net, table: Var, bound: Knob, reel: Reel) -> [Tensor<'g>; 2] {
            let (row, x) = (g.read(reel.row), g.read(reel.x));
            let shape = x.shape();
            let x = row.lt(g.constant(0.5)).select(g.normal(shape), x);
            let table = g.read(table).gather(row.unary(Unary::ToU32).reshape([1]));
            let at = |i: usize| columns(table, i, 1);
            let answer = net.apply(g, x, columns(table, COEFFICIENTS, FEATURES));
            let bound = g.knob(bound);
            let clean = (at(0) * x + at(1) * answer).maximum(-bound).minimum(bound);
            [at(2) * clean + at(3) * x + at(4) * g.normal(shape), clean]
        }
        let denoise = p.entry("denoise", |g| {
            let [next, clean] = step(g, &smooth, sampling, bound, sample);
            g.assign(sample.x, next);
            g.assign(sample.clean, clean);
            g.assign(sample.row, g.read(sample.row) + 1.0);
        });
        let roll = p.entry("film", |g| {
            let [next, clean] = step(g, &smooth, sampling, bound, film);
            let row = g.read(film.row);
            // Past its last step it stands still.
            let moves = row.lt(g.knob(count));
            let next = moves.select(next, g.read(film.x));
            g.assign(film.x, next);
            g.assign(film.clean, moves.select(clean, g.read(film.clean)));
            let after = row + 1.0;
            g.assign(film.row, after.lt(g.knob(length)).select(after, g.constant(0.0)));
            g.assign(finished, after.equal(g.knob(count)).select(next, g.read(finished)));
        });
        let ask = p.entry("ask", |g| {
            let row = g.read(training).gather(g.read(probe_time).unary(Unary::ToU32));
            g.output("answer", smooth.apply(g, g.read(probe), columns(row, COEFFICIENTS, FEATURES)));
        });
        let build = |e: tilde_graph::GraphError| {
            Error::BadSetting(format!("The network does not fit together: {e}."))
        };
        Ok(Model {
            train: train.map_err(build)?,
            denoise: denoise.map_err(build)?,
            roll: roll.map_err(build)?,
            ask: ask.map_err(build)?,
            program: p,
            sizes,
            bank,
            steps,
            training,
            sampling,
            sample,
            film,
            finished,
            probe,
            probe_time,
            fraction,
            bound,
            count,
            length,
        })
    }
}
