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

    /// Pictures.
    pub enum Show: View {
        "fit" => Fit: View::main(ViewKind::Curves),
        "landscape" => Landscape: View::main(ViewKind::Field),
        "balance" => Balance: View::side(ViewKind::Stack),
        "parts" => Parts: View::side(ViewKind::Curves),
        "iwae" => Iwae: View::side(ViewKind::LogCurves),
        "gradients" => Gradients: View::side(ViewKind::Curves),
    }

    /// Inputs.
    pub enum Input: Action {
        "q" => Q: ActionKind::Drag.on("landscape"),
        "restart" => Restart: ActionKind::Button.on("landscape"),
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
        Setting::int("draws", 1, 200, 10).live().when(&[("objective", &["reparameterised", "score"])]),
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
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: &[],
    experiments: &[
        Experiment::new("touch", 600, &[("model", "linear")]),
        Experiment::new("two-hills", 600, &[("model", "square"), ("x", "2")]),
        Experiment::new("forward", 1200, &[("model", "square"), ("x", "2"), ("objective", "forward")]),
        Experiment::new("blind", 600, &[("objective", "score"), ("draws", "1"), ("learning_rate", "0.03")]),
    ],
    data: &[],
    budget: 600,
    small: &[],
};
