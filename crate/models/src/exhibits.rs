//! The registry: the exhibits in the order of the lecture, each with its module and its line. Nothing else
//! names them.
//!
//! A line names the module of the page that has the exhibit, which is a feature of this crate, says
//! whether it is `plain` or takes `tensors`, and names the exhibit's own module. A build has the exhibits
//! of its features and nothing of the others.

#[path = "ais/mod.rs"]
pub mod ais;
#[path = "autoencoder/mod.rs"]
pub mod autoencoder;
#[path = "bayes_net/mod.rs"]
pub mod bayes_net;
#[path = "boundary/mod.rs"]
pub mod boundary;
#[path = "crossover/mod.rs"]
pub mod crossover;
#[path = "dbm/mod.rs"]
pub mod dbm;
#[path = "dbn/mod.rs"]
pub mod dbn;
#[path = "ddpm/mod.rs"]
pub mod ddpm;
#[path = "denoising/mod.rs"]
pub mod denoising;
#[path = "elbo/mod.rs"]
pub mod elbo;
#[path = "energy/mod.rs"]
pub mod energy;
#[path = "gan2d/mod.rs"]
pub mod gan2d;
#[path = "gpt/mod.rs"]
pub mod gpt;
#[path = "mixture/mod.rs"]
pub mod mixture;
#[path = "rbm/mod.rs"]
pub mod rbm;
#[path = "vae/mod.rs"]
pub mod vae;

use crate::Error;
use crate::card::Card;
use crate::model::{Opening, Setup};
use alloc::format;
use alloc::vec::Vec;
use serde::Serialize;

/// Builds an exhibit from its settings, a seed and data.
pub type Open = fn(&Setup) -> Opening;

/// A line of the registry, which the page has as JSON.
#[derive(Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Registered {
    /// What it says about itself.
    #[serde(flatten)]
    #[cfg_attr(feature = "typescript", tsify(type = "Card"))]
    pub card: &'static Card,
    /// The module of the page that has it, a feature of this crate.
    pub module: &'static str,
    /// Whether it runs programs on a device: without any, the page fetches no engine.
    pub tensors: bool,
    /// How it is opened.
    #[serde(skip)]
    pub open: Open,
}

macro_rules! registry {
    ($($module:literal $kind:ident $id:ident ::$model:ident;)*) => {
        /// Every exhibit of this build.
        pub const EXHIBITS: &[Registered] = &[$(
            #[cfg(feature = $module)]
            Registered {
                card: &$id::CARD,
                module: $module,
                tensors: registry!($kind),
                open: crate::model::open::<$id::$model>,
            },
        )*];
    };
    (tensors) => { true };
    (plain) => { false };
}

registry! {
    "foundations" plain boundary::Boundary;
    "foundations" plain crossover::Crossover;
    "foundations" plain bayes_net::BayesNet;
    "latents" plain elbo::Elbo;
    "latents" plain mixture::Mixture;
    "latents" tensors autoencoder::Autoencoder;
    "latents" tensors denoising::Denoising;
    "latents" tensors vae::Vae;
    "energies" tensors rbm::Rbm;
    "energies" tensors ais::Ais;
    "energies" tensors dbn::Dbn;
    "energies" tensors dbm::Dbm;
    "energies" tensors energy::Ebm;
    "generators" tensors gan2d::Gan2d;
    "generators" tensors ddpm::Ddpm;
    "sequences" tensors gpt::Gpt;
}

/// The cards of this build's exhibits.
pub fn cards() -> impl Iterator<Item = &'static Card> {
    EXHIBITS.iter().map(|exhibit| exhibit.card)
}

fn find(id: &str) -> Result<&'static Registered, Error> {
    EXHIBITS.iter().find(|exhibit| exhibit.card.id == id).ok_or_else(|| {
        let known = cards().map(|c| c.id).collect::<Vec<_>>().join(", ");
        Error::UnknownExhibit(format!("There is no exhibit '{id}' here. There are: {known}."))
    })
}

/// The card of an exhibit.
///
/// # Errors
/// [`Error::UnknownExhibit`].
pub fn card(id: &str) -> Result<&'static Card, Error> {
    Ok(find(id)?.card)
}

/// Builds the exhibit that the settings belong to.
///
/// # Errors
/// [`Error::BadData`] if the data does not suit the exhibit, [`Error::BadSetting`] if settings
/// exclude each other.
pub fn build(setup: &Setup) -> Opening {
    (find(setup.settings.card().id)?.open)(setup)
}
