//! The exhibit's card.

use crate::card::*;

/// The card.
pub const CARD: Card = Card {
    id: "bayes-net",
    chapter: 2,
    slides: "5",
    minutes: 15,
    settings: &[
        Setting::choice("data", &["sprinkler", "lecture", "burglary", "asia", "own"]).under("network"),
        Setting::choice("given", &["one", "two", "set", "none"]).live().under("network"),
        Setting::choice("click", &["observe", "do", "separate", "arrow"]).live().under("network"),
        Setting::choice("sampler", &["weighting", "rejection", "gibbs"]).live().under("network"),
        Setting::int("batch", 1, 1000, 10).live().more().unit("samples"),
    ],
    metrics: &[
        Metric::new("loss", "", "", Role::Model),
        Metric::new("weighting", "", "", Role::Model),
        Metric::new("gibbs", "", "", Role::Data),
        Metric::new("rejection", "", "", Role::Other).sometimes(),
        Metric::new("kept", "share", "", Role::Other),
        Metric::new("effective", "share", "", Role::Model),
        Metric::new("if_seen", "", "", Role::Truth).sometimes(),
        Metric::new("if_set", "", "", Role::Truth),
        Metric::new("parameters", "", "", Role::Truth),
        Metric::new("largest_table", "", "", Role::Truth),
    ],
    views: &[
        View::main("network", ViewKind::Network),
        View::side("convergence", ViewKind::LogCurves),
        View::side("table", ViewKind::Table),
        View::side("elimination", ViewKind::Table),
        View::side("file", ViewKind::Text),
    ],
    actions: &[
        Action { id: "edit", kind: ActionKind::Edit, view: "network" },
        Action { id: "cell", kind: ActionKind::Edit, view: "table" },
        Action { id: "forget", kind: ActionKind::Button, view: "network" },
    ],
    phases: &["node"],
    experiments: &[
        Experiment { id: "explain-away", settings: &[("given", "two")], steps: 20_000, phase: "" },
        Experiment {
            id: "stuck",
            settings: &[("data", "asia"), ("given", "two"), ("sampler", "gibbs")],
            steps: 20_000,
            phase: "",
        },
        Experiment { id: "see-do", settings: &[("given", "set"), ("click", "do")], steps: 5_000, phase: "" },
        Experiment {
            id: "rare",
            settings: &[("data", "burglary"), ("given", "two"), ("sampler", "rejection")],
            steps: 10_000,
            phase: "",
        },
    ],
    data: &["network"],
    budget: 100_000,
    small: &[],
};
