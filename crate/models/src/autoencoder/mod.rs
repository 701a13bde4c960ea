//! The autoencoder, linear and not.
//!
//! An encoder f squeezes an image into a short code, a decoder g makes an image of it, and both learn
//! to lose as little as possible:
//!
//! > L = E ‖x − g(f(x))‖².
//!
//! Linear ones find the plane of principal component analysis (P. Baldi, K. Hornik, Neural Networks 2,
//! 1989), which is computed exactly beside them; those with hidden layers (G. Hinton, R.
//! Salakhutdinov, Science 313, 2006) find a curved sheet and lose less. Neither says where codes are:
//! a Gaussian is fitted to them to draw samples, and falls into the holes between them. Left out:
//! convolutions, penalties on the code.
//!
//! B batch, D pixels, H hidden, Z latent.

mod card;
mod codes;
mod picture;

pub use card::CARD;

use crate::Error;
use crate::card::Card;
use crate::data::ImageSets;
use crate::drive;
use crate::exhibit::{Exhibit, Opening, Payload, Picture, Samples, Sources, Task};
use crate::metrics::pca::Pca;
use crate::metrics::ppca::MOST;
use crate::nn::{Mlp, figures};
use crate::settings::Settings;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use codes::Codes;
use tilde_graph::optim::{Adam, AdamOptions, schedule};
use tilde_graph::rng::Stream;
use tilde_graph::{Device, EntryId, Graph, Init, Knob, Program, Tensor, Unary, Var};

/// Images of one run of the encoder and of the decoder.
const CHUNK: usize = 128;
/// Training images whose codes are looked at, and held-out ones: fewer, where they are large.
const MAPPED: usize = 512;
const MEASURED: [usize; 2] = [1024, 256];
/// Samples that the figures are computed from.
const SAMPLED: usize = 256;
/// Share of held-out codes that lie farther from the training codes than what counts as a hole.
const QUANTILE: f64 = 0.05;
/// Half the side of the plane of codes that is shown, in standard deviations.
const REACH: f32 = 3.0;
/// Seed of the pictures' noise, fixed so that they change with the model only.
const VIEW_SEED: u64 = 1;

/// The networks.
struct Networks {
    encoder: Mlp,
    decoder: Mlp,
}

impl Networks {
    /// `[B, D] → [B, Z]`.
    fn encode<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        self.encoder.apply(g, x, Tensor::relu)
    }

    /// `[B, Z] → [B, D]`.
    fn decode<'g>(&self, g: &'g Graph, z: Tensor<'g>) -> Tensor<'g> {
        self.decoder.apply(g, z, Tensor::relu)
    }

    /// E ‖x − g(f(x))‖² of rows `[B, D]`.
    fn loss<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        (x - self.decode(g, self.encode(g, x))).square().sum_axes(&[1]).mean()
    }
}

