//! The networks, the objective, and the entries of the program.

#[cfg(test)]
mod golden;

use super::card::Likelihood;
use crate::metrics::bounds;
use crate::prelude::*;

/// Images of one run of the encoder and of the decoder.
pub const CHUNK: usize = 256;
/// Held-out images of one run of the bound.
pub const WEIGHED: usize = 16;
/// Importance samples of the bound that is shown.
pub const K: usize = 64;
/// Held-out images beside their reconstructions.
pub const SHOWN: usize = 20;
/// Pictures of an interpolation.
pub const BETWEEN: usize = 10;

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
    fn nll<'g>(&self, g: &'g Graph, x: Tensor<'g>, y: Tensor<'g>) -> Tensor<'g> {
        if !self.gaussian {
            return y.bce_with_logits(x);
        }
        // (x − y)²/2σ² + log σ + ½ log 2π
        let log_sigma = g.param(self.log_sigma);
        (x - y).square() * 0.5 * (-2.0 * log_sigma).exp() + log_sigma + bounds::HALF_LOG_TAU as f32
    }

    /// E_q −log p(x|z) of a batch with a code for each image, nats an image: a scalar. `noise` gives the ε of
    /// the codes, `[B, Z]`. Linear networks need none.
    fn reconstruction<'g>(
        &self,
        g: &'g Graph,
        x: Tensor<'g>,
        [mean, log_var]: [Tensor<'g>; 2],
        noise: impl FnOnce() -> Tensor<'g>,
    ) -> Tensor<'g> {
        let each = 1.0 / x.shape().dim(0) as f32;
        if self.deep {
            let z = mean + (log_var * 0.5).exp() * noise();
            return self.nll(g, x, self.decode(g, z)).sum() * each;
        }
        // E_q ‖x − Wz − c‖² = ‖x − Wμ − c‖² + Σ_j σ_j²‖w_j‖²
        let w = g.param(self.decoder.layers[0].w);
        let spread = (log_var.exp().mean_axes(&[0]) * w.square().sum_axes(&[1])).sum();
        let precision = (-2.0 * g.param(self.log_sigma)).exp();
        self.nll(g, x, self.decode(g, mean)).sum() * each + (spread * 0.5 * precision).sum()
    }

    /// The objective on a batch `[B, D]`: reconstruction + β·KL, its two terms, and the KL of each dimension,
    /// `[Z]`. `noise` is that of [`Networks::reconstruction`].
    fn objective<'g>(
        &self,
        g: &'g Graph,
        x: Tensor<'g>,
        beta: Tensor<'g>,
        noise: impl FnOnce() -> Tensor<'g>,
    ) -> [Tensor<'g>; 4] {
        let (mean, log_var) = self.encode(g, x);
        let kl_dims = kl(mean, log_var).mean_axes(&[0]);
        let reconstruction = self.reconstruction(g, x, [mean, log_var], noise);
        let kl = kl_dims.sum();
        [reconstruction + beta * kl, reconstruction, kl, kl_dims]
    }

    /// log p(x, z)/q(z|x) of K codes for each image: x `[B, D]` and the codes' ε `[B, K, Z]` to `[B, K]`.
    fn log_weights<'g>(&self, g: &'g Graph, x: Tensor<'g>, epsilon: Tensor<'g>) -> Tensor<'g> {
        let ([b, k, z], d) = ([0, 1, 2].map(|axis| epsilon.shape().dim(axis)), x.shape().dim(1));
        let (mean, log_var) = self.encode(g, x);
        let sigma = (log_var * 0.5).exp();
        let code = mean.reshape([b, 1, z]) + sigma.reshape([b, 1, z]) * epsilon;
        let y = self.decode(g, code.reshape([b * k, z])).reshape([b, k, d]);
        let fit = -self.nll(g, x.reshape([b, 1, d]), y).sum_axes(&[2]);
        // log p(z) − log q(z|x) = ½ Σ (ε² + log σ² − z²)
        let prior = ((epsilon.square() - code.square()) * 0.5).sum_axes(&[2])
            + (log_var * 0.5).sum_axes(&[1]).reshape([b, 1]);
        fit + prior
    }
}

/// KL[N(μ, σ²) ‖ N(0, 1)] = ½(μ² + σ² − 1 − log σ²) of each code, from μ and log σ² of any shape.
fn kl<'g>(mean: Tensor<'g>, log_var: Tensor<'g>) -> Tensor<'g> {
    (mean.square() + log_var.exp() - 1.0 - log_var) * 0.5
}

