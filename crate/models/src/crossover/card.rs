//! The card of the exhibit.

use crate::prelude::*;

choices! {
    /// What the training sets are drawn from.
    pub enum Data {
        "gaussians" => Gaussians,
        "digits" => Digits,
    }

    /// Pictures.
    pub enum Show: View {
        "curves" => Curves: View::main(ViewKind::LogCurves),
        "weights" => Weights: View::side(ViewKind::Bars),
    }
}

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "crossover",
    chapter: 1,
    slides: "1, 41",
    minutes: 10,
    settings: &[
        Setting::choice("data", Data::IDS),
        Setting::float("correlation", 0.0, 0.95, 0.5).rebuilds().when(&[("data", &["gaussians"])]),
        Setting::int("block", 1, 50, 5).when(&[("data", &["gaussians"])]),
        Setting::log("c", 1e-4, 1e6, 1e6).rebuilds(),
        Setting::float("noise", 0.0, 0.4, 0.0).rebuilds(),
        Setting::int("features", 2, 50, 20).more().when(&[("data", &["gaussians"])]),
        Setting::float("shift", 0.05, 1.0, 0.3).rebuilds().more().when(&[("data", &["gaussians"])]),
    ],
    metrics: &[
        Metric::new("loss", "", "precision", Role::Other),
        Metric::new("crossover", "points", "crossover", Role::Truth).sometimes(),
        Metric::new("bayes_error", "share", "", Role::Data),
        Metric::new("logistic_error", "share", "", Role::Model),
    ],
    views: Show::ROWS,
    actions: &[],
    phases: &[],
    experiments: &[
        Experiment::new("true", 64, &[("correlation", "0")]),
        Experiment::new("prior", 64, &[("c", "0.01")]),
        Experiment::new("noisy", 64, &[("noise", "0.25")]),
        Experiment::new("digits", 200, &[("data", "digits")]),
    ],
    data: &[],
    budget: 200,
    small: &[("features", "6"), ("block", "3")],
};
