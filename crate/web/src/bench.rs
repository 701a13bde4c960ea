//! The benchmark's tasks, for `www/bench.js`.

use crate::device;
use crate::js::{Read, Result};
use crate::turns::Turns;
use crate::types::Place;
use tilde_models::bench::{Task, task};
use tilde_models::{Driver, Error};
use wasm_bindgen::prelude::*;

/// A benchmark task, loaded on a backend.
#[wasm_bindgen]
pub struct WebBench {
    task: Task,
    loaded: Turns<Driver>,
    backend: &'static str,
    description: String,
}

#[wasm_bindgen]
impl WebBench {
    /// Loads a task, "gan2d" for example, with its initial weights and its batch, on an engine:
    /// `{ backend, engine, device? }`.
    pub async fn open(
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "Place")] place: &JsValue,
    ) -> Result<WebBench> {
        let task = task(id)?;
        let bad =
            || Error::BadSetting("A benchmark needs a backend, its engine, and a device in words.".into());
        let place = Place::read(place).ok_or_else(bad)?;
        let loaded = device::load(&task.program, place.try_into()?).await.map_err(Error::from)?;
        let loaded = Driver::new(loaded);
        task.start(&loaded);
        let (backend, description) = loaded.backend();
        Ok(WebBench { task, loaded: Turns::new(loaded), backend, description })
    }

    /// Trains `n` steps to their end and gives the last one's loss.
    pub async fn step(&self, n: u32) -> Result<f32> {
        let loaded = self.loaded.take().await;
        Ok(self.task.train(&loaded, n).await?)
    }

    /// "cpu" or "webgpu".
    #[wasm_bindgen(getter, unchecked_return_type = "BackendName")]
    pub fn backend(&self) -> String {
        self.backend.into()
    }

    /// What it runs on, in words.
    #[wasm_bindgen(getter)]
    pub fn description(&self) -> String {
        self.description.clone()
    }
}
