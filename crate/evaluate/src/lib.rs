//! Whether an exhibit reaches what its card promises.
//!
//! A *gate* is a row of a table: a run (settings and steps), a figure of it, a bound, and where the bound
//! comes from. A run is repeated with several seeds, and at most one of forty may miss. A *control* is another run that is really wrong (untrained, another algorithm, a broken term), which
//! the gate must reject: a gate that lets its controls through measures nothing. A figure that is missing
//! or not a number neither passes a gate nor is rejected by one, so it fails both.
//!
//! Figures come from [`Run::evaluate`](tilde_models::Run::evaluate): those that feed the page, over the
//! whole test set. Each exhibit has a file of its gates in `gates`. A theorem is no
//! gate but a test: `tests/`.

pub mod figure;
pub mod gate;
mod gates;
mod host;
pub mod imitation;
mod judge;
mod report;
mod runner;
pub mod tables;

pub use host::Host;
pub use report::{Evaluation, Measured, Tried};
pub use runner::{evaluate, evaluate_table, figures_of, settings_of};
