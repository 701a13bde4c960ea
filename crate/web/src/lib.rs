//! Tilde for the browser: opened runs, the user's files, plans and the benchmark as wasm modules with
//! TypeScript types. A feature each says what is in a module: the exhibits, of a chapter or of all, `files`, `plan`, or
//! `bench`.
//!
//! This crate only translates. Plain objects and typed arrays go in and out (`js`, `values`,
//! `types`); models, training and pictures are `tilde-models`', and programs run in an engine's
//! module behind `device`. What fails is thrown as an `Error` with a stable `code`.

#[cfg(feature = "bench")]
pub mod bench;
#[cfg(feature = "files")]
pub mod data;
#[cfg(any(feature = "runs", feature = "bench"))]
pub mod device;
// Only runs and files together need all of the two.
#[cfg_attr(not(all(feature = "runs", feature = "files")), allow(dead_code))]
mod js;
#[cfg(feature = "plan")]
pub mod plan;
#[cfg(feature = "runs")]
pub mod run;
#[cfg(any(feature = "runs", feature = "bench"))]
mod turns;
#[cfg_attr(not(all(feature = "runs", feature = "files")), allow(dead_code))]
mod types;
#[cfg(feature = "runs")]
mod values;

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(message: &str);
}

/// Runs once, when the module is loaded.
#[wasm_bindgen(start)]
fn start() {
    // A panic is a mistake of ours. It ends in an `unreachable` trap that names nothing, so the
    // place is told first.
    std::panic::set_hook(Box::new(|info| console_error(&info.to_string())));
}
