//! The tables of gates, a file for each exhibit (`build.rs` finds them).

include!(concat!(env!("OUT_DIR"), "/gates.rs"));

/// The sets that an exhibit ships beside that of its first table.
pub static SETS: &[&crate::gate::Table] =
    &[&autoencoder::SETS, &vae::SETS, &rbm::SETS, &dbn::SETS, &dbm::SETS, &gan2d::SETS, &ddpm::SETS];

/// Those that cost too much to be tried each time.
pub static COSTLY: &[&crate::gate::Table] = &[&ddpm::IMAGES];
