//! The emoji lab: q becomes the posterior where the family holds it.
//!
//! That the bound and the gap are the evidence, that importance-weighted bounds rise, and that both
//! gradient estimators are unbiased are theorems, which `tests/elbo.rs` checks.

use crate::figure::Figure::*;
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_most};

/// The linear model, whose posterior is N(x/(1 + σ²), σ²/(1 + σ²)).
pub static TABLE: Table = Table { id: "elbo", exhibit: "elbo", gates: GATES, judge: Judge::Exhibit };

const LINEAR: Trial = Trial::experiment("touch", &[], 600);
const UNTRAINED: Control = Control::run("untrained", LINEAR.steps(0));
/// The posterior of a decoder that bends is no Gaussian.
const BENT: Control = Control::run("a curved decoder", Trial::new(&[("model", "curved")], 600));

const GATES: &[Gate] = &[
    Gate {
        name: "bound, off log p(x)",
        trial: LINEAR,
        // log N(1.6; 0, 1.25)
        figure: Size(&Minus(&Of("elbo"), &Known(-2.054_510_308_861_777_5))),
        beside: None,
        bound: at_most(1e-9),
        source: Source::Exact("log N(x; 0, 1 + σ²), the closed form"),
        controls: &[UNTRAINED, BENT],
    },
    Gate {
        name: "divergence from the posterior",
        trial: LINEAR,
        figure: Size(&Of("kl")),
        beside: None,
        bound: at_most(1e-9),
        source: Source::Exact("0: the posterior is in the family of q"),
        controls: &[UNTRAINED, BENT],
    },
];
