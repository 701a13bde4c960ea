//! Measures of models, computed on the host in `f64`. The gates and the page call the same ones.

pub mod ais;
pub mod bounds;
pub mod dbm;
pub mod dbn;
pub mod energy_distance;
pub mod estimate;
pub mod modes;
pub mod pca;
pub mod ppca;
pub mod rbm;
pub mod score;
pub mod states;

pub use estimate::Estimate;
