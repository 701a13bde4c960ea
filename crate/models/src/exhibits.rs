//! The registry: the exhibits in the order of the lecture, each with its module and its line. Nothing else
//! names them.
//!
//! A line names the part of the lecture that the exhibit belongs to, which is a feature of this crate, says
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
#[path = "dirac_gan/mod.rs"]
pub mod dirac_gan;
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

/// What the registry has of an exhibit. The page has it as JSON.
#[derive(Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Registered {
    /// What it says about itself.
    #[serde(flatten)]
    #[cfg_attr(feature = "typescript", tsify(type = "Card"))]
    pub card: &'static Card,
    /// Whether it runs programs on a device: without any, the page fetches no engine.
    pub tensors: bool,
    /// How it is opened.
    #[serde(skip)]
    pub open: Open,
}

/// An exhibit's id and the way to all else of it.
struct Line {
    id: &'static str,
    enter: fn() -> &'static Registered,
}

macro_rules! registry {
    ($($module:literal $kind:ident $id:ident ::$model:ident;)*) => {
        /// A function for each exhibit, by its name. Nothing reaches the exhibit but through here, so that
        /// `www/tools/split` can tell what of a module belongs to which exhibit.
        mod entrances {
            #[allow(unused_imports, reason = "not every build has an exhibit")]
            use super::*;

            $(
                #[cfg(feature = $module)]
                pub fn $id() -> &'static Registered {
                    static REGISTERED: Registered = Registered {
                        card: &super::$id::CARD,
                        tensors: registry!($kind),
                        open: crate::model::open::<super::$id::$model>,
                    };
                    &REGISTERED
                }
            )*
        }

        const LINES: &[Line] = &[$(
            #[cfg(feature = $module)]
            Line { id: $id::CARD.id, enter: entrances::$id },
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
    "generators" plain dirac_gan::DiracGan;
    "generators" tensors ddpm::Ddpm;
    "sequences" tensors gpt::Gpt;
}

/// Every exhibit of this build.
pub fn registered() -> impl Iterator<Item = &'static Registered> {
    LINES.iter().map(|line| (line.enter)())
}

/// The cards of this build's exhibits.
pub fn cards() -> impl Iterator<Item = &'static Card> {
    registered().map(|exhibit| exhibit.card)
}

fn find(id: &str) -> Result<&'static Registered, Error> {
    let line = LINES.iter().find(|line| line.id == id).ok_or_else(|| {
        let known = LINES.iter().map(|line| line.id).collect::<Vec<_>>().join(", ");
        Error::UnknownExhibit(format!("There is no exhibit '{id}' here. There are: {known}."))
    })?;
    Ok((line.enter)())
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