/// The program and its entries.
pub struct Model {
    pub program: Program,
    pub feed: Feed,
    pub trainer: Trainer,
    /// KL of each latent dimension over the last step's batch, `[Z]`.
    pub kl_dims: Var,
    /// Codes to decode, `[CHUNK, Z]`.
    pub codes: Var,
    /// The held-out images at the ends of the interpolation, `[2]`.
    pub ends: Var,
    pub sample: EntryId,
    pub decode: EntryId,
    pub encode: EntryId,
    pub weigh: EntryId,
    pub reconstruct: EntryId,
    pub interpolate: EntryId,
}

impl Model {
    /// Builds the program.
    ///
    /// # Errors
    /// [`Error::BadSetting`] for a linear model without the Gaussian likelihood that makes it
    /// probabilistic PCA, or networks that do not fit together.
    pub fn new(settings: &Settings, sets: &ImageSets) -> Result<Model, Error> {
        let (d, n, z) = (sets.train.area(), sets.train.n, settings.count("latent"));
        let linear = settings.flag("linear");
        let gaussian = match settings.get("likelihood") {
            Likelihood::Gaussian => true,
            Likelihood::Bernoulli => false,
        };
        if linear && !gaussian {
            let message = "'linear' goes with the Gaussian likelihood: set 'likelihood' to gaussian.";
            return Err(Error::BadSetting(message.into()));
        }
        let hidden = vec![settings.count("hidden"); if linear { 0 } else { settings.count("layers") }];
        let top = hidden.last().copied().unwrap_or(d);
        let b = settings.count("batch").min(n);

        let mut p = Program::new("vae");
        let [beta, warm_up] = ["beta", "warm_up"].map(|id| knob(&mut p, settings, id));
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
        let options = AdamOptions { decay, ..AdamOptions::default() };
        let losses = &["loss", "reconstruction", "kl"];
        let mut trainer = Trainer::new(&mut p, settings, &group, Fall::Cosine(0.02), options, losses);
        let kl_dims = p.state("last.kl_dims", [z], Init::Constant(0.0));
        let feed = Feed::images(&mut p, sets);
        let codes = p.input("codes", [CHUNK, z]);
        let ends = p.input("ends", [2]);

        let steps = trainer.steps();
        let objective = figures(|g| {
            // β rises from 0 over the warm-up, if there is one.
            let warm = (g.read(steps) / g.knob(warm_up).maximum(g.constant(1.0))).minimum(g.constant(1.0));
            let warm = g.knob(warm_up).lt(g.constant(0.5)).select(g.constant(1.0), warm);
            nets.objective(g, feed.batch(g, b), g.knob(beta) * warm, || g.normal([b, z]))
        });
        trainer.train = p.entry("train", |g| {
            let [loss, reconstruction, kl, dims] = objective(g);
            trainer.step(g, &[loss, reconstruction, kl]);
            g.assign(kl_dims, dims);
        })?;
        trainer.untrained = p.entry("untrained", |g| {
            let [loss, reconstruction, kl, dims] = objective(g);
            trainer.report(g, &[loss, reconstruction, kl]);
            g.output("kl_dims", dims);
        })?;
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
        })?;
        let decode = p.entry("decode", |g| g.output("images", nets.pixels(nets.decode(g, g.read(codes)))))?;
        let encode = p.entry("encode", |g| {
            let (mean, log_var) = nets.encode(g, feed.test_rows(g, CHUNK));
            g.output("mean", mean);
            g.output("log_var", log_var);
        })?;
        let weigh = p.entry("weigh", |g| {
            let x = feed.test_rows(g, WEIGHED);
            g.output("log_weights", nets.log_weights(g, x, g.normal([WEIGHED, K, z])));
        })?;
        let reconstruct = p.entry("reconstruct", |g| {
            let (mean, _) = nets.encode(g, feed.test_rows(g, SHOWN));
            g.output("images", nets.pixels(nets.decode(g, mean)));
        })?;
        let interpolate = p.entry("interpolate", |g| {
            let index = g.read(ends).unary(Unary::ToU32);
            let (mean, _) = nets.encode(g, feed.test_rows_at(g, index));
            let (a, b) = (mean.slice(0, 1), mean.slice(1, 1));
            let t: Vec<f32> = (0..BETWEEN).map(|i| i as f32 / (BETWEEN - 1) as f32).collect();
            let path = a + g.table(&t, [BETWEEN, 1]) * (b - a);
            g.output("images", nets.pixels(nets.decode(g, path)));
        })?;
        Ok(Model {
            program: p,
            feed,
            trainer,
            kl_dims,
            codes,
            ends,
            sample,
            decode,
            encode,
            weigh,
            reconstruct,
            interpolate,
        })
    }
}
