//! Files in the Bayesian interchange format (BIF, version 0.15: F. Cozman, 1998), as bnlearn, pgmpy, GeNIe
//! and others write it.
//!
//! Read are discrete variables with `table`, `default` and one row for each combination of the
//! parents' states. In a `table` the variable's own state changes slowest, as the format has it.
//! Other properties than the position are left out. Probabilities that sum to 1 but for the rounding of
//! their decimals are scaled, and the reader says so.

mod read;
#[cfg(test)]
mod tests;
mod tokens;

pub use read::{Read, read};
