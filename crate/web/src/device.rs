//! The two backends.

use crate::gpu_info;
use std::cell::RefCell;
use tilde_cpu::Cpu;
use tilde_gpu::{Context, Gpu};
use tilde_graph::{Device, DeviceError, Plan};
use tilde_models::Error;
use wasm_bindgen::prelude::*;

/// A plan on one of them.
pub type Loaded = Box<dyn Device>;

#[wasm_bindgen]
extern "C" {
    // Both a page and a worker have it.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn now() -> f64;
}

thread_local! {
    /// The GPU, opened once for all runs.
    static CONTEXT: RefCell<Option<Context>> = const { RefCell::new(None) };
}

/// Loads a plan on the backend of this name, "cpu" or "webgpu".
///
/// # Errors
/// [`Error::BadSetting`] for any other name, and what the backend refuses.
pub async fn load(backend: &str, plan: Plan) -> Result<Loaded, Error> {
    match backend {
        "cpu" => Ok(Box::new(Cpu::load(plan)?)),
        "webgpu" => Ok(Box::new(load_gpu(plan).await?)),
        _ => Err(Error::BadSetting(format!("There is no backend `{backend}`. Choose `cpu` or `webgpu`."))),
    }
}

async fn load_gpu(plan: Plan) -> Result<Gpu, DeviceError> {
    let known = CONTEXT.with_borrow(Clone::clone);
    if let Some(context) = known {
        match Gpu::load(&context, plan.clone()).await {
            // It went away since it was opened: a new one is asked for.
            Err(DeviceError::Lost(_)) => {}
            answer => return answer,
        }
    }
    let context = Context::new().await?.with_clock(now);
    CONTEXT.set(Some(context.clone()));
    Gpu::load(&context, plan).await
}

/// What it runs on, in words; for a GPU those of the browser, which knows more than wgpu tells.
pub async fn describe(device: &dyn Device) -> String {
    match device.kind() {
        "webgpu" => gpu_info::adapter().await.map_or_else(|| device.describe(), |found| found.description),
        _ => device.describe(),
    }
}
