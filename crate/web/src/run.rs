//! An opened exhibit, for JavaScript.

use crate::device;
use crate::js::{self, Result};
use crate::turns::Turns;
use crate::values;
use js_sys::Array;
use tilde_graph::compile;
use tilde_models::{Card, Run, Settings, exhibits};
use wasm_bindgen::prelude::*;

/// An opened exhibit on a backend. Calls are done one at a time, in the order in which they were
/// made; what fails is thrown as an `Error` with a `code`.
#[wasm_bindgen]
pub struct WebRun {
    run: Turns<Run>,
    card: &'static Card,
    backend: &'static str,
    description: String,
}

#[wasm_bindgen]
impl WebRun {
    /// Builds the exhibit's model for these settings and data, loads it and starts it from the seed.
    pub async fn open(
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "OpenOptions")] options: &JsValue,
    ) -> Result<WebRun> {
        let card = exhibits::card(id)?;
        let mut settings = Settings::new(card);
        for (id, value) in values::to_values(card, js::get(options, "settings")) {
            settings.set(&id, value)?;
        }
        let seed = match js::get(options, "seed") {
            Some(seed) => values::to_seed(&seed)?,
            None => u64::from(getrandom::u32().unwrap_or_default()),
        };
        let exhibit = exhibits::build(&settings, seed, values::to_sources(options)?)?;
        let backend = js::get(options, "backend").and_then(|b| b.as_string()).unwrap_or_default();
        let loaded = device::load(&backend, compile(exhibit.program())).await?;
        let (backend, description) = (loaded.kind(), device::describe(&*loaded).await);
        let run = Run::start(exhibit, loaded, settings, seed)?;
        Ok(WebRun { run: Turns::new(run), card, backend, description })
    }

    /// Does `n` iterations and waits until they are done. On the CPU nothing else runs meanwhile:
    /// ask for as many as may block.
    pub async fn train(&self, n: u32) -> Result<()> {
        Ok(self.run.take().await.train(n).await?)
    }

    /// The figures by id; `deep` asks for the costly ones too.
    #[wasm_bindgen(unchecked_return_type = "Record<string, number>")]
    pub async fn metrics(&self, deep: bool) -> Result<JsValue> {
        Ok(values::metrics(&self.run.take().await.metrics(deep).await?))
    }

    /// `n` samples of the present model; pure, it moves no chain.
    #[wasm_bindgen(unchecked_return_type = "Samples")]
    pub async fn sample(&self, n: u32, seed: f64) -> Result<JsValue> {
        let seed = values::to_seed(&seed.into())?;
        Ok(values::samples(&self.run.take().await.sample(n as usize, seed).await?))
    }

    /// The numbers of a picture of the card.
    #[wasm_bindgen(unchecked_return_type = "Picture")]
    pub async fn view(&self, id: &str) -> Result<JsValue> {
        Ok(values::picture(&self.run.take().await.view(id).await?))
    }

    /// Does one phase of an iteration.
    pub async fn step(&self, phase: &str) -> Result<()> {
        Ok(self.run.take().await.step(phase).await?)
    }

    /// Takes an input of the card.
    pub async fn act(
        &self,
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "Payload")] payload: &JsValue,
    ) -> Result<()> {
        let payload = values::to_payload(payload)?;
        Ok(self.run.take().await.act(id, payload).await?)
    }

    /// Applies a live setting.
    pub async fn set(
        &self,
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "SettingValue")] value: &JsValue,
    ) -> Result<()> {
        let value = values::to_value(self.card, id, value);
        Ok(self.run.take().await.set(id, value)?)
    }

    /// Begins again from a seed, with the present settings and data.
    pub async fn reset(&self, seed: f64) -> Result<()> {
        let seed = values::to_seed(&seed.into())?;
        Ok(self.run.take().await.reset(seed)?)
    }

    /// Everything a checkpoint holds.
    #[wasm_bindgen(unchecked_return_type = "SavedTensor[]")]
    pub async fn export_state(&self) -> Result<JsValue> {
        Ok(values::saved(&self.run.take().await.export().await?))
    }

    /// Takes a checkpoint back, whole or not at all.
    pub async fn import_state(
        &self,
        #[wasm_bindgen(unchecked_param_type = "SavedTensor[]")] state: &Array,
    ) -> Result<()> {
        let state = values::to_saved(state)?;
        Ok(self.run.take().await.import(&state)?)
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
