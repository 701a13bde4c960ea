//! The engine modules of the page. The exhibits' module sends a program as bytes
//! ([`tilde_graph::wire`]); an engine compiles it, keeps it under a handle, and runs schedules, writes and
//! reads on it. It knows no exhibit.
//!
//! The feature `cpu` is a plain wasm module whose exports take offsets into its own memory; JavaScript is
//! `www/engine/cpu.js`. The feature `gpu` has the same calls through wasm-bindgen, and its loads and reads
//! are promises. `www/engine/modules.js` picks one.
#![cfg_attr(all(target_arch = "wasm32", feature = "cpu"), no_std)]

extern crate alloc;

#[cfg(all(target_arch = "wasm32", feature = "cpu", not(feature = "gpu")))]
mod cpu;
#[cfg(all(target_arch = "wasm32", feature = "gpu"))]
pub mod gpu;
mod table;

pub use table::Table;
