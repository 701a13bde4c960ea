//! Mixtures of Gaussians: a fit as good as the truth's, surplus components emptied, and a prior that keeps a
//! component from learning one point by heart.
//!
//! That no half step lowers its objective is a theorem, and the iterations are scikit-learn's: tests beside
//! the exhibit check both.

use crate::figure::Figure::*;
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least, at_most};

/// Fit, surplus and collapse.
pub static TABLE: Table = Table { id: "mixture", exhibit: "mixture", gates: GATES, judge: Judge::Exhibit };

/// The start that fits: from random points, the card's default, EM is seen to work, and may stop at a poor maximum.
const SPREAD: (&str, &str) = ("start", "spread");

const FITTED: Trial = Trial::new(&[SPREAD], 200);
const SURPLUS: Trial = Trial::experiment("surplus", &[], 200);
/// A component that starts on a point, which a prior keeps from learning it by heart. (A floor keeps its
/// variance from 0, by construction, but not the fit from gaining more than a sound one does.)
const CURED: Trial = Trial::experiment("collapse", &[("method", "variational")], 60);

const STRIPES: Trial = Trial::new(&[("data", "stripes"), SPREAD], 200);

const MOST: Source = Source::Ours("most of what three components gained");

/// What three components, the card's default, gain in log-likelihood on a set that is no mixture of three.
macro_rules! over_one {
    ($name:literal, $data:literal, $nats:literal) => {
        Gate {
            name: concat!($name, ", gain over one Gaussian"),
            trial: Trial::new(&[("data", $data), SPREAD], 200),
            figure: Of("log_likelihood"),
            beside: Some(Trial::new(&[("data", $data), ("components", "1"), SPREAD], 200)),
            bound: at_least($nats),
            source: MOST,
            controls: &[Control::run(
                "components that start alike",
                Trial::new(&[("data", $data), ("start", "same")], 200),
            )],
        }
    };
}

const GATES: &[Gate] = &[
    Gate {
        name: "log-likelihood below the truth's",
        trial: FITTED,
        figure: Minus(&Of("log_likelihood_reference"), &Of("log_likelihood")),
        beside: None,
        bound: at_most(0.0),
        source: Source::Exact("the best fit is at least as likely as the truth"),
        controls: &[
            Control::run("components that start alike", Trial::experiment("same", &[], 200)),
            Control::run("untrained", FITTED.steps(0)),
        ],
    },
    Gate {
        name: "components that variational Bayes uses",
        trial: SURPLUS,
        figure: Of("components_used"),
        beside: None,
        bound: at_most(3.0),
        source: Source::Exact("the blobs are three"),
        controls: &[Control::run("EM with the surplus", Trial::new(&[("components", "10"), SPREAD], 200))],
    },
    Gate {
        name: "collapse cured by a prior, log-likelihood above the truth's",
        trial: CURED,
        figure: Minus(&Of("log_likelihood"), &Of("log_likelihood_reference")),
        beside: None,
        bound: at_most(0.1417),
        source: Source::Paper(
            "Wilks, 1938: half the parameters over the points, 17 of 2 · 60, is what a sound fit of three components gains",
        ),
        controls: &[Control::run("maximum likelihood, no cure", Trial::experiment("collapse", &[], 60))],
    },
    Gate {
        name: "collapse cured by a prior, components used",
        trial: CURED,
        figure: Of("components_used"),
        beside: None,
        bound: at_most(3.0),
        source: Source::Exact("the blobs are three"),
        controls: &[
            Control::run("untrained", CURED.steps(0)),
            Control::run("maximum likelihood, no cure", Trial::experiment("collapse", &[], 60)),
        ],
    },
    Gate {
        name: "stripes, log-likelihood below the truth's",
        trial: STRIPES,
        figure: Minus(&Of("log_likelihood_reference"), &Of("log_likelihood")),
        beside: None,
        bound: at_most(0.0),
        source: Source::Exact("the best fit is at least as likely as the truth"),
        controls: &[
            Control::run(
                "components that start alike",
                Trial::new(&[("data", "stripes"), ("start", "same")], 200),
            ),
            Control::run("untrained", STRIPES.steps(0)),
        ],
    },
    over_one!("sixty points", "sixty", 1.2),
    over_one!("eight Gaussians", "eight-gaussians", 1.0),
    over_one!("two moons", "two-moons", 0.3),
    over_one!("checkerboard", "checkerboard", 0.2),
];
