//! The registry: one line an exhibit, in the order of the lecture.
//!
//! A line names the module of the page that has the exhibit, which is a feature of this crate, says
//! whether it is `plain` or takes `tensors`, and names the exhibit's own module. A build has the exhibits
//! of its features and nothing of the others.

use crate::Error;
use crate::card::Card;
use crate::exhibit::{Opening, Sources};
use crate::settings::Settings;
use alloc::format;
use alloc::vec::Vec;
use serde::Serialize;

/// Builds an exhibit's programs from its settings, a seed and data.
pub type Open = fn(&Settings, u64, Sources) -> Opening;

/// A line of the registry, which the page has as JSON.
#[derive(Serialize)]
pub struct Registered {
    /// What it says about itself.
    #[serde(flatten)]
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
    ($($module:literal $kind:ident $id:ident;)*) => {
        /// Every exhibit of this build.
        pub const EXHIBITS: &[Registered] = &[$(
            #[cfg(feature = $module)]
            Registered {
                card: &crate::$id::CARD,
                module: $module,
                tensors: registry!($kind),
                open: crate::$id::open,
            },
        )*];
    };
    (tensors) => { true };
    (plain) => { false };
}

registry! {
    "foundations" plain boundary;
    "foundations" plain crossover;
    "foundations" plain bayes_net;
    "latents" plain elbo;
    "latents" plain mixture;
    "latents" tensors autoencoder;
    "latents" tensors denoising;
    "latents" tensors vae;
    "energies" tensors rbm;
    "energies" tensors ais;
    "energies" tensors dbn;
    "energies" tensors dbm;
    "energies" tensors energy;
    "generators" tensors gan2d;
    "generators" tensors ddpm;
    "sequences" tensors gpt;
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

/// Builds the programs of the exhibit that the settings belong to. Compile and load
/// [`Exhibit::program`](crate::Exhibit::program) on a device, then [`Run::start`](crate::Run::start).
///
/// # Errors
/// [`Error::BadData`] if the data does not suit the exhibit, [`Error::BadSetting`] if settings
/// exclude each other.
pub fn build(settings: &Settings, seed: u64, sources: Sources) -> Opening {
    (find(settings.card().id)?.open)(settings, seed, sources)
}
