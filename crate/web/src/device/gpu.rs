//! The GPU backend.

use super::Loaded;
use std::cell::RefCell;
use tilde_gpu::{Context, Gpu};
use tilde_graph::{DeviceError, Plan};
use wasm_bindgen::prelude::*;

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

/// Loads a plan, on a GPU that is opened if none is open yet or it went away.
pub async fn load(plan: Plan) -> Result<Loaded, DeviceError> {
    let known = CONTEXT.with_borrow(Clone::clone);
    if let Some(context) = known {
        match Gpu::load(&context, plan.clone()).await {
            // It went away since it was opened: a new one is asked for.
            Err(DeviceError::Lost(_)) => {}
            answer => return Ok(Box::new(answer?)),
        }
    }
    let context = Context::new().await?.with_clock(now);
    CONTEXT.set(Some(context.clone()));
    Ok(Box::new(Gpu::load(&context, plan).await?))
}
