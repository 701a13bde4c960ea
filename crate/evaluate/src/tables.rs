//! All tables of gates.

use crate::gate::Table;
use crate::gates::{COSTLY, FOUND};
use tilde_models::{Error, exhibits};

/// The tables that are tried each time, in the order of the lecture.
pub fn tables() -> Vec<&'static Table> {
    exhibits::cards()
        .filter_map(|card| FOUND.iter().copied().find(|table| table.exhibit == card.id))
        .collect()
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
