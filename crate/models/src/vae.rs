//! The variational autoencoder on images.
//!
//! D. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014. An encoder gives
//! q(z|x) = N(μ(x), diag σ²(x)), a decoder p(x|z); both learn by ascending
//!
//! > ELBO = E_q log p(x|z) − β·KL[q(z|x) ‖ N(0, I)]
//!
//! with z = μ + σ·ε. The tighter bound of Y. Burda, R. Grosse, R. Salakhutdinov, "Importance
//! weighted autoencoders", ICLR 2016, is shown beside it. With linear networks and a Gaussian
//! decoder of learned variance the expectation is done in closed form, and the optimum is
//! probabilistic PCA (J. Lucas et al., NeurIPS 2019). Left out: convolutions, learned priors.
//!
//! B batch, D pixels, H hidden, Z latent, K importance samples.

use crate::Error;
use crate::card::*;
use crate::data::ImageSets;
use crate::drive;
use crate::exhibit::{Exhibit, Layer, Opening, Payload, Picture, Samples, Sources, Task};
use crate::metrics::bounds::{self, log_mean_exp};
use crate::metrics::ppca;
use crate::nn::{Linear, Mlp, figures};
use crate::settings::Settings;
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::optim::{Adam, AdamOptions};
use tilde_graph::{Device, EntryId, Graph, Init, Param, Program, Tensor, Unary, Var};

/// Images of one run of the encoder and of the decoder.
const CHUNK: usize = 256;
/// Held-out images of one run of the bound.
const WEIGHED: usize = 16;
/// Importance samples of the bound that is shown.
pub const K: usize = 64;
/// Held-out images that the figures on the page are computed from.
const MEASURED: usize = 128;
/// Side of the grid over the latent plane, which reaches ±`REACH`.
const GRID: usize = 15;
const REACH: f32 = 2.5;
/// Pictures of an interpolation.
const BETWEEN: usize = 10;
/// Held-out images beside their reconstructions.
const SHOWN: usize = 20;
/// Images of the latent map.
const MAPPED: usize = 512;
/// Seed of the pictures' noise, fixed so that they change with the model only.
const VIEW_SEED: u64 = 1;

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "vae",
    chapter: 5,
    slides: "11",
    minutes: 12,
    settings: &[
        Setting::choice("data", &["strokes", "digits8", "digits8-binary"]),
        Setting::float("beta", 0.0, 20.0, 1.0),
        Setting::int("latent", 1, 32, 2),
        Setting::log("learning_rate", 1e-5, 0.05, 2e-3),
        Setting::choice("likelihood", &["bernoulli", "gaussian"]),
        Setting::flag("linear", false).more(),
        Setting::flag("draw", false).live().more(),
        Setting::int("warm_up", 0, 10_000, 270).live().more().unit("steps"),
        Setting::flag("schedule", false).live().more(),
        Setting::int("horizon", 100, 100_000, 2700).live().more().unit("steps"),
        Setting::float("weight_decay", 0.0, 1.0, 0.01).rebuilds().more(),
        Setting::int("hidden", 4, 512, 128).more(),
        Setting::int("layers", 1, 3, 2).more(),
        Setting::int("batch", 8, 1024, 100).more(),
    ],
    metrics: &[
        Metric::new("loss", "nats", "loss", Role::Model),
        Metric::new("reconstruction", "nats", "terms", Role::Data),
        Metric::new("kl", "nats", "terms", Role::Model),
        Metric::new("test_elbo", "nats", "bounds", Role::Model),
        Metric::new("test_bound", "nats", "bounds", Role::Truth),
        Metric::new("active", "", "", Role::Model),
    ],
    views: &[
        View::main("latent-grid", ViewKind::Images),
        View::main("latent-map", ViewKind::Points),
        View::side("decoded", ViewKind::Images),
        View::side("samples", ViewKind::Images),
        View::side("reconstructions", ViewKind::Images),
        View::side("interpolation", ViewKind::Images),
        View::side("kl-bars", ViewKind::Bars),
    ],
    actions: &[
        Action { id: "latent", kind: ActionKind::Drag, view: "latent-grid" },
        Action { id: "ends", kind: ActionKind::Pick, view: "reconstructions" },
    ],
    phases: &[],
    experiments: &[
        Experiment {
            id: "collapse",
            settings: &[("beta", "12"), ("data", "digits8-binary")],
            steps: 1500,
            phase: "",
        },
        Experiment { id: "autoencoder", settings: &[("beta", "0")], steps: 1500, phase: "" },
        Experiment {
            id: "wide",
            settings: &[("latent", "8"), ("data", "digits8-binary")],
            steps: 2700,
            phase: "",
        },
        Experiment {
            id: "pca",
            settings: &[
                ("linear", "true"),
                ("likelihood", "gaussian"),
                ("data", "digits8"),
                ("batch", "1024"),
                ("weight_decay", "0"),
                ("warm_up", "0"),
                ("schedule", "true"),
                ("horizon", "4000"),
                ("learning_rate", "0.03"),
            ],
            steps: 4000,
            phase: "",
        },
    ],
    data: &["images"],
    budget: 2700,
    small: &[],
};

