//! The registry: one line an exhibit, in the order of the lecture.

use crate::Error;
use crate::card::Card;
use crate::exhibit::{Exhibit, Sources};
use crate::settings::Settings;
use crate::{ais, dbm, dbn, ddpm, gan2d, gpt, rbm, vae};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

/// Builds an exhibit's programs from its settings, a seed and data.
pub type Open = fn(&Settings, u64, Sources) -> Result<Box<dyn Exhibit>, Error>;

/// Every exhibit: its card, and how it is opened.
pub const EXHIBITS: &[(&Card, Open)] = &[
    (&vae::CARD, |settings, seed, sources| Ok(Box::new(vae::Vae::new(settings, seed, sources)?))),
    (&rbm::CARD, |settings, seed, sources| Ok(Box::new(rbm::Rbm::new(settings, seed, sources)?))),
    (&ais::CARD, |settings, seed, sources| Ok(Box::new(ais::Ais::new(settings, seed, sources)?))),
    (&dbn::CARD, |settings, seed, sources| Ok(Box::new(dbn::Dbn::new(settings, seed, sources)?))),
    (&dbm::CARD, |settings, seed, sources| Ok(Box::new(dbm::Dbm::new(settings, seed, sources)?))),
    (&gan2d::CARD, |settings, _, sources| Ok(Box::new(gan2d::Gan2d::new(settings, sources)?))),
    (&ddpm::CARD, |settings, seed, sources| Ok(Box::new(ddpm::Ddpm::new(settings, seed, sources)?))),
    (&gpt::CARD, |settings, seed, sources| Ok(Box::new(gpt::Gpt::new(settings, seed, sources)?))),
];

/// The cards of all exhibits.
pub fn cards() -> impl Iterator<Item = &'static Card> {
    EXHIBITS.iter().map(|(card, _)| *card)
}

fn find(id: &str) -> Result<(&'static Card, Open), Error> {
    EXHIBITS.iter().find(|(card, _)| card.id == id).copied().ok_or_else(|| {
        let known = cards().map(|c| c.id).collect::<Vec<_>>().join(", ");
        Error::UnknownExhibit(format!("There is no exhibit '{id}'. There are: {known}."))
    })
}

/// The card of an exhibit.
///
/// # Errors
/// [`Error::UnknownExhibit`].
pub fn card(id: &str) -> Result<&'static Card, Error> {
    Ok(find(id)?.0)
}

/// Builds the programs of the exhibit that the settings belong to. Compile and load
/// [`Exhibit::program`] on a device, then [`Run::start`](crate::Run::start).
///
/// # Errors
/// [`Error::BadData`] if the data does not suit the exhibit, [`Error::BadSetting`] if settings
/// exclude each other.
pub fn build(settings: &Settings, seed: u64, sources: Sources) -> Result<Box<dyn Exhibit>, Error> {
    find(settings.card().id)?.1(settings, seed, sources)
}
