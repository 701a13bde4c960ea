//! The figures of mixtures.

use super::Mixture;
use super::card::Method;
use super::em;
use super::gaussian::{eigenvalues, estimated_log_density, mean_log_density, ready};
use crate::prelude::*;

/// A component is used if it has at least this share.
const USED: f64 = 0.01;

impl Mixture {
    /// The figures that have a curve; `None` where one is not known. Always the same ids for a method.
    pub(super) fn curves(&self, settings: &Settings) -> Vec<(&'static str, Option<f64>)> {
        let (fit, points) = (&self.fit, &self.points);
        if fit.method == Method::KMeans {
            let inertia = em::inertia(&fit.components, points);
            return vec![("loss", Some(inertia)), ("inertia", Some(inertia))];
        }
        let mixture = ready(&fit.components);
        let likelihood = mean_log_density(&mixture, points);
        // What the last half step was checked by still holds, unless something else has changed since.
        let objective = fit.last.or_else(|| fit.objective(&self.task(settings)));
        let (id, loss) = match fit.method {
            Method::Variational => ("elbo", objective.unwrap_or(likelihood)),
            Method::Em | Method::KMeans => ("bound", likelihood),
        };
        let held_out = &self.held_out;
        let test = (!held_out.is_empty()).then(|| mean_log_density(&mixture, held_out));
        vec![
            ("loss", Some(-loss)),
            ("log_likelihood", Some(likelihood)),
            ("test_log_likelihood", test),
            (id, objective),
        ]
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
        let least = fit.components.iter().map(|c| eigenvalues(c.covariance)[1]).fold(f64::INFINITY, f64::min);
        if out.iter().any(|f| f.0 == "test_log_likelihood") {
            let test = estimated_log_density(&ready(&fit.components), &self.held_out);
            out.extend(test.error.is_finite().then_some(("test_log_likelihood_se", test.error)));
        }
        out.extend(fit.largest_fall.map(|fall| ("largest_fall", fall)));
        out.push(("smallest_deviation", libm::sqrt(least.max(0.0))));
        out.push(("components_used", fit.components.iter().filter(|c| c.weight >= USED).count() as f64));
        out
    }
}
