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

mod card;
mod measure;
mod model;
mod picture;

pub use card::CARD;

use crate::metrics::ppca;
use crate::prelude::*;
use card::{Input, Show};
use model::{Model, SHOWN};

/// Where the ring begins, 0..=1 each: far from the middle, where images of all kinds are near and what is decoded is a mean
/// of them.
const START: [f32; 2] = [0.62, 0.9];

/// The opened exhibit.
pub struct Vae {
    model: Model,
    sets: ImageSets,
    z: usize,
    /// −log-likelihood of probabilistic PCA, nats per image: the linear autoencoder's optimum.
    ppca: Option<f64>,
    /// The point of the latent plane that was last dragged to.
    at: [f32; 2],
    /// The two held-out images at the ends of the interpolation.
    ends: [usize; 2],
    /// Posterior means of held-out images, `[MAPPED, Z]`.
    means: Memo<Vec<f32>>,
}

impl Vae {
    /// Decodes codes `[n, Z]`.
    fn decode(&self, device: &Driver, codes: &[f32]) -> Answer<Vec<f32>> {
        device.over_rows(self.model.decode, self.model.codes, codes, "images")
    }

    /// `n` images, `[n, D]`: their pixels' means, or drawn pixels.
    fn draws(&self, device: &Driver, n: usize, seed: u64) -> Answer<Vec<f32>> {
        device.seed(self.model.sample, seed);
        device.collect(self.model.sample, "images", n * self.sets.train.area())
    }

    /// KL of each latent dimension over the last batch; before the first step, over a batch now.
    fn kl_dims(&self, live: &Live) -> Answer<Vec<f32>> {
        match live.step {
            0 => live.device.drawn(self.model.trainer.untrained, VIEW_SEED, "kl_dims"),
            _ => live.device.read(self.model.kl_dims),
        }
    }
}

impl crate::Model for Vae {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Nothing;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Vae, Error> {
        let (settings, sets) = (setup.settings, setup.images()?);
        let model = Model::new(settings, &sets)?;
        let (d, z, last) = (sets.train.area(), settings.count("latent"), sets.test.n - 1);
        let exact = settings.flag("linear") && d <= ppca::MOST;
        let exact = exact.then(|| ppca::log_likelihood(&sets.train.to_floats(), d, z)).flatten();
        let (ppca, ends) = (exact.map(|nats| -nats), [0, last.min(3)]);
        Ok(Vae { model, sets, z, ppca, at: START, ends, means: Memo::default() })
    }

    fn program(&self) -> Option<&Program> {
        Some(&self.model.program)
    }

    fn start(&mut self, live: &Live) -> Result<(), Error> {
        self.model.feed.write_images(live.device, &self.sets);
        Ok(())
    }

    fn trainer(&self) -> Option<&Trainer> {
        Some(&self.model.trainer)
    }

    async fn figures(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        self.measure(live, scope).await
    }

    async fn sample(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        let data = self.draws(live.device, n, seed).await?;
        Ok(Samples::images(data, &self.sets.train))
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        match view {
            Show::LatentGrid => self.latent_grid(live).await,
            Show::LatentMap => self.latent_map(live).await,
            Show::Decoded => self.decoded(live).await,
            Show::Samples => self.samples(live).await,
            Show::Reconstructions => self.reconstructions(live).await,
            Show::Interpolation => self.interpolation(live).await,
            Show::KlBars => self.kl_bars(live).await,
        }
    }

    fn act(&mut self, _live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Latent => self.at = payload.place("latent")?,
            Input::Ends => {
                let count = SHOWN.min(self.sets.test.n);
                self.ends = match payload.picks[..] {
                    [a, b] if a < count && b < count => [a, b],
                    [a] if a < count => [self.ends[1], a],
                    _ => {
                        return Err(Error::BadData(format!(
                            "'ends' takes the numbers of one or two images below {count}."
                        )));
                    }
                };
            }
        }
        Ok(())
    }
}
