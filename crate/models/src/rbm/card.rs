//! The exhibit's card.

use crate::prelude::*;

choices! {
    /// Where the chains of the negative phase come from.
    pub enum Algorithm {
        "pcd" => Persistent,
        "cd" => ContrastiveDivergence,
        "tempering" => Tempering,
    }

    /// Pictures.
    pub enum Show: View {
        "energies" => Energies: View::main(ViewKind::Curves),
        "fantasies" => Fantasies: View::main(ViewKind::Images),
        "machine" => Machine: View::side(ViewKind::Images),
        "filters" => Filters: View::side(ViewKind::Images),
        "slice" => Slice: View::side(ViewKind::Field),
        "data" => Data: View::side(ViewKind::Images),
        "hidden" => Hidden: View::side(ViewKind::Bars),
    }

    /// Inputs.
    pub enum Input: Action {
        "restart" => Restart: ActionKind::Button.on("fantasies"),
        "unit" => Unit: ActionKind::PickOne.on("filters"),
    }

    /// Halves of a Gibbs step of the fantasies.
    pub enum Phase {
        "hidden" => Hidden,
        "visible" => Visible,
    }
}

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "rbm",
    chapter: 6,
    slides: "12",
    minutes: 12,
    settings: &[
        Setting::choice("data", &["digits8-binary", "strokes"]),
        Setting::int("hidden", 1, 512, 100),
        Setting::choice("algorithm", Algorithm::IDS).live(),
        Setting::int("k", 1, 50, 5).live().unit("Gibbs steps"),
        Setting::learning_rate(2.0, 0.1),
        Setting::float("temperature", 0.1, 3.0, 1.0).under("fantasies"),
        Setting::float("momentum", 0.0, 0.99, 0.5).more(),
        Setting::float("weight_decay", 0.0, 0.1, 0.0).more(),
        Setting::schedule(true),
        Setting::horizon(4500),
        Setting::batch(8, 1024, 100),
    ],
    metrics: &[
        Metric::new("loss", "nats", "", Role::Model),
        Metric::new("reconstruction_error", "", "error", Role::Other),
        Metric::new("test_log_likelihood", "nats", "likelihood", Role::Truth).sometimes(),
        Metric::new("pseudo_likelihood", "nats", "likelihood", Role::Model),
        Metric::new("log_partition", "nats", "", Role::Truth).sometimes(),
        Metric::new("log_partition_ais", "nats", "", Role::Model).sometimes(),
        Metric::new("test_log_likelihood_ais", "nats", "likelihood", Role::Data).sometimes(),
        Metric::new("free_energy_data", "nats", "energy", Role::Data),
        Metric::new("free_energy_model", "nats", "energy", Role::Model),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Phase::IDS,
    experiments: &[
        Experiment::new("persistent", 4500, &[("hidden", "16"), ("k", "1")]),
        Experiment::new(
            "too-fast",
            1500,
            &[("hidden", "16"), ("k", "1"), ("learning_rate", "1"), ("schedule", "false")],
        ),
        Experiment::new("few", 2000, &[("hidden", "4")]),
        Experiment::new("dream", 200, &[]).stepping("hidden"),
    ],
    data: &["images"],
    budget: 4500,
    small: &[("hidden", "6"), ("batch", "32")],
};
