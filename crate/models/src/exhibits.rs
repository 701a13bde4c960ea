//! The registry: one line an exhibit, in the order of the lecture.
//!
//! The course has four parts, each a feature of this crate: `foundations` (chapters 1 and 2), `latents`
//! (3 to 5), `energies` (6 and 7) and `generators` (8 to 14). Whoever needs little to download builds with one
//! of them; the cards of the others are still there.

use crate::Error;
use crate::card::Card;
use crate::legacy;
use crate::model::{self, Opening, Setup};
use crate::{
    ais, autoencoder, bayes_net, boundary, crossover, dbm, dbn, ddpm, denoising, elbo, energy, gan2d, gpt,
    mixture, rbm, vae,
};
use alloc::format;
use alloc::vec::Vec;

/// Builds an exhibit from its settings, a seed and data.
pub type Open = fn(&Setup) -> Opening;

/// How an exhibit of a part is opened, if that part is in this build.
macro_rules! of {
    ($part:literal, $open:expr) => {
        if cfg!(feature = $part) { Some((|setup| legacy::open($open, setup)) as Open) } else { None }
    };
    ($part:literal; $model:ty) => {
        if cfg!(feature = $part) { Some(model::open::<$model> as Open) } else { None }
    };
}

/// Every exhibit: its card, and how it is opened where its part is in this build.
pub const EXHIBITS: &[(&Card, Option<Open>)] = &[
    (&boundary::CARD, of!("foundations"; boundary::Boundary)),
    (&crossover::CARD, of!("foundations"; crossover::Crossover)),
    (&bayes_net::CARD, of!("foundations"; bayes_net::BayesNet)),
    (&elbo::CARD, of!("latents"; elbo::Elbo)),
    (&mixture::CARD, of!("latents"; mixture::Mixture)),
    (&autoencoder::CARD, of!("latents", autoencoder::open)),
    (&denoising::CARD, of!("latents", denoising::open)),
    (&vae::CARD, of!("latents"; vae::Vae)),
    (&rbm::CARD, of!("energies", rbm::open)),
    (&ais::CARD, of!("energies", ais::open)),
    (&dbn::CARD, of!("energies", dbn::open)),
    (&dbm::CARD, of!("energies", dbm::open)),
    (&energy::CARD, of!("energies", energy::open)),
    (&gan2d::CARD, of!("generators"; gan2d::Gan2d)),
    (&ddpm::CARD, of!("generators", ddpm::open)),
    (&gpt::CARD, of!("generators", gpt::open)),
];

/// The cards of all exhibits.
pub fn cards() -> impl Iterator<Item = &'static Card> {
    EXHIBITS.iter().map(|(card, _)| *card)
}

fn find(id: &str) -> Result<(&'static Card, Option<Open>), Error> {
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

/// Builds the exhibit that the settings belong to.
///
/// # Errors
/// [`Error::BadData`] if the data does not suit the exhibit, [`Error::BadSetting`] if settings
/// exclude each other.
pub fn build(setup: &Setup) -> Opening {
    let (card, open) = find(setup.settings.card().id)?;
    let Some(open) = open else {
        return Err(Error::UnknownExhibit(format!(
            "'{}' is in another part of the course than this module.",
            card.id
        )));
    };
    open(setup)
}
