//! The figures of the lab.

use super::guide::Estimator;
use super::{Elbo, bounds};
use crate::prelude::*;

/// Draws that the estimators' variances are measured with.
const MEASURED: usize = 2_000;

/// The variance of numbers: n/(n − 1) times the mean square of what they are off their mean.
fn variance(values: &[f64]) -> Estimate {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    Estimate::of(values.iter().map(|v| (v - mean) * (v - mean))).times(n / (n - 1.0))
}

impl Elbo {
    /// The z at which the meters are read: the mean of q, or its likeliest value.
    fn centre(&self) -> f64 {
        if !self.guide.discrete {
            return self.guide.at[0];
        }
        let [a, b] = self.guide.at;
        if a >= b.max(0.0) {
            1.0
        } else if b >= 0.0 {
            2.0
        } else {
            3.0
        }
    }

    /// Estimates of the first parameter's gradient from single draws of the present q.
    pub(super) fn single_draws(&self, live: &Live, how: Estimator) -> Vec<f64> {
        let mut stream = Stream::new(live.seed, !live.step);
        let baseline = self.baseline(live.settings);
        (0..MEASURED)
            .map(|_| {
                let z = self.guide.draw(&mut stream);
                self.guide.estimate(&self.model, how, z, baseline)[0]
            })
            .collect()
    }

    /// The bound and the two divergences.
    pub(super) fn balances(&self) -> [(&'static str, f64); 4] {
        let (q, m) = (&self.guide, &self.model);
        let elbo = q.elbo(m, &self.rule);
        [("loss", -elbo), ("elbo", elbo), ("kl", q.kl(m)), ("forward_kl", q.forward_kl(m))]
    }

    /// All figures.
    pub(super) fn measure(&self, live: &Live) -> Figures {
        let (q, m) = (&self.guide, &self.model);
        let (z, baseline) = (self.centre(), self.baseline(live.settings));
        let balances = self.balances();
        let [_, (_, elbo), (_, kl), _] = balances;
        let mut out = Figures::from(balances);
        out.extend([
            ("prior", libm::exp(m.log_prior(z))),
            ("likelihood", libm::exp(m.log_likelihood(z))),
            ("joint", libm::exp(m.log_joint(z))),
            ("evidence", libm::exp(m.log_evidence)),
            ("posterior", libm::exp(m.log_joint(z) - m.log_evidence)),
            ("elbo_reference", m.log_evidence),
            ("reconstruction", q.reconstruction(m, &self.rule)),
            ("kl_prior", q.kl_prior(m)),
            ("balance_error", (elbo + kl - m.log_evidence).abs()),
        ]);
        for (id, k) in [("iwae_5", 5), ("iwae_50", 50)] {
            out.extend(bounds::exact(q, m, k).map(|bound| (id, bound)));
        }
        let both = [
            (
                ["variance_reparameterised", "variance_reparameterised_se"],
                "variance_reparameterised_reference",
                Estimator::Reparameterised,
            ),
            (["variance_score", "variance_score_se"], "variance_score_reference", Estimator::Score),
        ];
        for (ids, reference, how) in both.into_iter().skip(usize::from(q.discrete)) {
            variance(&self.single_draws(live, how)).report(&mut out, ids);
            out.push((reference, q.moments_of(m, how, baseline, &self.rule)[1][0]));
        }
        out
    }
}