/// The networks.
struct Networks {
    encoder: Mlp,
    mean: Linear,
    log_var: Linear,
    decoder: Mlp,
    /// log σ of the Gaussian decoder, one number.
    log_sigma: Param,
    /// Layers between input and code: none for the linear autoencoder.
    deep: bool,
    gaussian: bool,
}

impl Networks {
    /// `[B, D] → (μ, log σ²)`, each `[B, Z]`; the log-variance is kept within ±8.
    fn encode<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> (Tensor<'g>, Tensor<'g>) {
        let h = if self.deep { self.encoder.apply(g, x, Tensor::relu).relu() } else { x };
        let mean = self.mean.apply(g, h);
        // The linear autoencoder has one variance per dimension, as probabilistic PCA does.
        let log_var = if self.deep {
            self.log_var.apply(g, h)
        } else {
            g.param(self.log_var.b).broadcast(mean.shape())
        };
        (mean, log_var.clamp(-8.0, 8.0))
    }

    /// `[B, Z] → [B, D]`: logits of the Bernoulli, mean of the Gaussian.
    fn decode<'g>(&self, g: &'g Graph, z: Tensor<'g>) -> Tensor<'g> {
        self.decoder.apply(g, z, Tensor::relu)
    }

    /// The decoder's output as pixels in 0..=1.
    fn pixels<'g>(&self, y: Tensor<'g>) -> Tensor<'g> {
        if self.gaussian { y.clamp(0.0, 1.0) } else { y.sigmoid() }
    }

    /// −log p(x|y) per pixel, of the shape of x.
    fn negative_log_likelihood<'g>(&self, g: &'g Graph, x: Tensor<'g>, y: Tensor<'g>) -> Tensor<'g> {
        if !self.gaussian {
            return y.bce_with_logits(x);
        }
        // (x − y)²/2σ² + log σ + ½ log 2π
        let log_sigma = g.param(self.log_sigma);
        (x - y).square() * 0.5 * (-2.0 * log_sigma).exp() + log_sigma + bounds::HALF_LOG_TAU as f32
    }
}

/// Row numbers `first ..`, `u32 [count]`.
fn rows_from(g: &Graph, first: Var, count: usize) -> Tensor<'_> {
    (g.iota([count], 0).to_f32() + g.read(first)).unary(Unary::ToU32)
}

/// Gives the objective's figures out.
fn report<'g>(g: &'g Graph, [loss, reconstruction, kl_dims]: [Tensor<'g>; 3]) {
    g.output("loss", loss);
    g.output("reconstruction", reconstruction);
    g.output("kl", kl_dims.sum());
    g.output("kl_dims", kl_dims);
}

