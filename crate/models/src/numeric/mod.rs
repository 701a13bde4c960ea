//! Numerical methods that several exhibits share, in double precision.

pub mod estimate;
pub mod gaussian;
pub mod linear;
pub mod newton;
pub mod scalar;
