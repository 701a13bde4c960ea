//! What the exhibits learn from: generated sets, the shipped digits, and files of the user's own.
//!
//! Nothing here trains, and nothing picks its own randomness: samplers take a
//! [`Stream`](tilde_graph::rng::Stream) and give the same data for the same seed everywhere.
//!
//! - [`Images`]: grey images as bytes, the way the devices store them.
//! - [`toys`]: two-dimensional distributions; [`drawn`]: one that the user painted.
//! - [`plane`]: either of them as a bank of points, and [`exact`]: what its best denoiser answers.
//! - [`Feed`]: points or images on the device, and how a graph takes rows of them.
//! - [`spread`]: which rows a sample of a held-out set is.
//! - [`corpus`]: texts, from sources of known entropy or given.
//! - [`strokes`]: procedural handwriting; [`digits`]: the UCI 8×8 digits.
//! - [`network`]: Bayesian networks.
//!
//! Files of the user's own are read by the crate `tilde-files`.

pub mod corpus;
pub mod digits;
pub mod drawn;
pub mod exact;
mod feed;
mod images;
pub mod network;
pub mod plane;
mod sets;
mod sources;
pub mod spread;
pub mod strokes;
pub mod text;
pub mod toys;

pub use corpus::Corpus;
pub use drawn::Drawn;
pub use feed::Feed;
pub use images::{Images, MAX_SIDE};
pub use plane::Plane;
pub use sets::ImageSets;
pub use sources::{Sources, UserData};
pub use toys::Toy;
