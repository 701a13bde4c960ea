//! The exhibit's card.

use crate::prelude::*;

choices! {
    /// Pictures.
    pub enum Show {
        "codes" => Codes,
        "plane" => Plane,
        "here" => Here,
        "samples" => Samples,
        "reconstructions" => Reconstructions,
        "traversal" => Traversal,
    }
}

choices! {
    /// Inputs.
    pub enum Input {
        "code" => Code,
    }
}

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "autoencoder",
    chapter: 4,
    slides: "8",
    minutes: 10,
    settings: &[
        Setting::choice("data", &["digits8", "strokes", "digits8-binary"]),
        Setting::flag("linear", false),
        Setting::int("latent", 1, 32, 2),
        Setting::learning_rate(0.05, 2e-3),
        Setting::schedule(true),
        Setting::horizon(3000),
        Setting::int("hidden", 4, 512, 128).more(),
        Setting::int("layers", 1, 3, 2).more(),
        Setting::batch(8, 1024, 100),
    ],
    metrics: &[
        Metric::new("loss", "", "loss", Role::Model),
        Metric::new("test_error", "", "test", Role::Model),
        Metric::new("angle", "rad", "angle", Role::Model).against(0.0).sometimes(),
        Metric::new("nearest", "sd", "", Role::Model),
        Metric::new("holes", "share", "", Role::Model).against(super::codes::QUANTILE),
        Metric::new("sample_distance", "", "", Role::Model),
    ],
    views: &[
        View::main("codes", ViewKind::Points),
        View::main("plane", ViewKind::Images),
        View::side("here", ViewKind::Images),
        View::side("samples", ViewKind::Images),
        View::side("reconstructions", ViewKind::Images),
        View::side("traversal", ViewKind::Images),
    ],
    actions: &[Action { id: "code", kind: ActionKind::Drag, view: "codes" }],
    phases: Nothing::IDS,
    experiments: &[
        Experiment {
            id: "pca",
            settings: &[
                ("linear", "true"),
                ("batch", "1024"),
                ("learning_rate", "0.03"),
                ("horizon", "4000"),
            ],
            steps: 4000,
            phase: "",
        },
        Experiment { id: "curved", settings: &[("layers", "3")], steps: 2000, phase: "" },
        Experiment { id: "wide", settings: &[("latent", "16")], steps: 2000, phase: "" },
    ],
    data: &["images"],
    budget: 3000,
    small: &[("hidden", "16"), ("layers", "1"), ("batch", "32")],
};
