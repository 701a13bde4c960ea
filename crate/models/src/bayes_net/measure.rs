//! The figures.

use super::card::Sampler;
use super::{BayesNet, network};
use crate::prelude::*;

impl BayesNet {
    /// How far likelihood weighting is from the exact value, once it has a sample.
    pub(super) fn loss(&self) -> Option<f64> {
        Some((self.estimate(Sampler::Weighting)? - self.truth()).abs())
    }

    /// All figures.
    pub(super) fn measure(&self) -> Figures {
        let exact = self.truth();
        let (start, states) = self.range();
        let mut all: Figures = self.loss().map(|loss| ("loss", loss)).into_iter().collect();
        let references = [
            (Sampler::Weighting, ["weighting", "weighting_se"], "weighting_reference"),
            (Sampler::Rejection, ["rejection", "rejection_se"], "rejection_reference"),
            (Sampler::Gibbs, ["gibbs", "gibbs_se"], "gibbs_reference"),
        ];
        for (sampler, ids, reference) in references {
            if let Some(mean) = self.estimate(sampler) {
                Estimate { mean, error: self.error(sampler, mean) }.report(&mut all, ids);
                all.push((reference, exact));
            }
        }
        let [_, drawn, kept, ..] = self.tallies.counts;
        if drawn > 0.0 {
            Estimate::share(kept / drawn, drawn as usize).report(&mut all, ["kept", "kept_se"]);
            all.push(("kept_reference", self.exact.answer.evidence()));
        }
        let sum = |all: &[f64]| all[start..start + states].iter().sum::<f64>();
        let (weights, squares) = (sum(&self.tallies.weights), sum(&self.tallies.squares));
        if squares > 0.0 {
            all.push(("effective", weights * weights / squares / self.tallies.counts[0]));
        }
        if let Some(p) = self.exact.if_seen {
            all.push(("if_seen", p));
        }
        let nodes = &self.problem.network.nodes;
        let free = |n: &network::Node| n.table.len() - n.table.len() / n.states.len();
        let whole: f64 = nodes.iter().map(|n| n.states.len() as f64).product();
        let largest = self.exact.answer.steps.iter().map(|s| s.size).max().unwrap_or(1);
        all.extend([
            ("if_set", self.exact.if_set),
            ("parameters", nodes.iter().map(free).sum::<usize>() as f64),
            ("parameters_reference", whole - 1.0),
            ("largest_table", largest as f64),
            ("largest_table_reference", whole),
        ]);
        all
    }
}
