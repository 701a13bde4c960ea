//! Measures of models, computed on the host in `f64`. The gates and the page call the same ones.

pub mod modes;
