//! The generative adversarial network in the plane: 3,000 steps of 256 on the ring of eight Gaussians,
//! averaged weights.

use crate::figure::Figure::*;
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least, at_most};
use crate::imitation::{Imitation, Points};
use tilde_models::data::Toy;

/// How the generator covers the modes.
pub static TABLE: Table = Table { id: "gan2d", exhibit: "gan2d", gates: GATES, judge: Judge::Exhibit };

/// The averaged generator is the one that is judged.
const AVERAGED: (&str, &str) = ("shown", "averaged");

const RECIPE: Trial = Trial::new(&[AVERAGED], 3000);
const UNTRAINED: Control = Control::run("untrained generator", RECIPE.steps(0));

const fn points(what: Points) -> Imitation {
    Imitation::Points { what, toy: Toy::EightGaussians, unit: 1.0 }
}

const REFERENCE: Source = Source::Library(
    "a reference run outside this project, the same recipe, five seeds: 8 of 8 modes, 0.873 to 0.898, divergence up to 0.036",
);

const GATES: &[Gate] = &[
    Gate {
        name: "modes",
        trial: RECIPE,
        figure: Of("modes"),
        beside: None,
        bound: at_least(8.0),
        source: REFERENCE,
        controls: &[UNTRAINED, Control::samples("seven of the eight modes", points(Points::AllModesButOne))],
    },
    Gate {
        name: "high quality",
        trial: RECIPE,
        figure: Of("high_quality"),
        beside: None,
        bound: at_least(0.85),
        source: REFERENCE,
        controls: &[
            UNTRAINED,
            Control::samples("one Gaussian fitted to the data", points(Points::OneGaussian)),
        ],
    },
    Gate {
        name: "divergence of the modes' shares",
        trial: RECIPE,
        figure: Of("mode_kl"),
        beside: None,
        bound: at_most(0.05),
        source: REFERENCE,
        controls: &[
            UNTRAINED,
            Control::samples("copies of one mode", points(Points::OneMode)),
            Control::samples("seven of the eight modes", points(Points::AllModesButOne)),
        ],
    },
];

/// The other sets, with the card's defaults.
pub static SETS: Table =
    Table { id: "gan2d-sets", exhibit: "gan2d", gates: ON_OTHERS, judge: Judge::Exhibit };

const GRID: Trial = Trial::new(&[("data", "grid-25"), AVERAGED], 3000);

macro_rules! distance_on {
    ($name:literal, $data:literal) => {
        Gate {
            name: concat!($name, ", energy distance"),
            trial: Trial::new(&[("data", $data), AVERAGED], 3000),
            figure: Of("energy_distance"),
            beside: None,
            bound: at_most(0.02),
            source: Source::Ours("what is asked of the chain of the denoising autoencoder"),
            controls: &[
                Control::run("untrained generator", Trial::new(&[("data", $data), AVERAGED], 0)),
                Control::run("after 100 steps", Trial::new(&[("data", $data), AVERAGED], 100)),
            ],
        }
    };
}

const ON_OTHERS: &[Gate] = &[
    Gate {
        name: "grid, modes",
        trial: GRID,
        figure: Of("modes"),
        beside: None,
        bound: at_least(23.0),
        source: Source::Ours("all but two of the twenty-five"),
        controls: &[
            Control::run("untrained generator", GRID.steps(0)),
            Control::run("after 100 steps", GRID.steps(100)),
        ],
    },
    distance_on!("grid", "grid-25"),
    distance_on!("two moons", "two-moons"),
    distance_on!("spiral", "spiral"),
    distance_on!("checkerboard", "checkerboard"),
    distance_on!("Swiss roll", "swiss-roll"),
];
