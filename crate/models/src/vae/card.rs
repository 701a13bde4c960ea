//! The exhibit's card.

use crate::prelude::*;

choices! {
    /// p(x|z) of a pixel.
    pub enum Likelihood {
        "bernoulli" => Bernoulli,
        "gaussian" => Gaussian,
    }

    /// Pictures.
    pub enum Show: View {
        "latent-grid" => LatentGrid: View::main(ViewKind::Images),
        "latent-map" => LatentMap: View::main(ViewKind::Points),
        "decoded" => Decoded: View::side(ViewKind::Images),
        "samples" => Samples: View::side(ViewKind::Images),
        "reconstructions" => Reconstructions: View::side(ViewKind::Images),
        "interpolation" => Interpolation: View::side(ViewKind::Images),
        "kl-bars" => KlBars: View::side(ViewKind::Bars),
    }

    /// Inputs.
    pub enum Input: Action {
        "latent" => Latent: ActionKind::Drag.on("latent-grid").answered_by("decoded"),
        "ends" => Ends: ActionKind::Pick.on("reconstructions"),
    }
}

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "vae",
    chapter: 5,
    slides: "11",
    minutes: 12,
    settings: &[
        Setting::choice("data", &["strokes", "digits8", "digits8-binary"]),
        Setting::float("beta", 0.0, 20.0, 1.0),
        Setting::int("latent", 1, 32, 2),
        Setting::learning_rate(0.05, 2e-3),
        Setting::choice("likelihood", Likelihood::IDS),
        Setting::flag("linear", false).more().when(&[("likelihood", &["gaussian"])]),
        Setting::flag("draw", false).live().more(),
        Setting::int("warm_up", 0, 10_000, 270).live().more().unit("steps"),
        Setting::schedule(false),
        Setting::horizon(2700),
        Setting::float("weight_decay", 0.0, 1.0, 0.01).rebuilds().more(),
        Setting::int("hidden", 4, 512, 128).more().when(&[("linear", &["false"])]),
        Setting::int("layers", 1, 3, 2).more().when(&[("linear", &["false"])]),
        Setting::batch(8, 1024, 100),
    ],
    metrics: &[
        Metric::new("loss", "nats", "loss", Role::Model),
        Metric::new("reconstruction", "nats", "terms", Role::Data),
        Metric::new("kl", "nats", "terms", Role::Model),
        Metric::new("test_elbo", "nats", "bounds", Role::Model),
        Metric::new("test_bound", "nats", "bounds", Role::Truth),
        Metric::new("test_bound_500", "nats", "", Role::Truth).sometimes(),
        Metric::new("active", "", "", Role::Model),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Nothing::IDS,
    experiments: &[
        Experiment::new("collapse", 1500, &[("beta", "12"), ("data", "digits8-binary")]),
        Experiment::new("autoencoder", 1500, &[("beta", "0")]),
        Experiment::new("wide", 2700, &[("latent", "8"), ("data", "digits8-binary")]),
        Experiment::new(
            "pca",
            4000,
            &[
                ("linear", "true"),
                ("likelihood", "gaussian"),
                ("data", "digits8"),
                ("batch", "1024"),
                ("weight_decay", "0"),
                ("warm_up", "0"),
                ("schedule", "true"),
                ("horizon", "4000"),
                ("learning_rate", "0.03"),
            ],
        ),
    ],
    data: &["images"],
    budget: 2700,
    small: &[("data", "digits8-binary"), ("hidden", "16"), ("batch", "32")],
};
