//! The card of the emoji lab.

use super::model::Decoder;
use crate::prelude::*;

choices! {
    /// What training follows.
    pub enum Objective {
        /// The gradient of the bound by quadrature.
        "exact" => Exact,
        /// Its reparameterised estimate.
        "reparameterised" => Reparameterised,
        /// Its score-function estimate.
        "score" => Score,
        /// The gradient of KL[p(z|x) ‖ q].
        "forward" => Forward,
    }
}

choices! {
    /// Pictures.
    pub enum Show {
        "fit" => Fit,
        "landscape" => Landscape,
        "balance" => Balance,
        "parts" => Parts,
        "iwae" => Iwae,
        "gradients" => Gradients,
    }
}

choices! {
    /// Inputs.
    pub enum Input {
        "q" => Q,
        "restart" => Restart,
    }
}

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "elbo",
    chapter: 3,
    slides: "6–7",
    minutes: 12,
    settings: &[
        Setting::choice("model", Decoder::IDS),
        Setting::choice("objective", Objective::IDS),
        Setting::float("x", -3.0, 4.0, 1.6),
        Setting::log("noise", 0.2, 2.0, 0.5),
        Setting::log("learning_rate", 1e-3, 1.0, 0.01),
        Setting::int("draws", 1, 200, 10).live(),
        Setting::flag("baseline", false).live(),
    ],
    metrics: &[
        Metric::new("loss", "nats", "", Role::Model),
        Metric::new("prior", "", "", Role::Other),
        Metric::new("likelihood", "", "", Role::Other),
        Metric::new("joint", "", "", Role::Other),
        Metric::new("evidence", "", "", Role::Truth),
        Metric::new("posterior", "", "", Role::Truth),
        Metric::new("elbo", "nats", "bound", Role::Model),
        Metric::new("iwae_5", "nats", "bound", Role::Model).sometimes(),
        Metric::new("iwae_50", "nats", "bound", Role::Model).sometimes(),
        Metric::new("kl", "nats", "divergence", Role::Model).against(0.0),
        Metric::new("forward_kl", "nats", "divergence", Role::Other).against(0.0),
        Metric::new("reconstruction", "nats", "", Role::Other),
        Metric::new("kl_prior", "nats", "", Role::Other),
        Metric::new("balance_error", "nats", "", Role::Truth).against(0.0),
        Metric::new("variance_reparameterised", "", "", Role::Model).sometimes(),
        Metric::new("variance_score", "", "", Role::Other),
    ],
    views: &[
        View::main("fit", ViewKind::Curves),
        View::main("landscape", ViewKind::Field),
        View::side("balance", ViewKind::Stack),
        View::side("parts", ViewKind::Curves),
        View::side("iwae", ViewKind::LogCurves),
        View::side("gradients", ViewKind::Curves),
    ],
    actions: &[
        Action { id: "q", kind: ActionKind::Drag, view: "landscape" },
        Action { id: "restart", kind: ActionKind::Button, view: "landscape" },
    ],
    phases: &[],
    experiments: &[
        Experiment { id: "touch", settings: &[("model", "linear")], steps: 600, phase: "" },
        Experiment { id: "two-hills", settings: &[("model", "square"), ("x", "2")], steps: 600, phase: "" },
        Experiment {
            id: "forward",
            settings: &[("model", "square"), ("x", "2"), ("objective", "forward")],
            steps: 1200,
            phase: "",
        },
        Experiment {
            id: "blind",
            settings: &[("objective", "score"), ("draws", "1"), ("learning_rate", "0.03")],
            steps: 600,
            phase: "",
        },
    ],
    data: &[],
    budget: 600,
    small: &[],
};
