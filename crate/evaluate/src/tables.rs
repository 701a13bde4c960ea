//! All tables of gates.

use crate::gate::Table;
use crate::gates::{COSTLY, FOUND, SETS};
use tilde_models::{Error, exhibits};

/// The tables that are tried each time, in the order of the lecture: of an exhibit the one that has its id, and
/// that of the other sets it ships.
pub fn tables() -> Vec<&'static Table> {
    let of = |id: &'static str| FOUND.iter().chain(SETS).copied().filter(move |table| table.exhibit == id);
    exhibits::cards().flat_map(|card| of(card.id)).collect()
}

/// Every table.
pub fn all() -> impl Iterator<Item = &'static Table> {
    tables().into_iter().chain(COSTLY.iter().copied())
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
