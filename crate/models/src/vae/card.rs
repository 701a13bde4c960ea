//! The exhibit's card.

use crate::prelude::*;

choices! {
    /// p(x|z) of a pixel.
    pub enum Likelihood {
        "bernoulli" => Bernoulli,
        "gaussian" => Gaussian,
    }
}

choices! {
    /// Pictures.
    pub enum Show {
        "latent-grid" => LatentGrid,
        "latent-map" => LatentMap,
        "decoded" => Decoded,
        "samples" => Samples,
        "reconstructions" => Reconstructions,
        "interpolation" => Interpolation,
        "kl-bars" => KlBars,
    }
}

choices! {
    /// Inputs.
    pub enum Input {
        "latent" => Latent,
        "ends" => Ends,
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
        Setting::flag("linear", false).more(),
        Setting::flag("draw", false).live().more(),
        Setting::int("warm_up", 0, 10_000, 270).live().more().unit("steps"),
        Setting::schedule(false),
        Setting::horizon(2700),
        Setting::float("weight_decay", 0.0, 1.0, 0.01).rebuilds().more(),
        Setting::int("hidden", 4, 512, 128).more(),
        Setting::int("layers", 1, 3, 2).more(),
        Setting::batch(8, 1024, 100),
    ],
    metrics: &[
        Metric::new("loss", "nats", "loss", Role::Model),
        Metric::new("reconstruction", "nats", "terms", Role::Data),
        Metric::new("kl", "nats", "terms", Role::Model),
        Metric::new("test_elbo", "nats", "bounds", Role::Model),
        Metric::new("test_bound", "nats", "bounds", Role::Truth),
        Metric::new("active", "", "", Role::Model),
    ],
    views: &[
        View::main("latent-grid", ViewKind::Images),
        View::main("latent-map", ViewKind::Points),
        View::side("decoded", ViewKind::Images),
        View::side("samples", ViewKind::Images),
        View::side("reconstructions", ViewKind::Images),
        View::side("interpolation", ViewKind::Images),
        View::side("kl-bars", ViewKind::Bars),
    ],
    actions: &[
        Action { id: "latent", kind: ActionKind::Drag, view: "latent-grid" },
        Action { id: "ends", kind: ActionKind::Pick, view: "reconstructions" },
    ],
    phases: Nothing::IDS,
    experiments: &[
        Experiment {
            id: "collapse",
            settings: &[("beta", "12"), ("data", "digits8-binary")],
            steps: 1500,
            phase: "",
        },
        Experiment { id: "autoencoder", settings: &[("beta", "0")], steps: 1500, phase: "" },
        Experiment {
            id: "wide",
            settings: &[("latent", "8"), ("data", "digits8-binary")],
            steps: 2700,
            phase: "",
        },
        Experiment {
            id: "pca",
            settings: &[
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
            steps: 4000,
            phase: "",
        },
    ],
    data: &["images"],
    budget: 2700,
    small: &[("data", "digits8-binary"), ("hidden", "16"), ("batch", "32")],
};
