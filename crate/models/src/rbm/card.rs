//! The card of the restricted Boltzmann machine.

use crate::card::*;

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "rbm",
    chapter: 6,
    slides: "12",
    minutes: 12,
    settings: &[
        Setting::choice("data", &["digits8-binary", "strokes"]),
        Setting::int("hidden", 1, 512, 16),
        Setting::choice("algorithm", &["cd", "pcd", "tempering"]).live(),
        Setting::int("k", 1, 50, 1).live().unit("Gibbs steps"),
        Setting::log("learning_rate", 1e-4, 2.0, 0.1),
        Setting::float("temperature", 0.1, 3.0, 1.0).under("fantasies"),
        Setting::float("momentum", 0.0, 0.99, 0.5).more(),
        Setting::float("weight_decay", 0.0, 0.1, 0.0).more(),
        Setting::flag("schedule", true).live().more(),
        Setting::int("horizon", 100, 100_000, 4500).live().more().unit("steps"),
        Setting::int("batch", 8, 1024, 100).more(),
    ],
    metrics: &[
        Metric::new("loss", "nats", "", Role::Model),
        Metric::new("reconstruction_error", "", "error", Role::Other),
        Metric::new("test_log_likelihood", "nats", "likelihood", Role::Truth),
        Metric::new("pseudo_likelihood", "nats", "likelihood", Role::Model),
        Metric::new("log_partition", "nats", "", Role::Truth),
        Metric::new("log_partition_ais", "nats", "", Role::Model).sometimes(),
        Metric::new("test_log_likelihood_ais", "nats", "", Role::Model).sometimes(),
        Metric::new("free_energy_data", "nats", "energy", Role::Data),
        Metric::new("free_energy_model", "nats", "energy", Role::Model),
    ],
    views: &[
        View::main("fantasies", ViewKind::Images),
        View::main("filters", ViewKind::Images),
        View::side("slice", ViewKind::Field),
        View::side("data", ViewKind::Images),
        View::side("hidden", ViewKind::Bars),
    ],
    actions: &[Action { id: "restart", kind: ActionKind::Button, view: "fantasies" }],
    phases: &["hidden", "visible"],
    experiments: &[
        Experiment { id: "persistent", settings: &[("algorithm", "pcd")], steps: 4500, phase: "" },
        Experiment {
            id: "too-fast",
            settings: &[("algorithm", "pcd"), ("learning_rate", "1"), ("schedule", "false")],
            steps: 1500,
            phase: "",
        },
        Experiment { id: "few", settings: &[("hidden", "4")], steps: 2000, phase: "" },
        Experiment { id: "dream", settings: &[], steps: 200, phase: "hidden" },
    ],
    data: &["images"],
    budget: 4500,
    small: &[],
};
