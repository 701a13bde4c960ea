//! Runs a compiled [`Plan`](tilde_graph::Plan) as WGSL compute shaders through wgpu: in the
//! browser on WebGPU, natively on Vulkan, Metal or Direct3D 12.
//!
//! A [`Context`] is an adapter and its device, which programs share. A [`Gpu`] is a loaded plan:
//! one buffer per arena, all in one bind group, and a pipeline per distinct shader, made once.
//! Running it only encodes dispatches and submits them. [`wgsl()`] is the text of a kernel's
//! shaders, for people and for tests.

mod context;
mod finite;
mod gpu;
mod memory;
mod offsets;
mod pace;
mod pipeline;
mod read;
mod run;
mod scope;
mod time;
mod wgsl;

pub use context::{Clock, Context};
pub use gpu::{Created, Gpu};
pub use wgsl::{Shader, Target, wgsl};
