//! Denoising diffusion: the card's recipe on the ring of eight Gaussians; and the same model of 28×28
//! strokes, which a classifier judges. The second takes minutes a seed, so it has an id of its own.

use crate::figure::Figure::*;
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least, at_most};
use crate::imitation::{Imitation, Points};
use tilde_models::data::Toy;

/// The ring.
pub static TABLE: Table = Table { id: "ddpm", exhibit: "ddpm", gates: GATES, judge: Judge::Exhibit };

/// Strokes: 2,000 steps of 64, and 50 steps of DDIM.
pub static IMAGES: Table =
    Table { id: "ddpm-images", exhibit: "ddpm", gates: IMAGE_GATES, judge: Judge::Classifier };

const RECIPE: Trial = Trial::new(&[], 2000);
/// The same network asked with fewer, deterministic steps.
const DDIM_20: Trial = RECIPE.then(&[("sampler", "ddim"), ("sampling_steps", "20")]);
const DDIM_10: Trial = RECIPE.then(&[("sampler", "ddim"), ("sampling_steps", "10")]);
const UNTRAINED: Control = Control::run("untrained", RECIPE.steps(0));
/// No clipping, noise predicted, and a first step that divides by almost nothing.
const DIVIDED: Trial = Trial::experiment("division", &[], 2000);

/// Standard deviation 1, as the figure is measured.
const fn points(what: Points) -> Imitation {
    Imitation::Points { what, toy: Toy::EightGaussians, unit: core::f32::consts::SQRT_2 }
}

const GATES: &[Gate] = &[
    Gate {
        name: "energy distance",
        trial: RECIPE,
        figure: Of("energy_distance"),
        beside: None,
        bound: at_most(0.003),
        source: Source::Exact("what two draws of the data themselves differ by: mean 0.0003, sd 0.0015"),
        controls: &[
            UNTRAINED,
            Control::run("ten steps that divide by almost nothing", DIVIDED),
            Control::samples("one Gaussian fitted to the data", points(Points::OneGaussian)),
            Control::samples("seven of the eight modes", points(Points::AllModesButOne)),
        ],
    },
    Gate {
        name: "high quality",
        trial: RECIPE,
        figure: Of("high_quality"),
        beside: None,
        bound: at_least(0.90),
        source: Source::Library(
            "a reference run outside this project, the same recipe: 0.949 of at most 0.989",
        ),
        controls: &[
            UNTRAINED,
            Control::run("ten steps that divide by almost nothing", DIVIDED),
            Control::samples("one Gaussian fitted to the data", points(Points::OneGaussian)),
        ],
    },
    Gate {
        // A cloud of noise has a few points near every mode, so that the count alone says nothing.
        name: "modes, times high quality",
        trial: RECIPE,
        figure: Times(&Of("modes"), &Of("high_quality")),
        beside: None,
        bound: at_least(7.2),
        source: Source::Exact("the ring has eight modes, and 0.90 of the samples are to be near them"),
        controls: &[
            UNTRAINED,
            Control::samples("one Gaussian fitted to the data", points(Points::OneGaussian)),
            Control::samples("seven of the eight modes", points(Points::AllModesButOne)),
        ],
    },
    Gate {
        name: "DDIM of 20 steps, high quality",
        trial: DDIM_20,
        figure: Of("high_quality"),
        beside: None,
        bound: at_least(0.84),
        source: Source::Library("a reference run outside this project, the same recipe: 0.84"),
        controls: &[
            Control::run("untrained", DDIM_20.steps(0)),
            Control::run("20 steps that divide by almost nothing", DIVIDED.then(&[("sampling_steps", "20")])),
        ],
    },
    Gate {
        name: "DDIM of 10 steps, high quality",
        trial: DDIM_10,
        figure: Of("high_quality"),
        beside: None,
        bound: at_least(0.72),
        source: Source::Library("a reference run outside this project, the same recipe: 0.72"),
        controls: &[
            Control::run("untrained", DDIM_10.steps(0)),
            Control::run("10 steps that divide by almost nothing", DIVIDED),
        ],
    },
];

const STROKES: Trial = Trial::new(
    &[("data", "strokes"), ("learning_rate", "0.002"), ("sampler", "ddim"), ("sampling_steps", "50")],
    2000,
);

const IMAGE_GATES: &[Gate] = &[
    Gate {
        name: "samples that the classifier is sure of",
        trial: STROKES,
        figure: Of("recognised"),
        beside: None,
        bound: at_least(0.80),
        source: Source::Ahead("four of five"),
        controls: &[Control::run("untrained", STROKES.steps(0)), Control::samples("noise", Imitation::Noise)],
    },
    Gate {
        name: "classes among them",
        trial: STROKES,
        figure: Of("classes"),
        beside: None,
        bound: at_least(10.0),
        source: Source::Exact("there are ten digits"),
        controls: &[Control::samples("true ones only", Imitation::Ones)],
    },
    Gate {
        name: "accuracy of the classifier",
        trial: STROKES,
        figure: Of("classifier_accuracy"),
        beside: None,
        bound: at_least(0.99),
        source: Source::Ahead("a judge that errs once in a hundred"),
        controls: &[Control::run("an untrained classifier", STROKES).measured(Of("untrained_accuracy"))],
    },
];

/// The other sets but the strokes, with the card's defaults.
pub static SETS: Table = Table { id: "ddpm-sets", exhibit: "ddpm", gates: ON_OTHERS, judge: Judge::Exhibit };

macro_rules! distance_on {
    ($name:literal, $data:literal) => {
        Gate {
            name: concat!($name, ", energy distance"),
            trial: Trial::new(&[("data", $data)], 2000),
            figure: Of("energy_distance"),
            beside: None,
            bound: at_most(0.003),
            source: Source::Ours("what is asked of the ring"),
            controls: &[
                Control::run("untrained", Trial::new(&[("data", $data)], 0)),
                Control::run("after 50 steps", Trial::new(&[("data", $data)], 50)),
            ],
        }
    };
}

const DIGITS: Trial = Trial::new(&[("data", "digits8")], 2000);

const ON_OTHERS: &[Gate] = &[
    distance_on!("two moons", "two-moons"),
    distance_on!("checkerboard", "checkerboard"),
    distance_on!("grid", "grid-25"),
    distance_on!("spiral", "spiral"),
    distance_on!("Swiss roll", "swiss-roll"),
    Gate {
        name: "digits, loss of the last batch",
        trial: DIGITS,
        figure: Of("loss"),
        beside: None,
        bound: at_most(0.45),
        source: Source::Ours("half of what 2,000 steps gain over 20"),
        controls: &[Control::run("after 20 steps", DIGITS.steps(20))],
    },
];
