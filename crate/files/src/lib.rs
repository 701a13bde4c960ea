//! Files of people's own, for the exhibits: images, points, texts and networks.
//!
//! The page and the command read by these rules alone. Files are told apart by what is in them and not by
//! their names. [`Files`] takes what was chosen together; [`Files::read`] says what it is, by the
//! [`Choice`] of columns, arrays and orientation, with notes of what was done to it. Every size that a file
//! states is checked against the limits, and against the bytes that are really there, before anything of
//! that size is allocated.
//!
//! - `kind`: what a file is, from its first bytes; `unpack`: gzip and ZIP; `decode`: bytes as text.
//! - `array`, `idx`, `npy`: numbers with a shape; `table`, `columns`: points as text.
//! - `picture`, `frame`, `images`: pictures and arrays as small grey images of one polarity.
//! - [`prose`]: texts; [`bif`]: networks.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod array;
pub mod bif;
mod columns;
mod decode;
mod files;
mod frame;
mod idx;
mod images;
mod kind;
mod npy;
mod picture;
mod points;
pub mod prose;
mod resize;
mod table;
mod unpack;
mod want;

pub use files::{Added, Choice, Files, Listed, Parsed, Read, parse};
pub use frame::Crop;
pub use table::Shown;
pub use want::Want;

use alloc::string::String;
use tilde_models::Error;

/// Most bytes of a file, before and after unpacking.
pub const MAX_BYTES: u64 = 256 << 20;

/// Most rows, images or labels that a file may have.
pub const MAX_ROWS: u64 = 1_000_000;

/// Most images that are learned from; more are thinned evenly.
pub const MAX_IMAGES: usize = 60_000;

/// Most points that are learned from; more are thinned evenly.
pub const MAX_POINTS: usize = 20_000;

/// Longest edge of an image in a file, in pixels.
pub const MAX_EDGE: usize = 1_024;

/// Most files that are read together.
pub const MAX_FILES: usize = 2_000;

/// Refuses a file.
fn bad<T>(message: String) -> Result<T, Error> {
    Err(Error::BadFile(message))
}
