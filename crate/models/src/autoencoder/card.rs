//! The exhibit's card.

use crate::prelude::*;

choices! {
    /// Pictures.
    pub enum Show: View {
        "codes" => Codes: View::main(ViewKind::Points),
        "here" => Here: View::side(ViewKind::Images),
        "samples" => Samples: View::beside(ViewKind::Images),
        "plane" => Plane: View::side(ViewKind::Images),
        "reconstructions" => Reconstructions: View::side(ViewKind::Images),
        "traversal" => Traversal: View::side(ViewKind::Images),
    }

    /// Inputs.
    pub enum Input: Action {
        "code" => Code: ActionKind::Drag.on("codes").answered_by("here"),
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
        Setting::int("hidden", 4, 512, 128).more().when(&[("linear", &["false"])]),
        Setting::int("layers", 1, 3, 2).more().when(&[("linear", &["false"])]),
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
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Nothing::IDS,
    experiments: &[
        Experiment::new(
            "pca",
            4000,
            &[("linear", "true"), ("batch", "1024"), ("learning_rate", "0.03"), ("horizon", "4000")],
        ),
        Experiment::new("curved", 2000, &[("layers", "3")]),
        Experiment::new("wide", 2000, &[("latent", "16")]),
    ],
    data: &["images"],
    budget: 3000,
    small: &[("hidden", "16"), ("layers", "1"), ("batch", "32")],
};
