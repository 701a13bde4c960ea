//! Tilde's exhibits: what trains and samples in the page.
//!
//! A folder for each model family, which [`exhibits`] lists; data in [`data`], networks in [`nn`], measures
//! in [`metrics`]. An exhibit describes its programs and answers the calls of [`Exhibit`]; it never knows which
//! device runs them. [`Run`] is an opened exhibit on a device and what the page, the library and
//! the command all drive.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod bench;
pub mod boltzmann;
pub mod card;
pub mod choices;
pub mod classifier;
pub mod data;
pub mod decimal;
pub mod domain;
pub mod driver;
mod error;
pub mod exhibit;
pub mod exhibits;
pub mod figures;
#[cfg(test)]
mod golden;
mod history;
pub mod inputs;
mod join;
pub mod kept;
mod live;
pub mod memo;
pub mod metrics;
pub mod model;
pub mod nn;
pub mod numeric;
mod prelude;
mod run;
mod saved;
mod settings;
pub mod shapes;
#[cfg(test)]
mod test_run;
pub mod way;

pub use card::Card;
pub use choices::Choices;
pub use driver::Driver;
pub use error::Error;
pub use exhibits::*;
pub use history::History;
pub use model::{Exhibit, Live, Model, Setup};
pub use run::{AVERAGE, Frame, Run};
pub use saved::{Saved, SavedValues};
pub use settings::Settings;
