//! The two networks, what they lose, and the entries of the program.

use crate::data::spread;
use crate::prelude::*;
use core::ops::Range;

/// Images of one run of the encoder and of the decoder.
pub const CHUNK: usize = 128;
/// Training images whose codes are mapped; fewer where there are fewer.
pub const MAPPED: usize = 512;
/// Held-out images beside their reconstructions.
pub const SHOWN: usize = 20;
/// What is added to the variance of each code: a dimension that no image uses still has a width.
const LEAST_VARIANCE: f32 = 1e-9;

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

    /// ‖x − g(f(x))‖² of each row, `[B, D] → [B]`.
    fn errors<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        (x - self.decode(g, self.encode(g, x))).square().sum_axes(&[1])
    }

    /// E ‖x − g(f(x))‖² over the rows, a scalar.
    fn loss<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        self.errors(g, x).mean()
    }
}

/// The codes of training images, on the device.
#[derive(Clone, Copy)]
struct Mapped {
    /// The codes less their mean, `[MAPPED, Z]`.
    centred: Var,
    /// Their mean, `[1, Z]`.
    mean: Var,
    /// Their standard deviations, `[1, Z]`.
    deviation: Var,
}

/// The program and its entries. All but the trainer's and `encode_test` need `map` to have run.
pub struct Model {
    pub program: Program,
    pub feed: Feed,
    pub trainer: Trainer,
    /// All parameters, flat.
    pub weights: Var,
    /// Where the matrix of the linear decoder, `[Z, D]`, is in `weights`; none if there are hidden layers.
    pub linear: Option<Range<usize>>,
    /// Numbers of the training images that are mapped.
    pub mapped: Vec<usize>,
    /// Codes to decode, in standard deviations from their mean, `[CHUNK, Z]`.
    deviations: Var,
    /// Encodes the mapped images: gives `codes [MAPPED, Z]`.
    pub map: EntryId,
    /// Encodes held-out images in order: gives `codes [CHUNK, Z]` and `errors [CHUNK]`.
    pub encode_test: EntryId,
    decode: EntryId,
    /// Which of the mapped images `unfold` is of.
    pub shown: usize,
    /// Decodes the code of one of the mapped images: gives `images [1, D]`.
    pub unfold: EntryId,
    /// Draws from the Gaussian that is fitted to the mapped codes: gives `codes [CHUNK, Z]` and
    /// `images [CHUNK, D]`.
    pub sample: EntryId,
    /// Encodes and decodes held-out images: gives `images [SHOWN, D]`.
    pub reconstruct: EntryId,
}

impl Model {
    /// Builds the program.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the networks do not fit together.
    pub fn new(settings: &Settings, sets: &ImageSets) -> Result<Model, Error> {
        let (d, n, z) = (sets.train.area(), sets.train.n, settings.count("latent"));
        let layers = if settings.flag("linear") { 0 } else { settings.count("layers") };
        let hidden = vec![settings.count("hidden"); layers];
        let b = settings.count("batch").min(n);
        let m = MAPPED.min(n);

        let mut p = Program::new("autoencoder");
        let mut group = p.group("autoencoder");
        let nets = Networks {
            encoder: Mlp::named(&mut p, &mut group, "encoder", &[&[d], &hidden[..], &[z]].concat()),
            decoder: Mlp::named(&mut p, &mut group, "decoder", &[&[z], &hidden[..], &[d]].concat()),
        };
        let (fall, options) = (Fall::Cosine(0.02), AdamOptions::default());
        let mut trainer = Trainer::new(&mut p, settings, &group, fall, options, &["loss"]);
        let feed = Feed::images(&mut p, sets);
        let deviations = p.input("deviations", [CHUNK, z]);
        let mapped = Mapped {
            centred: p.scratch("centred", [m, z]),
            mean: p.scratch("mean", [1, z]),
            deviation: p.scratch("deviation", [1, z]),
        };

        trainer.entries(&mut p, |g| [nets.loss(g, feed.batch(g, b))])?;
        let rows: Vec<usize> = spread::sample(n, m).collect();
        let map = p.entry("map", |g| {
            let rows: Vec<f32> = rows.iter().map(|&i| i as f32).collect();
            let rows = g.table(&rows, [m]).unary(Unary::ToU32);
            let codes = nets.encode(g, feed.train_rows_at(g, rows));
            let mean = codes.sum_keep(&[0]) * (1.0 / m as f32);
            let centred = codes - mean;
            let variance = centred.square().sum_keep(&[0]) * (1.0 / m as f32);
            g.assign(mapped.centred, centred);
            g.assign(mapped.mean, mean);
            g.assign(mapped.deviation, (variance + LEAST_VARIANCE).sqrt());
            g.output("codes", codes);
        })?;
        let encode_test = p.entry("encode_test", |g| {
            let x = feed.test_rows(g, CHUNK);
            g.output("codes", nets.encode(g, x));
            g.output("errors", nets.errors(g, x));
        })?;
        let decode = p.entry("decode", |g| {
            let codes = g.read(mapped.mean) + g.read(mapped.deviation) * g.read(deviations);
            g.output("images", nets.decode(g, codes));
        })?;
        // The first of its class: of digits a nought, whose shape one knows at a glance.
        let shown = rows.iter().position(|&i| sets.train.labels.get(i) == Some(&0)).unwrap_or(0);
        let unfold = p.entry("unfold", |g| {
            let code = g.read(mapped.mean) + g.read(mapped.centred).slice(shown, 1);
            g.output("images", nets.decode(g, code));
        })?;
        let sample = p.entry("sample", |g| {
            // A sum of the centred codes c_i with normal weights, z = μ + 1/√M·Σ_i ε_i·c_i, has their
            // covariance 1/M·Σ_i c_i·c_iᵀ.
            let noise = g.normal([CHUNK, m]) * (1.0 / tilde_graph::real::sqrtf(m as f32));
            let codes = g.read(mapped.mean) + noise.matmul(g.read(mapped.centred));
            g.output("codes", codes);
            g.output("images", nets.decode(g, codes));
        })?;
        let reconstruct = p.entry("reconstruct", |g| {
            g.output("images", nets.decode(g, nets.encode(g, feed.test_rows(g, SHOWN))));
        })?;
        let linear = (layers == 0).then(|| nets.decoder.layers[0].w.range());
        Ok(Model {
            program: p,
            feed,
            trainer,
            weights: group.var(),
            linear,
            mapped: rows,
            deviations,
            map,
            encode_test,
            decode,
            shown,
            unfold,
            sample,
            reconstruct,
        })
    }

    /// Images of codes that are given in standard deviations from the mean of the mapped ones,
    /// `[n, Z] → [n, D]`.
    pub fn decode(&self, device: &Driver, deviations: &[f32]) -> Answer<Vec<f32>> {
        device.over_rows(self.decode, self.deviations, deviations, "images")
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