struct Entries {
    train: EntryId,
    /// The figures before the first step.
    untrained: EntryId,
    sample: EntryId,
    decode: EntryId,
    encode: EntryId,
    weigh: EntryId,
}

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Vae::new`].
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Opening {
    Ok(Box::new(Vae::new(settings, seed, sources)?))
}

/// The opened exhibit.
pub struct Vae {
    program: Program,
    sets: ImageSets,
    z: usize,
    train_bytes: Var,
    test_bytes: Var,
    codes: Var,
    first: Var,
    steps: Var,
    entries: Entries,
    settings: Settings,
    /// −log-likelihood of probabilistic PCA, nats per image: the linear autoencoder's optimum.
    ppca: Option<f64>,
    /// The point of the latent plane that was last dragged to.
    at: [f32; 2],
    /// The two held-out images at the ends of the interpolation.
    ends: [usize; 2],
}

impl Vae {
    /// Builds the programs.
    ///
    /// # Errors
    /// [`Error::BadData`] for data that is not images; [`Error::BadSetting`] for a linear model
    /// without the Gaussian likelihood that makes it probabilistic PCA.
    pub fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Vae, Error> {
        let sets = ImageSets::new("vae", settings.choice("data"), seed, sources)?;
        let (d, n, z) = (sets.train.area(), sets.train.n, settings.count("latent"));
        let linear = settings.flag("linear");
        let gaussian = settings.choice("likelihood") == "gaussian";
        if linear && !gaussian {
            let message = "'linear' goes with the Gaussian likelihood: set 'likelihood' to gaussian.";
            return Err(Error::BadSetting(message.to_string()));
        }
        let hidden = vec![settings.count("hidden"); if linear { 0 } else { settings.count("layers") }];
        let top = hidden.last().copied().unwrap_or(d);
        let b = settings.count("batch").min(n);
        let scale = 1.0 / f32::from(sets.train.levels);

        let mut p = Program::new("vae");
        let beta = p.knob("beta", 1.0);
        let learning_rate = p.knob("learning_rate", 2e-3);
        let warm_up = p.knob("warm_up", 270.0);
        let schedule = p.knob("schedule", 1.0);
        let horizon = p.knob("horizon", 2700.0);
        let draw = p.knob("draw", 0.0);
        let mut group = p.group("vae");
        let nets = Networks {
            encoder: Mlp::named(&mut p, &mut group, "encoder", &[&[d], &hidden[..]].concat()),
            mean: Linear::new(&mut p, &mut group, "mean", top, z),
            log_var: Linear::new(&mut p, &mut group, "log_var", top, z),
            decoder: Mlp::named(&mut p, &mut group, "decoder", &[&[z], &hidden[..], &[d]].concat()),
            log_sigma: group.param(&mut p, "log_sigma", [1], Init::Constant(-1.0)),
            deep: !linear,
            gaussian,
        };
        let decay = settings.number("weight_decay") as f32;
        let adam = Adam::new(&mut p, &group, "adam", AdamOptions { decay, ..AdamOptions::default() });
        let steps = p.state("steps", [], Init::Constant(0.0));
        let train_bytes = p.data_u("train", [n, sets.train.row_words()]);
        let test_bytes = p.data_u("test", [sets.test.n, sets.test.row_words()]);
        let codes = p.input("codes", [CHUNK, z]);
        let first = p.input("first", [1]);

        let build = |e: tilde_graph::GraphError| {
            Error::BadSetting(alloc::format!("The networks do not fit together: {e}."))
        };
        // The objective on a fresh batch: loss, reconstruction, KL per dimension.
        let objective = figures(|g| {
            // All of it, if the batch is as large as the data; else drawn afresh.
            let index = if b == n { g.iota([n], 0) } else { g.indices(b, n) };
            let x = g.read(train_bytes).gather_bytes(index, d) * scale;
            let (mean, log_var) = nets.encode(g, x);
            let var = log_var.exp();
            // KL[N(μ, σ²) ‖ N(0, 1)] = ½(μ² + σ² − 1 − log σ²)
            let kl_dims = ((mean.square() + var - 1.0 - log_var) * 0.5).mean_axes(&[0]);
            let reconstruction = if linear {
                // E_q ‖x − Wz − c‖² = ‖x − Wμ − c‖² + Σ_j σ_j²‖w_j‖²
                let y = nets.decode(g, mean);
                let spread =
                    (var.mean_axes(&[0]) * g.param(nets.decoder.layers[0].w).square().sum_axes(&[1])).sum();
                let precision = (-2.0 * g.param(nets.log_sigma)).exp();
                nets.negative_log_likelihood(g, x, y).sum() * (1.0 / b as f32)
                    + (spread * 0.5 * precision).sum()
            } else {
                let z = mean + (log_var * 0.5).exp() * g.normal([b, z]);
                nets.negative_log_likelihood(g, x, nets.decode(g, z)).sum() * (1.0 / b as f32)
            };
            // β rises from 0 over the warm-up, if there is one.
            let warm = (g.read(steps) / g.knob(warm_up).maximum(g.constant(1.0))).minimum(g.constant(1.0));
            let warm = g.knob(warm_up).lt(g.constant(0.5)).select(g.constant(1.0), warm);
            [reconstruction + g.knob(beta) * warm * kl_dims.sum(), reconstruction, kl_dims]
        });
        let train = p.entry("train", |g| {
            let terms = objective(g);
            let t = g.read(steps);
            let progress = (t / g.knob(horizon)).minimum(g.constant(1.0));
            let cosine = 0.51 + 0.49 * (progress * core::f32::consts::PI).cos();
            let on = g.knob(schedule);
            let rate = g.knob(learning_rate) * (on * cosine + (1.0 - on));
            adam.update(g, g.grad_group(terms[0], &group), rate);
            g.assign(steps, t + 1.0);
            report(g, terms);
        });
        let untrained = p.entry("untrained", |g| report(g, objective(g)));
        let sample = p.entry("sample", |g| {
            let y = nets.decode(g, g.normal([CHUNK, z]));
            let mean = nets.pixels(y);
            let noisy = if gaussian {
                (y + g.param(nets.log_sigma).exp() * g.normal([CHUNK, d])).clamp(0.0, 1.0)
            } else {
                g.bernoulli(mean)
            };
            let on = g.knob(draw);
            g.output("images", on * noisy + (1.0 - on) * mean);
        });
        let decode = p.entry("decode", |g| g.output("images", nets.pixels(nets.decode(g, g.read(codes)))));
        let encode = p.entry("encode", |g| {
            let index = rows_from(g, first, CHUNK);
            let x = g.read(test_bytes).gather_bytes(index, d) * scale;
            let (mean, log_var) = nets.encode(g, x);
            g.output("mean", mean);
            g.output("log_var", log_var);
        });
        let weigh = p.entry("weigh", |g| {
            let rows = WEIGHED * K;
            let index = rows_from(g, first, WEIGHED);
            let x = g.read(test_bytes).gather_bytes(index, d) * scale;
            let (mean, log_var) = nets.encode(g, x);
            let epsilon = g.normal([WEIGHED, K, z]);
            let sigma = (log_var * 0.5).exp();
            let code = mean.reshape([WEIGHED, 1, z]) + sigma.reshape([WEIGHED, 1, z]) * epsilon;
            let y = nets.decode(g, code.reshape([rows, z])).reshape([WEIGHED, K, d]);
            let fit = -nets.negative_log_likelihood(g, x.reshape([WEIGHED, 1, d]), y).sum_axes(&[2]);
            // log p(z) − log q(z|x) = ½ Σ (ε² + log σ² − z²)
            let prior = ((epsilon.square() - code.square()) * 0.5).sum_axes(&[2])
                + (log_var * 0.5).sum_axes(&[1]).reshape([WEIGHED, 1]);
            g.output("log_weights", fit + prior);
        });
        let entries = Entries {
            train: train.map_err(build)?,
            untrained: untrained.map_err(build)?,
            sample: sample.map_err(build)?,
            decode: decode.map_err(build)?,
            encode: encode.map_err(build)?,
            weigh: weigh.map_err(build)?,
        };
        let last = sets.test.n - 1;
        Ok(Vae {
            program: p,
            z,
            train_bytes,
            test_bytes,
            codes,
            first,
            steps,
            entries,
            settings: settings.clone(),
            ppca: (linear && d <= ppca::MOST)
                .then(|| ppca::log_likelihood(&sets.train.to_floats(), d, z))
                .flatten()
                .map(|nats| -nats),
            at: [0.5, 0.5],
            ends: [0, last.min(3)],
            sets,
        })
    }

    /// The entry whose outputs hold the present figures: the last step's, or before the first one
    /// those of the untrained model, which are computed now.
    fn reporting(&self, device: &mut dyn Device, step: f32) -> Result<EntryId, Error> {
        if step > 0.0 {
            return Ok(self.entries.train);
        }
        drive::seed_entry(device, self.entries.untrained, VIEW_SEED);
        drive::run(device, self.entries.untrained)?;
        Ok(self.entries.untrained)
    }

    /// Decodes codes `[n, Z]`.
    async fn decode(&self, device: &mut dyn Device, codes: &[f32]) -> Result<Vec<f32>, Error> {
        let mut out = Vec::new();
        for chunk in codes.chunks(CHUNK * self.z) {
            drive::write(device, self.codes, chunk);
            drive::run(device, self.entries.decode)?;
            let images = drive::output(device, self.entries.decode, "images").await?;
            out.extend_from_slice(&images[..chunk.len() / self.z * self.sets.train.area()]);
        }
        Ok(out)
    }

    /// Posterior means `[CHUNK, Z]` of held-out images from `first` on; past the end, of the last.
    async fn means(&self, device: &mut dyn Device, first: usize) -> Result<Vec<f32>, Error> {
        drive::write(device, self.first, &[first as f32]);
        drive::run(device, self.entries.encode)?;
        drive::output(device, self.entries.encode, "mean").await
    }

    /// The mean ELBO and the mean K-sample importance-weighted bound of the first `images` held-out
    /// ones, in nats: E log mean_k w_k, with `samples` weights each.
    pub async fn bounds(
        &self,
        device: &mut dyn Device,
        images: usize,
        samples: usize,
        seed: u64,
    ) -> Result<(f64, f64), Error> {
        drive::seed_entry(device, self.entries.weigh, seed);
        let images = images.min(self.sets.test.n);
        let (mut elbo, mut bound) = (0.0, 0.0);
        for first in (0..images).step_by(WEIGHED) {
            drive::write(device, self.first, &[first as f32]);
            let mut runs = Vec::new();
            for _ in 0..samples.div_ceil(K) {
                drive::run(device, self.entries.weigh)?;
                runs.push(drive::output(device, self.entries.weigh, "log_weights"));
            }
            let mut weights = vec![Vec::with_capacity(samples); WEIGHED.min(images - first)];
            for run in runs {
                for (w, row) in weights.iter_mut().zip(run.await?.chunks(K)) {
                    w.extend(row.iter().map(|&x| f64::from(x)).take(samples - w.len()));
                }
            }
            for w in &weights {
                elbo += w.iter().sum::<f64>() / samples as f64;
                bound += log_mean_exp(w);
            }
        }
        Ok((elbo / images as f64, bound / images as f64))
    }

    /// The grid over the first two latent dimensions, the others 0; the first row is the top.
    fn grid(&self) -> Vec<f32> {
        let mut codes = vec![0.0; GRID * GRID * self.z];
        let at = |i: usize| (i as f32 / (GRID - 1) as f32 * 2.0 - 1.0) * REACH;
        for (i, code) in codes.chunks_mut(self.z).enumerate() {
            code[0] = at(i % GRID);
            if self.z > 1 {
                code[1] = at(GRID - 1 - i / GRID);
            }
        }
        codes
    }

    async fn picture(&self, device: &mut dyn Device, id: &str) -> Result<Picture, Error> {
        let z = self.z;
        match id {
            "latent-grid" => {
                let data = self.decode(device, &self.grid()).await?;
                let mut picture = Picture::images("decoded", Role::Model, data, &self.sets.train, GRID);
                picture.extent = [-REACH, REACH, -REACH, REACH];
                Ok(picture)
            }
            "decoded" => {
                let mut code = vec![0.0; z];
                for (c, at) in code.iter_mut().zip(self.at) {
                    *c = (2.0 * at - 1.0) * REACH;
                }
                let data = self.decode(device, &code).await?;
                Ok(Picture::images("decoded", Role::Model, data, &self.sets.train, 1))
            }
            "samples" => {
                let data = self.draws(device, 64, VIEW_SEED).await?;
                Ok(Picture::images("samples", Role::Model, data, &self.sets.train, 8))
            }
            "reconstructions" => {
                let codes = self.means(device, 0).await?;
                let count = SHOWN.min(self.sets.test.n);
                let made = self.decode(device, &codes[..count * z]).await?;
                let shown = self.sets.test.to_floats()[..made.len()].to_vec();
                let mut picture = Picture::images("originals", Role::Data, shown, &self.sets.train, 10);
                let mut back = Picture::images("reconstructions", Role::Model, made, &self.sets.train, 10);
                picture.layers.append(&mut back.layers);
                Ok(picture)
            }
            "interpolation" => {
                let codes = self.means(device, 0).await?;
                let [a, b] = self.ends.map(|i| &codes[i * z..][..z]);
                let path: Vec<f32> = (0..BETWEEN)
                    .map(|i| i as f32 / (BETWEEN - 1) as f32)
                    .flat_map(|t| a.iter().zip(b).map(move |(a, b)| a + t * (b - a)))
                    .collect();
                let data = self.decode(device, &path).await?;
                Ok(Picture::images("interpolation", Role::Model, data, &self.sets.train, BETWEEN))
            }
            "latent-map" => {
                let count = MAPPED.min(self.sets.test.n);
                let mut data = Vec::with_capacity(2 * count);
                for first in (0..count).step_by(CHUNK) {
                    let codes = self.means(device, first).await?;
                    for code in codes.chunks(z).take(count - first) {
                        data.extend([code[0], code.get(1).copied().unwrap_or(0.0)]);
                    }
                }
                let mut layer = Layer::new("codes", Role::Data, ViewKind::Points, data, &[count, 2]);
                layer.labels = self.sets.test.labels.iter().take(count).map(|&l| u32::from(l)).collect();
                let extent = [-1.6 * REACH, 1.6 * REACH, -1.6 * REACH, 1.6 * REACH];
                Ok(Picture { layers: vec![layer], extent, range: [0.0; 3], columns: 0 })
            }
            _ => {
                let step = drive::read(device, self.steps).await?[0];
                let entry = self.reporting(device, step)?;
                let data = drive::output(device, entry, "kl_dims").await?;
                Ok(Picture::bars("kl", data))
            }
        }
    }

    async fn draws(&self, device: &mut dyn Device, n: usize, seed: u64) -> Result<Vec<f32>, Error> {
        let area = self.sets.train.area();
        drive::seed_entry(device, self.entries.sample, seed);
        drive::collect(device, self.entries.sample, "images", n * area).await
    }

    async fn figures(
        &self,
        device: &mut dyn Device,
        measured: Option<(usize, usize)>,
    ) -> Result<Vec<(&'static str, f64)>, Error> {
        let step = drive::read(device, self.steps).await?[0];
        let mut out = vec![("step", f64::from(step))];
        let entry = self.reporting(device, step)?;
        let figures = ["loss", "reconstruction", "kl"].map(|id| (id, drive::output(device, entry, id)));
        for (id, figure) in figures {
            out.push((id, f64::from(figure.await?[0])));
        }
        out.extend(self.ppca.map(|exact| ("loss_reference", exact)));
        if let Some((images, samples)) = measured {
            let (elbo, bound) = self.bounds(device, images, samples, VIEW_SEED).await?;
            out.push(("test_elbo", elbo));
            out.push(("test_bound", bound));
            let dims = drive::output(device, entry, "kl_dims").await?;
            out.push(("active", dims.iter().filter(|&&kl| kl > 0.01).count() as f64));
            out.push(("active_reference", self.z as f64));
        }
        Ok(out)
    }
}

impl Exhibit for Vae {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn program(&self) -> &Program {
        &self.program
    }

    fn start(&mut self, device: &mut dyn Device, _seed: u64) -> Result<(), Error> {
        drive::write_u(device, self.train_bytes, &self.sets.train.packed());
        drive::write_u(device, self.test_bytes, &self.sets.test.packed());
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
        Box::pin(async move { self.figures(device, deep.then_some((MEASURED, K))).await })
    }

    fn evaluate<'a>(&'a mut self, device: &'a mut dyn Device) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move { self.figures(device, Some((usize::MAX, 500))).await })
    }

    fn sample<'a>(&'a mut self, device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(async move {
            let data = self.draws(device, n, seed).await?;
            Ok(Samples {
                kind: "images",
                data,
                shape: vec![n, self.sets.train.height, self.sets.train.width],
            })
        })
    }

    fn view<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture> {
        Box::pin(async move { self.picture(device, id).await })
    }

    fn act<'a>(&'a mut self, _device: &'a mut dyn Device, id: &'a str, payload: Payload) -> Task<'a, ()> {
        Box::pin(async move {
            if id == "latent" {
                let Some(at) = payload.at else {
                    return Err(Error::BadData(
                        "'latent' takes a place 'at': two numbers from 0 to 1.".to_string(),
                    ));
                };
                self.at = at.map(|x| x.max(0.0).min(1.0));
                return Ok(());
            }
            let count = SHOWN.min(self.sets.test.n);
            match payload.picks[..] {
                [a, b] if a < count && b < count => self.ends = [a, b],
                [a] if a < count => self.ends = [self.ends[1], a],
                _ => {
                    let message =
                        alloc::format!("'ends' takes the numbers of one or two images below {count}.");
                    return Err(Error::BadData(message));
                }
            }
            Ok(())
        })
    }

    fn set(&mut self, device: &mut dyn Device, settings: &Settings, _id: &str) -> Result<(), Error> {
        self.settings = settings.clone();
        drive::set_knobs(device, &self.program, settings);
        Ok(())
    }
}
