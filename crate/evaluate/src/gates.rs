//! The tables of gates, a file for each exhibit (`build.rs` finds them).

include!(concat!(env!("OUT_DIR"), "/gates.rs"));

/// Those that cost too much to be tried each time.
pub static COSTLY: &[&crate::gate::Table] = &[&ddpm::IMAGES];
