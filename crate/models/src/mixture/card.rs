//! The card of mixtures.

use super::data::Data;
use crate::prelude::*;

choices! {
    /// How the components are fitted.
    pub enum Method {
        /// Expectation maximisation.
        "em" => Em,
        /// Its hard sibling.
        "k-means" => KMeans,
        /// Variational Bayes.
        "variational" => Variational,
    }

    /// Where the components start.
    pub enum Start {
        /// Each on a point of its own.
        "points" => Points,
        /// Each on a point of its own, far from one another: the best of a few tries.
        "spread" => Spread,
        /// All at the mean of the points, as wide as they are.
        "same" => Same,
        /// As `points`, the first one so narrow that it has its point alone.
        "on-a-point" => OnAPoint,
    }

    /// What keeps covariances from collapsing; see [`Floor`](super::em::Floor).
    pub enum Cure {
        "clamp" => Clamp,
        "add" => Add,
    }

    /// Pictures.
    pub enum Show: View {
        "plane" => Plane: View::main(ViewKind::Points),
        "density" => Density: View::main(ViewKind::Field),
        "weights" => Weights: View::side(ViewKind::Bars),
    }

    /// Inputs.
    pub enum Input: Action {
        "restart" => Restart: ActionKind::Button.on("plane"),
        "brush" => Brush: ActionKind::Brush.on("plane"),
        "clear" => Clear: ActionKind::Clear.on("plane"),
    }

    /// Parts of an iteration.
    pub enum Phase {
        /// Responsibilities.
        "e" => E,
        /// Components.
        "m" => M,
    }
}

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "mixture",
    chapter: 3,
    slides: "6–7",
    minutes: 12,
    settings: &[
        Setting::choice("data", Data::IDS).live(),
        Setting::choice("method", Method::IDS),
        Setting::int("components", 1, 10, 3),
        Setting::choice("start", Start::IDS),
        Setting::log("floor", 1e-9, 1.0, 1e-6).when(&[("method", &["em", "variational"])]),
        Setting::log("concentration", 1e-3, 10.0, 0.01).rebuilds().when(&[("method", &["variational"])]),
        Setting::int("points", 10, 2000, 300)
            .more()
            .when(&[("data", &["blobs", "stripes", "eight-gaussians", "two-moons", "checkerboard"])]),
        Setting::choice("cure", Cure::IDS).live().more().when(&[("method", &["em", "variational"])]),
    ],
    metrics: &[
        Metric::new("loss", "nats", "", Role::Model),
        Metric::new("log_likelihood", "nats", "likelihood", Role::Model).sometimes(),
        Metric::new("bound", "nats", "likelihood", Role::Other).sometimes(),
        Metric::new("test_log_likelihood", "nats", "likelihood", Role::Data).sometimes(),
        Metric::new("elbo", "nats", "elbo", Role::Model).sometimes(),
        Metric::new("inertia", "", "inertia", Role::Model).sometimes(),
        Metric::new("largest_fall", "nats", "", Role::Truth).against(0.0),
        Metric::new("smallest_deviation", "", "", Role::Other),
        Metric::new("components_used", "", "", Role::Other),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Phase::IDS,
    experiments: &[
        Experiment::new(
            "collapse",
            30,
            &[("points", "60"), ("components", "4"), ("start", "on-a-point"), ("floor", "1e-9")],
        ),
        Experiment::new(
            "surplus",
            200,
            &[("method", "variational"), ("components", "10"), ("start", "spread")],
        ),
        Experiment::new("stripes", 30, &[("data", "stripes"), ("method", "k-means")]),
        Experiment::new("same", 30, &[("start", "same")]),
    ],
    data: &["points"],
    budget: 150,
    small: &[],
};
