//! The exhibit's card.

use crate::prelude::*;

choices! {
    /// What the players follow.
    pub enum Objective {
        "minimax" => Minimax,
        "non-saturating" => NonSaturating,
        "wasserstein" => Wasserstein,
    }

    /// How they step.
    pub enum Method {
        "simultaneous" => Simultaneous,
        "alternating" => Alternating,
        "extragradient" => Extragradient,
        "consensus" => Consensus,
    }

    /// Pictures.
    pub enum Show: View {
        "game" => Phase: View::main(ViewKind::Points),
        "eigenvalues" => Eigenvalues: View::beside(ViewKind::Points),
        "players" => Players: View::beside(ViewKind::Curves),
    }

    /// Inputs.
    pub enum Input: Action {
        "place" => Place: ActionKind::Drag.on("game"),
        "restart" => Restart: ActionKind::Button.on("game"),
    }
}

/// The card.
pub const CARD: Card = Card {
    id: "dirac-gan",
    chapter: 8,
    slides: "17–18",
    minutes: 8,
    settings: &[
        Setting::choice("method", Method::IDS).live(),
        Setting::float("r1", 0.0, 2.0, 0.0),
        Setting::choice("objective", Objective::IDS).live(),
        Setting::log("learning_rate", 0.01, 1.0, 0.25),
        Setting::float("consensus", 0.0, 2.0, 1.0).when(&[("method", &["consensus"])]),
    ],
    metrics: &[
        Metric::new("loss", "", "distance", Role::Model).against(0.0),
        Metric::new("outward", "share", "", Role::Model).sometimes(),
        Metric::new("inward", "share", "", Role::Model).sometimes(),
        Metric::new("radius", "", "", Role::Model),
        Metric::new("eigen_real", "", "", Role::Model),
        Metric::new("eigen_imaginary", "", "", Role::Model),
        Metric::new("value", "nats", "", Role::Other),
        Metric::new("theta", "", "players", Role::Model).against(0.0),
        Metric::new("psi", "", "players", Role::Data).against(0.0),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: &[],
    experiments: &[
        Experiment::new("turns", 400, &[("method", "alternating")]),
        Experiment::new("penalty", 200, &[("r1", "0.3")]),
        Experiment::new("ahead", 600, &[("method", "extragradient")]),
        Experiment::new("heavy", 200, &[("r1", "2")]),
    ],
    data: &[],
    budget: 300,
    small: &[],
};
