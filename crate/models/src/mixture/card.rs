//! The card of mixtures.

use super::data::DATA;
use crate::card::*;

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "mixture",
    chapter: 3,
    slides: "6–7",
    minutes: 12,
    settings: &[
        Setting::choice("data", DATA).live(),
        Setting::choice("method", &["em", "k-means", "variational"]),
        Setting::int("components", 1, 10, 3),
        Setting::choice("start", &["points", "same", "on-a-point"]),
        Setting::log("floor", 1e-9, 1.0, 1e-6),
        Setting::log("concentration", 1e-3, 10.0, 0.01).rebuilds(),
        Setting::int("points", 10, 2000, 300).more(),
        Setting::choice("cure", &["clamp", "add"]).live().more(),
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
    views: &[
        View::main("plane", ViewKind::Points),
        View::main("density", ViewKind::Field),
        View::side("weights", ViewKind::Bars),
    ],
    actions: &[
        Action { id: "restart", kind: ActionKind::Button, view: "plane" },
        Action { id: "brush", kind: ActionKind::Brush, view: "plane" },
        Action { id: "clear", kind: ActionKind::Clear, view: "plane" },
    ],
    phases: &["e", "m"],
    experiments: &[
        Experiment {
            id: "collapse",
            settings: &[("points", "60"), ("components", "4"), ("start", "on-a-point"), ("floor", "1e-9")],
            steps: 30,
            phase: "",
        },
        Experiment {
            id: "surplus",
            settings: &[("method", "variational"), ("components", "10")],
            steps: 200,
            phase: "",
        },
        Experiment {
            id: "stripes",
            settings: &[("data", "stripes"), ("method", "k-means")],
            steps: 30,
            phase: "",
        },
        Experiment { id: "same", settings: &[("start", "same")], steps: 30, phase: "" },
    ],
    data: &["points"],
    budget: 150,
    small: &[],
};
