//! Mixtures of Gaussians: a fit as good as the truth's, surplus components emptied, and a prior that keeps a
//! component from learning one point by heart.
//!
//! That no half step lowers its objective is a theorem, and the iterations are scikit-learn's: tests beside
//! the exhibit check both.

use crate::figure::Figure::*;
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_most};

/// Fit, surplus and collapse.
pub static TABLE: Table = Table { id: "mixture", exhibit: "mixture", gates: GATES, judge: Judge::Exhibit };

const FITTED: Trial = Trial::new(&[], 200);
const SURPLUS: Trial = Trial::experiment("surplus", &[], 200);
/// A component that starts on a point, which a prior keeps from learning it by heart. (A floor keeps its
/// variance from 0, by construction, but not the fit from gaining more than a sound one does.)
const CURED: Trial = Trial::experiment("collapse", &[("method", "variational")], 60);

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
        controls: &[Control::run("EM with the surplus", Trial::new(&[("components", "10")], 200))],
    },
    Gate {
        name: "collapse cured by a prior, training over held-out log-likelihood",
        trial: CURED,
        figure: Minus(&Of("log_likelihood"), &Of("test_log_likelihood")),
        beside: None,
        bound: at_most(0.383),
        source: Source::Paper("Akaike, 1974: parameters over points, 23 of 60, is what a sound fit gains"),
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
];
