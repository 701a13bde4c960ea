//! The backends that this module was built with: a visitor's has one of the two.

#[cfg(feature = "cpu")]
mod cpu;
#[cfg(feature = "gpu")]
mod gpu;

use tilde_graph::{Device, DeviceError, Plan};
use tilde_models::Error;

/// A plan on one of them.
pub type Loaded = Box<dyn Device>;

/// Loads a plan on the backend of this name, "cpu" or "webgpu".
///
/// # Errors
/// [`Error::BadSetting`] for any other name, [`DeviceError::Unavailable`] for a backend that this
/// module is built without, and what the backend refuses.
pub async fn load(backend: &str, plan: Plan) -> Result<Loaded, Error> {
    let loaded: Result<Loaded, DeviceError> = match backend {
        #[cfg(feature = "cpu")]
        "cpu" => cpu::load(plan),
        #[cfg(feature = "gpu")]
        "webgpu" => gpu::load(plan).await,
        #[cfg(not(feature = "cpu"))]
        "cpu" => Err(DeviceError::Unavailable("this module is built without the CPU backend".into())),
        #[cfg(not(feature = "gpu"))]
        "webgpu" => Err(DeviceError::Unavailable("this module is built without WebGPU".into())),
        _ => {
            let message = format!("There is no backend `{backend}`. Choose `cpu` or `webgpu`.");
            return Err(Error::BadSetting(message));
        }
    };
    Ok(loaded?)
}
