//! The card of the exhibit.

use crate::prelude::*;

choices! {
    /// What is learned from: the generated sets, painted points, and the digits.
    pub enum Data {
        "clouds" => Clouds,
        "twins" => Twins,
        "ring" => Ring,
        "moons" => Moons,
        "drawn" => Drawn,
        "digits" => Digits,
    }

    /// Classifiers.
    pub enum Kind {
        /// Gaussian naive Bayes.
        "bayes" => NaiveBayes,
        /// A Gaussian with a full covariance for each class.
        "gaussians" => Gaussians,
        /// Logistic regression.
        "logistic" => Logistic,
        /// A support vector machine with a linear kernel.
        "svm-linear" => LinearSvm,
        /// A support vector machine with a Gaussian kernel.
        "svm-rbf" => RbfSvm,
        /// A random forest.
        "forest" => Forest,
    }

    /// Pictures.
    pub enum Show: View {
        "boundary" => Boundary: View::main(ViewKind::Field),
        "density" => Density: View::twin(ViewKind::Field, Twin::Right),
        "samples" => Samples: View::side(ViewKind::Points),
        "missing" => Missing: View::side(ViewKind::Curves),
        "probe" => Probe: View::side(ViewKind::Bars),
    }

    /// Inputs.
    pub enum Input: Action {
        "probe" => Probe: ActionKind::Drag.on("boundary").answered_by("probe"),
        "zeros" => Zeros: ActionKind::Brush.on("boundary"),
        "ones" => Ones: ActionKind::Brush.on("boundary"),
        "clear" => Clear: ActionKind::Clear.on("boundary"),
    }
}

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "boundary",
    chapter: 1,
    slides: "1, 41",
    minutes: 12,
    settings: &[
        Setting::choice("data", Data::IDS),
        Setting::choice("model", Kind::IDS),
        Setting::float("overlap", 0.0, 1.0, 0.5)
            .rebuilds()
            .when(&[("data", &["clouds", "twins", "ring", "moons"])]),
        Setting::int("points", 10, 400, 120).when(&[("data", &["clouds", "twins", "ring", "moons"])]),
        Setting::flag("hidden", false).live().under("boundary"),
        Setting::log("c", 1e-3, 1e6, 1.0).when(&[("model", &["logistic", "svm-linear", "svm-rbf"])]),
        Setting::log("gamma", 1e-2, 100.0, 0.5).when(&[("model", &["svm-rbf"])]),
        Setting::log("smoothing", 1e-9, 1.0, 0.01).when(&[("model", &["bayes", "gaussians"])]),
        Setting::int("trees", 1, 200, 50).more().when(&[("model", &["forest"])]),
        Setting::int("depth", 1, 20, 20).more().when(&[("model", &["forest"])]),
    ],
    metrics: &[
        Metric::new("loss", "", "objective", Role::Model),
        Metric::new("accuracy_train", "share", "accuracy", Role::Data),
        Metric::new("accuracy_test", "share", "accuracy", Role::Model).sometimes(),
        Metric::new("nll_test", "nats", "nll", Role::Model).sometimes(),
        Metric::new("decision", "", "", Role::Model),
        Metric::new("sure", "share", "", Role::Model),
        Metric::new("typical", "share", "", Role::Model).sometimes(),
        Metric::new("caught", "of 10", "", Role::Model).sometimes(),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: &[],
    experiments: &[
        Experiment::new("twins", 10, &[("data", "twins"), ("points", "400")]),
        Experiment::new("sampling", 30, &[("data", "moons"), ("model", "svm-rbf")]),
        Experiment::new(
            "missing",
            20,
            &[("data", "twins"), ("model", "logistic"), ("hidden", "true"), ("points", "400")],
        ),
        Experiment::new("constant", 10, &[("data", "digits"), ("smoothing", "1e-9")]),
    ],
    data: &["classes"],
    budget: 300,
    small: &[],
};
