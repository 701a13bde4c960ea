//! The energy-based model on the two moons: by the likelihood in 250 steps of 4,096 places, by 20 steps of
//! persistent chains in 700; and short chains, which sample well and whose likelihood is wrong. With its defaults it
//! comes near the entropy of every set.
//!
//! The bias of the chain on the standard normal is a closed form, which `tests/energy.rs` checks.

use crate::figure::Figure::{self, *};
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least, at_most};
use crate::imitation::{Imitation, Points};
use tilde_models::data::Toy;

/// Held-out negative log-likelihoods, and samples.
pub static TABLE: Table = Table { id: "energy", exhibit: "energy", gates: GATES, judge: Judge::Exhibit };

const EXACT: Trial = Trial::experiment("exact", &[], 250);
const PERSISTENT: Trial = Trial::new(&[], 700);
const SHORT: Trial = Trial::experiment("short", &[], 700);
const UNTRAINED: Control = Control::run("untrained", PERSISTENT.steps(0));

/// What the model loses beside the exact density.
const ABOVE: Figure = Minus(&Of("loss"), &Of("loss_reference"));

const ENTROPY: Source = Source::Ours("the entropy is exact, or integrated to a hundredth of a nat");

/// The card's defaults on one set, so many nats above its entropy. Where chains that stay in the valleys they began in
/// lose more, they are a control.
macro_rules! near_the_entropy {
    ($name:literal, $data:literal, $nats:literal $(, $stay:literal)?) => {
        Gate {
            name: concat!($name, ", above the entropy"),
            trial: Trial::new(&[("data", $data)], 1000),
            figure: ABOVE,
            beside: None,
            bound: at_most($nats),
            source: ENTROPY,
            controls: &[
                Control::run("untrained", Trial::new(&[("data", $data)], 0)),
                $(Control::run($stay, Trial::new(&[("data", $data), ("jumps", "0")], 1000)),)?
            ],
        }
    };
}

const GATES: &[Gate] = &[
    Gate {
        name: "exact likelihood, held-out nats",
        trial: EXACT,
        figure: Of("loss"),
        beside: None,
        bound: at_most(1.45),
        source: Source::Library(
            "a reference run outside this project, the same recipe: 1.389; the entropy is 1.117",
        ),
        controls: &[
            UNTRAINED,
            Control::run(
                "without Fourier features",
                Trial::experiment("exact", &[("fourier", "false")], 250),
            ),
        ],
    },
    Gate {
        name: "persistent chains, held-out nats",
        trial: PERSISTENT,
        figure: Of("loss"),
        beside: None,
        bound: at_most(1.95),
        source: Source::Library(
            "a reference run outside this project, the same recipe: 1.839, without Fourier features 2.01",
        ),
        controls: &[
            UNTRAINED,
            Control::run("without Fourier features", Trial::new(&[("fourier", "false")], 700)),
        ],
    },
    Gate {
        name: "short chains, held-out nats",
        trial: SHORT,
        figure: Of("loss"),
        beside: None,
        bound: at_least(3.6),
        source: Source::Exact(
            "ln 36 = 3.584, the uniform density on the box, rounded up: a worse density than none",
        ),
        controls: &[
            UNTRAINED,
            Control::run(
                "the likelihood itself in place of chains",
                Trial::experiment("short", &[("method", "grid")], 700),
            ),
        ],
    },
    Gate {
        name: "short chains, energy distance of samples",
        trial: SHORT,
        figure: Of("energy_distance"),
        beside: None,
        bound: at_most(0.02),
        source: Source::Ours("under half the distance of one Gaussian"),
        controls: &[
            Control::run("untrained", SHORT.steps(0)),
            Control::samples(
                "one Gaussian fitted to the data",
                Imitation::Points { what: Points::OneGaussian, toy: Toy::TwoMoons, unit: 1.0 },
            ),
        ],
    },
    near_the_entropy!("two moons", "two-moons", 0.25, "chains that never jump"),
    near_the_entropy!("eight Gaussians", "eight-gaussians", 0.2, "chains that never jump"),
    near_the_entropy!("checkerboard", "checkerboard", 0.2),
    near_the_entropy!("grid", "grid-25", 0.2, "chains that never jump"),
    near_the_entropy!("spiral", "spiral", 1.0),
    near_the_entropy!("Swiss roll", "swiss-roll", 0.4, "chains that never jump"),
];
