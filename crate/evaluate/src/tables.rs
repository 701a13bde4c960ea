//! All tables of gates: a line for each.

use crate::gate::Table;
use crate::{
    ais, autoencoder, bayes_net, boundary, crossover, dbm, dbn, ddpm, denoising, elbo, energy, gan2d, gpt,
    mixture, rbm, vae,
};
use tilde_models::{Error, exhibits};

/// The tables that are tried each time, in the order of the lecture.
pub const TABLES: &[&Table] = &[
    &boundary::TABLE,
    &crossover::TABLE,
    &bayes_net::TABLE,
    &elbo::TABLE,
    &mixture::TABLE,
    &autoencoder::TABLE,
    &denoising::TABLE,
    &vae::TABLE,
    &rbm::TABLE,
    &ais::TABLE,
    &dbn::TABLE,
    &dbm::TABLE,
    &energy::TABLE,
    &gan2d::TABLE,
    &ddpm::TABLE,
    &gpt::TABLE,
];

/// Those that cost too much for that.
pub const COSTLY: &[&Table] = &[&ddpm::IMAGES];

/// Every table.
pub fn all() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().chain(COSTLY).copied()
}

/// The table of that id.
///
/// # Errors
/// [`Error::UnknownExhibit`], also for an exhibit without gates.
pub fn find(id: &str) -> Result<&'static Table, Error> {
    if let Some(table) = all().find(|table| table.id == id) {
        return Ok(table);
    }
    let card = exhibits::card(id)?;
    Err(Error::UnknownExhibit(format!("'{}' has no gates yet. Choose another exhibit.", card.id)))
}
