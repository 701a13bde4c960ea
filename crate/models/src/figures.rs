//! Figures: what an exhibit reports in numbers.

use alloc::vec::Vec;

/// Figures by id.
pub type Figures = Vec<(&'static str, f64)>;