struct Entries {
    train: EntryId,
    /// The loss before the first step.
    untrained: EntryId,
    /// Codes of training images, and of held-out ones with their errors.
    encode_train: EntryId,
    encode_test: EntryId,
    decode: EntryId,
}

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Autoencoder::new`].
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Opening {
    Ok(Box::new(Autoencoder::new(settings, seed, sources)?))
}

/// The opened exhibit.
pub struct Autoencoder {
    program: Program,
    sets: ImageSets,
    z: usize,
    train_bytes: Var,
    test_bytes: Var,
    given: Var,
    first: Var,
    steps: Var,
    fraction: Knob,
    weights: Var,
    /// Where the last layer's weights, `[Z, D]`, are in `weights` if there is no other layer.
    linear: Option<core::ops::Range<usize>>,
    entries: Entries,
    settings: Settings,
    /// The linear optimum, and its error on held-out images; none for large images.
    pca: Option<(Pca, f64)>,
    /// Median distance of held-out images to the nearest training image.
    apart: f64,
    /// The codes of the training images, and the training steps they are of.
    codes: Option<(f32, Codes)>,
    /// The place of the code plane that was last dragged to.
    at: [f32; 2],
}

/// Mean ‖a − b‖² over rows of `d`.
fn mean_square(a: &[f32], b: &[f32], d: usize) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a - b) * f64::from(a - b)).sum();
    sum * d as f64 / a.len() as f64
}

impl Autoencoder {
    /// Builds the programs.
    ///
    /// # Errors
    /// [`Error::BadData`] for data that is not images.
    pub fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Autoencoder, Error> {
        let sets = ImageSets::new("autoencoder", settings.choice("data"), seed, sources)?;
        let (d, n, z) = (sets.train.area(), sets.train.n, settings.count("latent"));
        let layers = if settings.flag("linear") { 0 } else { settings.count("layers") };
        let hidden = vec![settings.count("hidden"); layers];
        let b = settings.count("batch").min(n);
        let scale = 1.0 / f32::from(sets.train.levels);

        let mut p = Program::new("autoencoder");
        let [rate, horizon, fraction] = ["learning_rate", "horizon", "fraction"].map(|id| p.knob(id, 1.0));
        let mut group = p.group("autoencoder");
        let nets = Networks {
            encoder: Mlp::named(&mut p, &mut group, "encoder", &[&[d], &hidden[..], &[z]].concat()),
            decoder: Mlp::named(&mut p, &mut group, "decoder", &[&[z], &hidden[..], &[d]].concat()),
        };
        let adam = Adam::new(&mut p, &group, "adam", AdamOptions::default());
        let steps = p.state("steps", [], Init::Constant(0.0));
        let train_bytes = p.data_u("train", [n, sets.train.row_words()]);
        let test_bytes = p.data_u("test", [sets.test.n, sets.test.row_words()]);
        let given = p.input("codes", [CHUNK, z]);
        let first = p.input("first", [1]);

        let loss = figures(|g| {
            // All of it, if the batch is as large as the data; else drawn afresh.
            let index = if b == n { g.iota([n], 0) } else { g.indices(b, n) };
            [nets.loss(g, g.read(train_bytes).gather_bytes(index, d) * scale)]
        });
        let train = p.entry("train", |g| {
            let [loss] = loss(g);
            let t = g.read(steps);
            let rate = schedule::cosine(t, g.knob(rate), g.constant(0.0), g.knob(horizon), g.knob(fraction));
            adam.update(g, g.grad_group(loss, &group), rate);
            g.assign(steps, t + 1.0);
            g.output("loss", loss);
        });
        let untrained = p.entry("untrained", |g| g.output("loss", loss(g)[0]));
        let rows = figures(|g| [(g.iota([CHUNK], 0).to_f32() + g.read(first)).unary(Unary::ToU32)]);
        let encode_train = p.entry("encode_train", |g| {
            let [index] = rows(g);
            g.output("codes", nets.encode(g, g.read(train_bytes).gather_bytes(index, d) * scale));
        });
        let encode_test = p.entry("encode_test", |g| {
            let [index] = rows(g);
            let x = g.read(test_bytes).gather_bytes(index, d) * scale;
            let codes = nets.encode(g, x);
            g.output("codes", codes);
            g.output("errors", (x - nets.decode(g, codes)).square().sum_axes(&[1]));
        });
        let decode = p.entry("decode", |g| g.output("images", nets.decode(g, g.read(given))));
        let build = |e: tilde_graph::GraphError| {
            Error::BadSetting(alloc::format!("The networks do not fit together: {e}."))
        };
        let entries = Entries {
            train: train.map_err(build)?,
            untrained: untrained.map_err(build)?,
            encode_train: encode_train.map_err(build)?,
            encode_test: encode_test.map_err(build)?,
            decode: decode.map_err(build)?,
        };
        let (seen, held) = (sets.train.to_floats(), sets.test.to_floats());
        let pca = (d <= MOST).then(|| {
            let pca = Pca::new(&seen, d, z.min(d));
            let held = &held[..MEASURED[0].min(sets.test.n) * d];
            let error = mean_square(held, &pca.project(held), d);
            (pca, error)
        });
        let linear = (layers == 0).then(|| nets.decoder.layers[0].w.range());
        let apart = codes::median(codes::nearest(
            &held[..SAMPLED.min(sets.test.n) * d],
            &seen[..MAPPED.min(n) * d],
            d,
        ));
        Ok(Autoencoder {
            program: p,
            sets,
            z,
            train_bytes,
            test_bytes,
            given,
            first,
            steps,
            fraction,
            weights: group.var(),
            linear,
            entries,
            settings: settings.clone(),
            pca,
            apart,
            codes: None,
            at: [0.5; 2],
        })
    }

    /// Decodes codes `[n, Z]`.
    async fn decode(&self, device: &mut dyn Device, codes: &[f32]) -> Result<Vec<f32>, Error> {
        let mut runs = Vec::new();
        for chunk in codes.chunks(CHUNK * self.z) {
            drive::write(device, self.given, chunk);
            drive::run(device, self.entries.decode)?;
            runs.push(drive::output(device, self.entries.decode, "images"));
        }
        drive::joined(runs, codes.len() / self.z * self.sets.train.area()).await
    }

    /// Codes `[n, Z]` of the first training or held-out images, and the errors of the latter.
    async fn encode(
        &self,
        device: &mut dyn Device,
        held_out: bool,
        n: usize,
    ) -> Result<(Vec<f32>, Vec<f32>), Error> {
        let entry = if held_out { self.entries.encode_test } else { self.entries.encode_train };
        let mut runs = Vec::new();
        for first in (0..n).step_by(CHUNK) {
            drive::write(device, self.first, &[first as f32]);
            drive::run(device, entry)?;
            let errors = held_out.then(|| drive::output(device, entry, "errors"));
            runs.push((drive::output(device, entry, "codes"), errors));
        }
        let (mut codes, mut errors) = (Vec::new(), Vec::new());
        for (run, of_run) in runs {
            codes.extend(run.await?);
            if let Some(of_run) = of_run {
                errors.extend(of_run.await?);
            }
        }
        codes.truncate(n * self.z);
        errors.truncate(n);
        Ok((codes, errors))
    }

    /// Brings `codes` up to date with the model.
    async fn look(&mut self, device: &mut dyn Device) -> Result<(), Error> {
        let step = drive::read(device, self.steps).await?[0];
        if self.codes.as_ref().is_none_or(|codes| codes.0 != step) {
            let (codes, _) = self.encode(device, false, MAPPED.min(self.sets.train.n)).await?;
            self.codes = Some((step, Codes::new(codes, self.z)));
        }
        Ok(())
    }

    /// The codes, after [`Autoencoder::look`].
    fn seen(&self) -> &Codes {
        &self.codes.as_ref().expect("they were looked at").1
    }

    /// `n` images from codes of the Gaussian that is fitted to the codes.
    async fn draws(&mut self, device: &mut dyn Device, n: usize, seed: u64) -> Result<Vec<f32>, Error> {
        self.look(device).await?;
        let codes = self.seen().draw(n, &mut Stream::new(seed, 0xC0DE));
        let mut images = self.decode(device, &codes).await?;
        images.iter_mut().for_each(|x| *x = x.max(0.0).min(1.0));
        Ok(images)
    }

    async fn figures(
        &mut self,
        device: &mut dyn Device,
        deep: bool,
        measured: usize,
    ) -> Result<Vec<(&'static str, f64)>, Error> {
        let step = drive::read(device, self.steps).await?[0];
        let mut reporting = self.entries.train;
        if step == 0.0 {
            reporting = self.entries.untrained;
            drive::seed_entry(device, reporting, VIEW_SEED);
            drive::run(device, reporting)?;
        }
        let loss = drive::output(device, reporting, "loss");
        let (held_out, errors) = self.encode(device, true, measured.min(self.sets.test.n)).await?;
        let mean = |x: &[f32]| x.iter().map(|&x| f64::from(x)).sum::<f64>() / x.len() as f64;
        let mut out = vec![
            ("step", f64::from(step)),
            ("loss", f64::from(loss.await?[0])),
            ("test_error", mean(&errors)),
        ];
        if let Some((pca, error)) = &self.pca {
            out.push(("loss_reference", pca.error));
            out.push(("test_error_reference", *error));
            if let Some(range) = self.linear.clone().filter(|_| self.z <= self.sets.train.area()) {
                let weights = drive::read(device, self.weights).await?;
                out.push(("angle", pca.angle(&weights[range])));
            }
        }
        self.look(device).await?;
        let codes = self.seen();
        out.push(("nearest", codes.nearest_to(&codes.place(self.at)).1));
        if deep {
            let drawn = codes.draw(SAMPLED, &mut Stream::new(VIEW_SEED, 0xC0DE));
            out.push(("holes", codes.holes(&drawn, &held_out)));
            let images = self.decode(device, &drawn).await?;
            let area = self.sets.train.area();
            let near = codes::nearest(
                &images,
                &self.sets.train.to_floats()[..MAPPED.min(self.sets.train.n) * area],
                area,
            );
            out.push(("sample_distance", codes::median(near)));
            out.push(("sample_distance_reference", self.apart));
        }
        Ok(out)
    }
}

impl Exhibit for Autoencoder {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn program(&self) -> &Program {
        &self.program
    }

    fn start(&mut self, device: &mut dyn Device, _seed: u64) -> Result<(), Error> {
        drive::write_u(device, self.train_bytes, &self.sets.train.packed());
        drive::write_u(device, self.test_bytes, &self.sets.test.packed());
        self.codes = None;
        let settings = self.settings.clone();
        self.set(device, &settings, "")
    }

    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error> {
        Ok(device.run(&[(self.entries.train, 1)], n)?)
    }

    fn step(&mut self, device: &mut dyn Device, _phase: &str) -> Result<(), Error> {
        drive::run(device, self.entries.train)
    }

    fn metrics<'a>(
        &'a mut self,
        device: &'a mut dyn Device,
        deep: bool,
    ) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move {
            let measured = MEASURED[usize::from(self.pca.is_none())];
            self.figures(device, deep, measured).await
        })
    }

    fn evaluate<'a>(&'a mut self, device: &'a mut dyn Device) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move { self.figures(device, true, usize::MAX).await })
    }

    fn sample<'a>(&'a mut self, device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(async move {
            let data = self.draws(device, n, seed).await?;
            let shape = vec![n, self.sets.train.height, self.sets.train.width];
            Ok(Samples { kind: "images", data, shape })
        })
    }

    fn view<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture> {
        Box::pin(async move { self.picture(device, id).await })
    }

    fn act<'a>(&'a mut self, _device: &'a mut dyn Device, _id: &'a str, payload: Payload) -> Task<'a, ()> {
        Box::pin(core::future::ready(match payload.at {
            Some(at) => {
                self.at = at.map(|x| x.max(0.0).min(1.0));
                Ok(())
            }
            None => Err(Error::BadData("'code' takes a place 'at': two numbers from 0 to 1.".into())),
        }))
    }

    fn set(&mut self, device: &mut dyn Device, settings: &Settings, _id: &str) -> Result<(), Error> {
        self.settings = settings.clone();
        drive::set_knobs(device, &self.program, settings);
        drive::set_knob(device, self.fraction, if settings.flag("schedule") { 0.02 } else { 1.0 });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{self, flat, numbers};

    /// PyTorch's loss and gradients with the same weights (`tests/goldens/make_auto.py`).
    #[test]
    fn the_loss_agrees_with_pytorch() {
        let r = golden::record("auto", "autoencoder");
        let mut p = Program::new("golden");
        let mut group = p.group("autoencoder");
        let nets = Networks {
            encoder: Mlp::named(&mut p, &mut group, "encoder", &[6, 5, 2]),
            decoder: Mlp::named(&mut p, &mut group, "decoder", &[2, 5, 6]),
        };
        let x = p.input("x", [7, 6]);
        p.entry("run", |g| {
            let loss = nets.loss(g, g.read(x));
            g.output("loss", loss);
            g.output("grads", g.grad_group(loss, &group));
        })
        .unwrap();
        let state = [(group.var(), flat(&p, &group, &r["in"]["weights"])), (x, numbers(&r["in"]["x"]))];
        let expected =
            [("loss", numbers(&r["out"]["loss"])), ("grads", flat(&p, &group, &r["out"]["grads"]))];
        golden::agree(&p, &state, &expected);
    }
}
