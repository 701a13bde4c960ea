//! Figures: the losses, and bounds on the likelihood of held-out images.

use super::Vae;
use super::model::{K, WEIGHED};
use crate::metrics::bounds::log_mean_exp;
use crate::prelude::*;

/// Held-out images that the figures on the page are computed from.
const MEASURED: usize = 128;

impl Vae {
    /// The mean ELBO and the mean importance-weighted bound, E log mean_k w_k, of the first `images`
    /// held-out ones, in nats, with `samples` weights each.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn bounds(
        &self,
        device: &Driver,
        images: usize,
        samples: usize,
        seed: u64,
    ) -> Result<(f64, f64), Error> {
        let (m, images) = (&self.model, images.min(self.sets.test.n));
        let rounds = samples.div_ceil(K);
        device.seed(m.weigh, seed);
        let weights = device.sweep(images.div_ceil(WEIGHED) * rounds, usize::MAX, |d, i| {
            m.feed.begin_at(d, i / rounds * WEIGHED);
            Ok(d.ask(m.weigh, "log_weights"))
        });
        let weights = weights.await?;
        let (mut elbo, mut bound) = (0.0, 0.0);
        for image in 0..images {
            // Of each round the row of this image.
            let of_round =
                |round: usize| &weights[(image / WEIGHED * rounds + round) * WEIGHED * K..][..WEIGHED * K];
            let rows = (0..rounds).flat_map(|round| &of_round(round)[image % WEIGHED * K..][..K]);
            let own: Vec<f64> = rows.map(|&w| f64::from(w)).take(samples).collect();
            elbo += own.iter().sum::<f64>() / samples as f64;
            bound += log_mean_exp(&own);
        }
        Ok((elbo / images as f64, bound / images as f64))
    }

    /// The losses; the bounds of the first held-out images, with the page's K; and those of all held-out
    /// images with 500 importance samples.
    pub(super) async fn measure(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        let losses = self.model.trainer.losses(live);
        let kl_dims = self.kl_dims(live);
        let bounds = match scope {
            Scope::Quick => None,
            Scope::Page => Some(self.bounds(live.device, MEASURED, K, VIEW_SEED).await?),
            Scope::All(_) => Some(self.bounds(live.device, usize::MAX, 500, VIEW_SEED).await?),
        };
        let [loss, reconstruction, kl] = [0, 1, 2].map({
            let losses = losses.await?;
            move |i| losses[i]
        });
        let mut out = vec![("loss", loss), ("reconstruction", reconstruction), ("kl", kl)];
        out.extend(self.ppca.map(|exact| ("loss_reference", exact)));
        if let Some((elbo, bound)) = bounds {
            let active = kl_dims.await?.iter().filter(|&&kl| kl > 0.01).count();
            out.extend([("test_elbo", elbo), ("test_bound", bound)]);
            out.extend([("active", active as f64), ("active_reference", self.z as f64)]);
        }
        Ok(out)
    }
}
