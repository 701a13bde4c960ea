//! What GPU there is, in the browser's words: wgpu's own adapter info is nearly empty on the web.

use crate::js::object;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Navigator;

    // Both a page and a worker have one.
    #[wasm_bindgen(thread_local_v2, js_name = navigator)]
    static NAVIGATOR: Navigator;

    #[wasm_bindgen(method, getter)]
    fn gpu(this: &Navigator) -> Option<Gpu>;

    type Gpu;

    #[wasm_bindgen(method, catch, js_name = requestAdapter)]
    async fn request_adapter(this: &Gpu) -> Result<JsValue, JsValue>;

    type GpuAdapter;

    #[wasm_bindgen(method, getter)]
    fn info(this: &GpuAdapter) -> GpuAdapterInfo;

    type GpuAdapterInfo;

    #[wasm_bindgen(method, getter)]
    fn vendor(this: &GpuAdapterInfo) -> String;

    #[wasm_bindgen(method, getter)]
    fn architecture(this: &GpuAdapterInfo) -> String;

    #[wasm_bindgen(method, getter)]
    fn description(this: &GpuAdapterInfo) -> String;

    // Older browsers lack it.
    #[wasm_bindgen(method, getter, js_name = isFallbackAdapter)]
    fn is_fallback_adapter(this: &GpuAdapterInfo) -> Option<bool>;
}

/// Names of GPUs that are programs, in lower case.
const SOFTWARE: [&str; 4] = ["swiftshader", "llvmpipe", "lavapipe", "basic render"];

/// A GPU that the browser offers.
pub struct Adapter {
    /// Whether a CPU plays it.
    pub software: bool,
    /// Its name, for people.
    pub description: String,
}

/// Whether there is WebGPU here, whether it is only a software adapter, and its name.
#[wasm_bindgen(unchecked_return_type = "GpuInfo")]
pub async fn gpu_info() -> JsValue {
    let found = adapter().await;
    object([
        ("available", found.is_some().into()),
        ("software", found.as_ref().is_some_and(|a| a.software).into()),
        ("description", found.map_or_else(String::new, |a| a.description).into()),
    ])
}

/// The adapter that the browser prefers.
pub async fn adapter() -> Option<Adapter> {
    let gpu = NAVIGATOR.with(Navigator::gpu)?;
    let adapter = gpu.request_adapter().await.ok().filter(|a| !a.is_null())?;
    Some(describe(&adapter.unchecked_ref::<GpuAdapter>().info()))
}

/// The standard library's own search is two kilobytes.
fn contains(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part == word.as_bytes())
}

fn describe(info: &GpuAdapterInfo) -> Adapter {
    let words = [info.vendor(), info.architecture(), info.description()];
    let all = words.join(" ").to_ascii_lowercase();
    let software =
        info.is_fallback_adapter() == Some(true) || SOFTWARE.iter().any(|name| contains(&all, name));
    let [vendor, architecture, description] = words;
    let short = if architecture.is_empty() { vendor } else { vendor + " " + &architecture };
    Adapter { software, description: if description.is_empty() { short } else { description } }
}
