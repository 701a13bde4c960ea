//! The registry: one line an exhibit, in the order of the lecture.

use crate::Error;
use crate::card::Card;
use crate::exhibit::{Exhibit, Sources};
use crate::settings::Settings;
use crate::{ddpm, gan2d, gpt, rbm, vae};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

/// The cards of all exhibits.
pub const CARDS: &[&Card] = &[&vae::CARD, &rbm::CARD, &gan2d::CARD, &ddpm::CARD, &gpt::CARD];

/// The card of an exhibit.
///
/// # Errors
/// [`Error::UnknownExhibit`].
pub fn card(id: &str) -> Result<&'static Card, Error> {
    CARDS.iter().find(|c| c.id == id).copied().ok_or_else(|| {
        let known = CARDS.iter().map(|c| c.id).collect::<Vec<_>>().join(", ");
        Error::UnknownExhibit(format!("There is no exhibit '{id}'. There are: {known}."))
    })
}

/// Builds the programs of the exhibit that the settings belong to. Compile and load
/// [`Exhibit::program`] on a device, then [`Run::start`](crate::Run::start).
///
/// # Errors
/// [`Error::BadData`] if the data does not suit the exhibit, [`Error::BadSetting`] if settings
/// exclude each other.
pub fn build(settings: &Settings, seed: u64, sources: Sources) -> Result<Box<dyn Exhibit>, Error> {
    match settings.card().id {
        "vae" => Ok(Box::new(vae::Vae::new(settings, seed, sources)?)),
        "rbm" => Ok(Box::new(rbm::Rbm::new(settings, seed, sources)?)),
        "gan2d" => Ok(Box::new(gan2d::Gan2d::new(settings, sources)?)),
        "ddpm" => Ok(Box::new(ddpm::Ddpm::new(settings, seed, sources)?)),
        "gpt" => Ok(Box::new(gpt::Gpt::new(settings, seed, sources)?)),
        id => card(id).and_then(|c| Err(Error::UnknownExhibit(format!("'{}' cannot be built.", c.id)))),
    }
}
