//! The figures of mixtures.

use super::Mixture;
use super::card::Method;
use super::gaussian::{eigenvalues, estimated_log_density, ready};
use crate::prelude::*;

/// A component is used if it has at least this share.
const USED: f64 = 0.01;

impl Mixture {
    /// The figures of what was fitted; `None` where one is not known. Always the same ids for a method. The
    /// likelihood of held-out points, which costs more than a step, is not among them.
    pub(super) fn curves(&self, settings: &Settings) -> Vec<(&'static str, Option<f64>)> {
        let (fit, task) = (&self.fit, self.task(settings));
        if fit.method == Method::KMeans {
            let inertia = fit.inertia(&task);
            return vec![("loss", Some(inertia)), ("inertia", Some(inertia))];
        }
        let likelihood = fit.log_likelihood(&task);
        // What the last half step was checked by still holds, unless something else has changed since.
        let objective = fit.last.or_else(|| fit.objective(&task));
        let (id, loss) = match fit.method {
            Method::Variational => ("elbo", objective.unwrap_or(likelihood)),
            Method::Em | Method::KMeans => ("bound", likelihood),
        };
        vec![("loss", Some(-loss)), ("log_likelihood", Some(likelihood)), (id, objective)]
    }

    /// All figures.
    pub(super) fn measure(&self, settings: &Settings) -> Figures {
        let fit = &self.fit;
        let known = |(id, value): (&'static str, Option<f64>)| Some((id, value?));
        let mut out: Figures = self.curves(settings).into_iter().filter_map(known).collect();
        if fit.method != Method::KMeans {
            out.extend(
                self.data.log_likelihood(&self.points).map(|truth| ("log_likelihood_reference", truth)),
            );
        }
        let least =
            fit.components().iter().map(|c| eigenvalues(c.covariance)[1]).fold(f64::INFINITY, f64::min);
        if fit.method != Method::KMeans && !self.held_out.is_empty() {
            let test = estimated_log_density(&ready(fit.components()), &self.held_out);
            out.push(("test_log_likelihood", test.mean));
            out.extend(test.error.is_finite().then_some(("test_log_likelihood_se", test.error)));
        }
        out.extend(fit.largest_fall.map(|fall| ("largest_fall", fall)));
        out.push(("smallest_deviation", tilde_graph::real::sqrt(least.max(0.0))));
        out.push(("components_used", fit.components().iter().filter(|c| c.weight >= USED).count() as f64));
        out
    }
}
