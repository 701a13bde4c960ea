//! The Bayesian interchange format (BIF, version 0.15: F. Cozman, 1998), as bnlearn, pgmpy, GeNIe
//! and others read and write it.
//!
//! Read are discrete variables with `table`, `default` and one row for each combination of the
//! parents' states. In a `table` the variable's own state changes slowest, as the format has it.
//! Other properties than the position are left out.

mod layout;
mod read;
mod tokens;
mod write;

pub use read::read;
pub use write::write;

/// Thousandths of the picture, in which places are written.
const PLACES: f32 = 1000.0;
