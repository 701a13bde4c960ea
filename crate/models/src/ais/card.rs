//! The card of annealed importance sampling.

use crate::card::*;

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "ais",
    chapter: 6,
    slides: "12–13",
    minutes: 10,
    settings: &[
        Setting::choice("machine", &["digits", "trap", "tiny"]),
        Setting::choice("base", &["pixels", "uniform"]).live(),
        Setting::int("temperatures", 10, 10_000, 1000).live(),
        Setting::int("chains", 10, 1000, 100),
        Setting::int("updates", 0, 50, 10).live().more().unit("a step"),
        Setting::int("hidden", 1, 18, 16).more(),
    ],
    metrics: &[
        Metric::new("loss", "nats", "", Role::Model),
        Metric::new("log_partition", "nats", "partition", Role::Truth),
        Metric::new("log_z_pixels", "nats", "partition", Role::Model).sometimes(),
        Metric::new("log_z_uniform", "nats", "partition", Role::Other).sometimes(),
        Metric::new("error_pixels", "nats", "error", Role::Model).against(0.0).sometimes(),
        Metric::new("error_uniform", "nats", "error", Role::Other).against(0.0).sometimes(),
        Metric::new("ess_pixels", "chains", "effective", Role::Model).sometimes(),
        Metric::new("ess_uniform", "chains", "effective", Role::Other).sometimes(),
        Metric::new("one_chain", "nats", "", Role::Model).sometimes(),
    ],
    views: &[
        View::main("running", ViewKind::Curves),
        View::main("particles", ViewKind::Images),
        View::side("weights", ViewKind::Curves),
        View::side("few", ViewKind::LogCurves),
    ],
    actions: &[Action { id: "begin", kind: ActionKind::Button, view: "particles" }],
    phases: &["learn", "anneal"],
    experiments: &[
        Experiment { id: "trap", settings: &[("machine", "trap")], steps: 50, phase: "" },
        Experiment {
            id: "patience",
            settings: &[("machine", "trap"), ("temperatures", "4000")],
            steps: 50,
            phase: "",
        },
        Experiment {
            id: "hasty",
            settings: &[("temperatures", "10"), ("base", "uniform")],
            steps: 500,
            phase: "",
        },
        Experiment {
            id: "unbiased",
            settings: &[("machine", "tiny"), ("temperatures", "10"), ("chains", "1000")],
            steps: 10,
            phase: "",
        },
    ],
    data: &["images"],
    budget: 600,
    small: &[],
};
