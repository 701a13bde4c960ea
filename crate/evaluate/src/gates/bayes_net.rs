//! Bayesian networks: every sampler within four standard errors of the exact posterior after 200,000 samples.
//!
//! Exact inference and d-separation are theorems, which `tests/bayes_net.rs` checks.

use crate::figure::Figure::{self, *};
use crate::gate::{Bound, Control, Gate, Judge, Source, Table, Trial, at_most};

/// Four questions to two networks, one to each of the others, and three samplers.
pub static TABLE: Table =
    Table { id: "bayes-net", exhibit: "bayes-net", gates: GATES, judge: Judge::Exhibit };

const STEPS: u32 = 20_000;
const ONE: Trial = Trial::new(&[("data", "sprinkler"), ("given", "one")], STEPS);
const SET: Trial = Trial::new(&[("data", "sprinkler"), ("given", "set")], STEPS);
const CALLED: Trial = Trial::new(&[("data", "burglary"), ("given", "one")], STEPS);
const BOTH_CALLED: Trial = Trial::new(&[("data", "burglary"), ("given", "two")], STEPS);
const LECTURE: Trial = Trial::new(&[("data", "lecture"), ("given", "one")], STEPS);
const ASIA: Trial = Trial::new(&[("data", "asia"), ("given", "one")], STEPS);
/// Samples of P(sprinkler), taken for P(sprinkler | wet grass).
const BLIND: Trial = Trial::new(&[("data", "sprinkler"), ("given", "none")], STEPS);

const BOUND: Bound = at_most(4.0);
const SOURCE: Source = Source::Exact("variable elimination; 4 standard errors of the sampler's own");

const WEIGHTING: Figure = Of("weighting_distance");
const REJECTION: Figure = Of("rejection_distance");
const GIBBS: Figure = Of("gibbs_distance");

/// P(sprinkler | wet grass) = 0.4298, and the standard error of 200,000 independent samples of it.
const KNOWN: Figure = Known(0.429_763_560_5);
const ERROR: Figure = Known(1.107e-3);

const IGNORED: &str = "observations ignored";
const BLIND_WEIGHTING: &[Control] =
    &[Control::run(IGNORED, BLIND).measured(Over(&Size(&Minus(&Of("weighting"), &KNOWN)), &ERROR))];
const BLIND_REJECTION: &[Control] =
    &[Control::run(IGNORED, BLIND).measured(Over(&Size(&Minus(&Of("rejection"), &KNOWN)), &ERROR))];
/// Asia's either-or is deterministic, so that a chain cannot leave where it starts.
const STUCK: &[Control] = &[Control::run(
    "Gibbs on asia, which it cannot leave",
    Trial::new(&[("data", "asia"), ("given", "two")], STEPS),
)];

const fn gate(name: &'static str, trial: Trial, figure: Figure, controls: &'static [Control]) -> Gate {
    Gate { name, trial, figure, beside: None, bound: BOUND, source: SOURCE, controls }
}

const GATES: &[Gate] = &[
    gate("likelihood weighting, wet grass", ONE, WEIGHTING, BLIND_WEIGHTING),
    gate("rejection, wet grass", ONE, REJECTION, BLIND_REJECTION),
    gate("Gibbs, wet grass", ONE, GIBBS, STUCK),
    gate("likelihood weighting, sprinkler set", SET, WEIGHTING, BLIND_WEIGHTING),
    gate("rejection, sprinkler set", SET, REJECTION, BLIND_REJECTION),
    gate("Gibbs, sprinkler set", SET, GIBBS, STUCK),
    gate("likelihood weighting, one calls", CALLED, WEIGHTING, BLIND_WEIGHTING),
    gate("rejection, one calls", CALLED, REJECTION, BLIND_REJECTION),
    gate("Gibbs, one calls", CALLED, GIBBS, STUCK),
    gate("likelihood weighting, both call", BOTH_CALLED, WEIGHTING, BLIND_WEIGHTING),
    gate("rejection, both call", BOTH_CALLED, REJECTION, BLIND_REJECTION),
    gate("Gibbs, both call", BOTH_CALLED, GIBBS, STUCK),
    gate("likelihood weighting, lecture", LECTURE, WEIGHTING, BLIND_WEIGHTING),
    gate("rejection, lecture", LECTURE, REJECTION, BLIND_REJECTION),
    gate("Gibbs, lecture", LECTURE, GIBBS, STUCK),
    gate("likelihood weighting, asia", ASIA, WEIGHTING, BLIND_WEIGHTING),
    gate("rejection, asia", ASIA, REJECTION, BLIND_REJECTION),
];
