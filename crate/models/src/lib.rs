//! Tilde's exhibits: what trains and samples in the page.
//!
//! One file per model family; data in [`data`], networks in [`nn`], measures in [`metrics`]. An
//! exhibit describes its programs and answers the calls of [`Exhibit`]; it never knows which
//! device runs them. [`Run`] is an opened exhibit on a device and what the page, the library and
//! the command all drive.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod ais;
pub mod autoencoder;
pub mod bayes_net;
pub mod bench;
pub mod boltzmann;
pub mod boundary;
pub mod card;
pub mod choices;
pub mod classifier;
pub mod crossover;
pub mod data;
pub mod dbm;
pub mod dbn;
pub mod ddpm;
mod decimal;
pub mod denoising;
pub mod drive;
pub mod driver;
pub mod elbo;
pub mod energy;
mod error;
pub mod evaluate;
pub mod exhibit;
pub mod exhibits;
pub mod gan2d;
#[cfg(test)]
mod golden;
pub mod gpt;
mod history;
pub mod inputs;
mod join;
mod legacy;
pub mod memo;
pub mod metrics;
pub mod mixture;
pub mod model;
pub mod nn;
pub mod numeric;
pub mod plain;
pub mod rbm;
mod run;
mod saved;
mod settings;
pub mod shapes;
#[cfg(test)]
mod test_run;
pub mod vae;

pub use card::Card;
pub use choices::Choices;
pub use driver::Driver;
pub use error::Error;
pub use history::History;
pub use model::{Exhibit, Live, Model, Setup};
pub use run::{Frame, Run};
pub use saved::{Saved, SavedValues};
pub use settings::Settings;
