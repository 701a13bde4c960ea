//! Estimates of the probability that is asked for, and how far they are from it.

use super::card::Sampler;
use super::eliminate::Given;
use super::problem::Problem;
use super::{BayesNet, samplers};
use crate::prelude::*;

/// Sites of random draws.
const WEIGHTING: u32 = 1;
const REJECTION: u32 = 2;
const GIBBS: u32 = 3;
const WALK: u32 = 100;
/// Numbers of a point of the trace: samples, and the three estimates (−1 where there is none).
pub const TRACE: usize = 4;
/// Factor between the sample counts of two points of the trace.
const APART: f64 = 1.1;

/// An ancestral sample under way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Walk {
    /// States so far, in the nodes' places.
    pub values: Vec<usize>,
    /// How many nodes are drawn, in the network's order.
    pub drawn: usize,
    /// Whether it contradicted an observation.
    pub rejected: bool,
    /// Which sample it is.
    pub number: u32,
}

/// The stream of a site in a step.
fn stream(live: &Live, site: u32, step: u32) -> Stream {
    Stream::new(live.seed.wrapping_add(u64::from(step) << 32), site)
}

impl BayesNet {
    /// Where the states of the node that is looked at begin, and how many they are.
    pub(super) fn range(&self) -> (usize, usize) {
        let node = self.problem.node;
        (self.plan.starts[node], self.problem.network.nodes[node].states.len())
    }

    /// The sums that a sampler's estimates are shares of.
    pub(super) fn sums(&self, sampler: Sampler) -> &[f64] {
        match sampler {
            Sampler::Weighting => &self.tallies.weights,
            Sampler::Rejection => &self.tallies.kept,
            Sampler::Gibbs => &self.tallies.swept,
        }
    }

    /// A sampler's estimate of the probability that is asked for.
    pub(super) fn estimate(&self, sampler: Sampler) -> Option<f64> {
        let (start, states) = self.range();
        Some(self.tallies.share(self.sums(sampler), start, states)?[self.problem.state])
    }

    /// The exact value of it.
    pub(super) fn truth(&self) -> f64 {
        self.exact.posteriors[self.range().0 + self.problem.state]
    }

    /// `batch` samples of each sampler.
    pub(super) fn iterate(&mut self, live: &Live, batch: usize) {
        let mut values = vec![0; self.problem.given.len()];
        let [mut weighting, mut rejection, mut gibbs] =
            [WEIGHTING, REJECTION, GIBBS].map(|site| stream(live, site, self.steps));
        let Problem { network, given, node, state } = &self.problem;
        for _ in 0..batch {
            self.tallies.weigh(network, given, &self.plan, &mut values, &mut weighting);
            self.tallies.reject(network, given, &self.plan, &mut values, &mut rejection);
            self.tallies.sweep(network, given, &self.plan, &mut gibbs);
            self.tallies.batch(self.tallies.chain[*node] == *state);
        }
        self.steps += 1;
        let n = self.tallies.counts[0];
        let last = self.trace.len().checked_sub(TRACE).map_or(0.0, |at| self.trace[at]);
        if n >= last * APART {
            let estimates = Sampler::ALL.iter().map(|&sampler| self.estimate(sampler).unwrap_or(-1.0));
            let estimates: Vec<f64> = estimates.collect();
            self.trace.push(n);
            self.trace.extend(estimates);
        }
    }

    /// Draws the next node of an ancestral sample; after the last one, or one that contradicts an
    /// observation, the next call begins another.
    pub(super) fn walk(&mut self, live: &Live) {
        let Problem { network, given, .. } = &self.problem;
        let n = given.len();
        if self.walk.rejected || self.walk.drawn == n {
            self.walk.number = self.walk.number.wrapping_add(1);
            (self.walk.drawn, self.walk.rejected) = (0, false);
        }
        let mut stream = stream(live, WALK + self.walk.drawn as u32, self.walk.number);
        let node = self.plan.order[self.walk.drawn];
        self.walk.values[node] = match given[node] {
            Given::Done(s) => s,
            Given::Free | Given::Seen(_) => {
                samplers::draw_node(network, node, &self.walk.values, &mut stream)
            }
        };
        self.walk.drawn += 1;
        self.walk.rejected = matches!(given[node], Given::Seen(s) if s != self.walk.values[node]);
        if self.walk.rejected || self.walk.drawn == n {
            self.tallies.count(&self.plan, &self.walk.values, !self.walk.rejected);
        }
    }

    /// The standard error of a sampler's estimate of p. Gibbs's is never taken to be smaller than that of as
    /// many independent draws: a chain that does not move has none of its own.
    pub(super) fn error(&self, sampler: Sampler, p: f64) -> f64 {
        let (start, states) = self.range();
        let independent = |n: f64| tilde_graph::real::sqrt(p * (1.0 - p) / n);
        let sweeps: f64 = self.tallies.swept[start..start + states].iter().sum();
        match sampler {
            Sampler::Weighting => self.tallies.weighting_error(start, states, self.problem.state, p),
            Sampler::Rejection => independent(self.tallies.counts[2]),
            Sampler::Gibbs => self.tallies.gibbs_error().max(independent(sweeps)),
        }
    }

    /// The samplers' distances from the exact value in standard errors, of those that have an estimate.
    pub(super) fn distances(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let p = self.truth();
        let all = [
            (Sampler::Weighting, "weighting_distance"),
            (Sampler::Rejection, "rejection_distance"),
            (Sampler::Gibbs, "gibbs_distance"),
        ];
        let distance = move |sampler| match self.estimate(sampler)? {
            estimate if estimate == p => Some(0.0),
            estimate => Some((estimate - p).abs() / self.error(sampler, p).max(1e-12)),
        };
        all.into_iter().filter_map(move |(sampler, id)| Some((id, distance(sampler)?)))
    }
}
