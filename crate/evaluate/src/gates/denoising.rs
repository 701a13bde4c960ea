//! The denoising autoencoder: 2,000 steps on the ring of eight Gaussians with σ = 0.3, its arrows beside the
//! exact score and the samples of its chain beside the data; and the noise that is left in held-out digits.

use crate::figure::Figure::*;
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least, at_most};
use crate::imitation::{Imitation, Points};
use tilde_models::data::Toy;

/// Gates on arrows, samples and digits.
pub static TABLE: Table =
    Table { id: "denoising", exhibit: "denoising", gates: GATES, judge: Judge::Exhibit };

const RING: Trial = Trial::new(&[], 2000);
const DIGITS: Trial = Trial::new(&[("data", "digits8"), ("sigma", "0.4")], 2000);
const STROKES: Trial = Trial::new(&[("data", "strokes")], 500);
const UNTRAINED: Control = Control::run("untrained", RING.steps(0));
const LESS_NOISE: Control = Control::run("trained with a third of the noise", RING.then(&[("sigma", "0.9")]));

const SCORE: Source = Source::Library(
    "a reference run outside this project, the same net and steps: error 0.135, cosine 0.991",
);

const fn points(what: Points) -> Imitation {
    Imitation::Points { what, toy: Toy::EightGaussians, unit: 1.0 }
}

const ON_OTHERS: Source = Source::Ours("what is asked of the ring");

/// The same net and steps on another set of points.
macro_rules! score_on {
    ($name:literal, $data:literal) => {
        Gate {
            name: concat!($name, ", relative error of the score"),
            trial: Trial::new(&[("data", $data)], 2000),
            figure: Of("score_error"),
            beside: None,
            bound: at_most(0.20),
            source: ON_OTHERS,
            controls: &[
                Control::run("untrained", Trial::new(&[("data", $data)], 0)),
                Control::run(
                    "trained with a third of the noise",
                    Trial::new(&[("data", $data)], 2000).then(&[("sigma", "0.9")]),
                ),
            ],
        }
    };
}

const GATES: &[Gate] = &[
    Gate {
        name: "score, relative error",
        trial: RING,
        figure: Of("score_error"),
        beside: None,
        bound: at_most(0.20),
        source: SCORE,
        controls: &[UNTRAINED, LESS_NOISE],
    },
    Gate {
        name: "score, cosine",
        trial: RING,
        figure: Of("score_cosine"),
        beside: None,
        bound: at_least(0.98),
        source: SCORE,
        controls: &[UNTRAINED, LESS_NOISE],
    },
    Gate {
        name: "chain, energy distance",
        trial: RING,
        figure: Of("energy_distance"),
        beside: None,
        bound: at_most(0.02),
        source: Source::Ours("about a fifth of the distance of one Gaussian"),
        controls: &[
            UNTRAINED,
            Control::run(
                "a chain of means with much noise",
                Trial::new(&[("sigma", "1"), ("reconstruct", "mean")], 2000),
            ),
            Control::samples("one Gaussian fitted to the data", points(Points::OneGaussian)),
            Control::samples("seven of the eight modes", points(Points::AllModesButOne)),
        ],
    },
    Gate {
        name: "noise left in digits",
        trial: DIGITS,
        figure: Of("noise_left"),
        beside: None,
        bound: at_most(0.25),
        source: Source::Ours("three quarters of the noise are taken away"),
        controls: &[Control::run("untrained, digits", DIGITS.steps(0))],
    },
    score_on!("two moons", "two-moons"),
    score_on!("checkerboard", "checkerboard"),
    score_on!("grid", "grid-25"),
    score_on!("spiral", "spiral"),
    score_on!("Swiss roll", "swiss-roll"),
    Gate {
        name: "noise left in strokes",
        trial: STROKES,
        figure: Of("noise_left"),
        beside: None,
        bound: at_most(0.25),
        source: Source::Ours("three quarters of the noise are taken away"),
        controls: &[Control::run("untrained, strokes", STROKES.steps(0))],
    },
];
