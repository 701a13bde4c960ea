//! Figures: the losses, and bounds on the likelihood of held-out images.

use super::Vae;
use super::model::{K, WEIGHED};
use crate::metrics::bounds::log_mean_exp;
use crate::prelude::*;

/// Held-out images that the figures on the page are computed from.
const MEASURED: usize = 128;
/// Importance samples of the tighter bound that gates are held against.
const MANY: usize = 500;

impl Vae {
    /// The mean importance-weighted bound, E log mean_k w_k, of a sample of `images` held-out ones, in nats,
    /// for each of several counts of weights, ascending; with one weight it is the mean ELBO, which is then
    /// averaged over all of them.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    async fn bounds<const N: usize>(
        &self,
        device: &Driver,
        images: usize,
        counts: [usize; N],
    ) -> Result<[Estimate; N], Error> {
        let (m, images) = (&self.model, images.min(self.sets.test.n));
        let most = counts.into_iter().max().unwrap_or(1);
        let rounds = most.div_ceil(K);
        device.seed(m.weigh, VIEW_SEED);
        let weights = device.sweep(images.div_ceil(WEIGHED) * rounds, usize::MAX, |d, i| {
            m.feed.begin_at(d, i / rounds * WEIGHED);
            Ok(d.ask(m.weigh, "log_weights"))
        });
        let weights = weights.await?;
        // The log-weights of an image: of each round its row.
        let own = |image: usize| {
            let of_round =
                |round: usize| &weights[(image / WEIGHED * rounds + round) * WEIGHED * K..][..WEIGHED * K];
            let rows = (0..rounds).flat_map(|round| &of_round(round)[image % WEIGHED * K..][..K]);
            rows.map(|&w| f64::from(w)).take(most).collect::<Vec<f64>>()
        };
        let own: Vec<Vec<f64>> = (0..images).map(own).collect();
        Ok(counts.map(|count| {
            Estimate::of(own.iter().map(|own| match count {
                1 => own.iter().sum::<f64>() / own.len() as f64,
                _ => log_mean_exp(&own[..count]),
            }))
        }))
    }

    /// The losses; the bounds of the first held-out images, with the page's K; and those of all held-out
    /// images with 500 importance samples.
    pub(super) async fn measure(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        let losses = self.model.trainer.losses(live);
        let kl_dims = self.kl_dims(live);
        let (mut bounds, mut tight) = (None, None);
        match scope {
            Scope::Quick => {}
            Scope::Page => bounds = Some(self.bounds(live.device, MEASURED, [1, K]).await?),
            Scope::Whole => bounds = Some(self.bounds(live.device, usize::MAX, [1, K]).await?),
            Scope::All(_) => {
                let [elbo, bound, many] = self.bounds(live.device, usize::MAX, [1, K, MANY]).await?;
                (bounds, tight) = (Some([elbo, bound]), Some(many));
            }
        }
        let [loss, reconstruction, kl] = [0, 1, 2].map({
            let losses = losses.await?;
            move |i| losses[i]
        });
        let mut out = vec![("loss", loss), ("reconstruction", reconstruction), ("kl", kl)];
        out.extend(self.ppca.map(|exact| ("loss_reference", exact)));
        if let Some([elbo, bound]) = bounds {
            let active = kl_dims.await?.iter().filter(|&&kl| kl > 0.01).count();
            elbo.report(&mut out, ["test_elbo", "test_elbo_se"]);
            bound.report(&mut out, ["test_bound", "test_bound_se"]);
            out.extend([("active", active as f64), ("active_reference", self.z as f64)]);
        }
        if let Some(tight) = tight {
            tight.report(&mut out, ["test_bound_500", "test_bound_500_se"]);
        }
        Ok(out)
    }
}
