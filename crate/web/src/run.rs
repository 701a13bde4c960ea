//! An opened exhibit, for JavaScript.

use crate::device;
use crate::js::{self, Cross, Result};
use crate::turns::Turns;
use crate::types::RunOptions;
use crate::values;
use js_sys::{Array, Promise};
use std::pin::Pin;
use std::rc::Rc;
use tilde_graph::Program;
use tilde_models::exhibit::Sources;
use tilde_models::{Card, Error, Run, Settings, exhibits};
use wasm_bindgen::prelude::*;

/// What is done with a run once its turn has come.
type Job = Box<dyn for<'a> FnOnce(&'a mut Run) -> Pin<Box<dyn Future<Output = Result<JsValue>> + 'a>>>;

/// An opened exhibit on a backend. Calls are done one at a time, in the order in which they were
/// made; what fails is thrown as an `Error` with a `code`.
#[wasm_bindgen]
pub struct WebRun {
    run: Rc<Turns<Run>>,
    card: &'static Card,
    backend: &'static str,
    description: String,
}

#[wasm_bindgen]
impl WebRun {
    /// Builds the exhibit's model for these settings and data, loads it and starts it from the seed.
    pub async fn open(
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "RunOptions")] options: &JsValue,
    ) -> Result<WebRun> {
        let card = exhibits::card(id)?;
        let RunOptions {
            seed,
            settings: given,
            data,
            inputs,
            place,
            digits,
            digit_labels,
            lessons,
            alphabet,
        } = values::to_options(options)?;
        let mut settings = Settings::new(card);
        for (id, value) in values::to_values(card, given) {
            settings.set(&id, value)?;
        }
        let seed = match seed {
            Some(seed) => values::to_seed(&seed)?,
            None => u64::from(getrandom::u32().unwrap_or_default()),
        };
        let user = data.map(values::to_user_data).transpose()?;
        let sources = Sources { user, digits: digits.zip(digit_labels), lessons, alphabet };
        let place = place.try_into()?;
        let load = async |program: &Program| device::load(program, place).await.map_err(Error::from);
        let mut run = Run::open(settings, seed, sources, load).await?;
        let inputs = values::to_inputs(inputs)?;
        run.repeat(&mut inputs.iter().map(|(id, payload)| (id.as_str(), payload)))?;
        let (backend, description) = run.backend();
        Ok(WebRun { run: Rc::new(Turns::new(run)), card, backend, description })
    }

    /// Does `n` iterations and waits until they are done. On the CPU nothing else runs meanwhile:
    /// ask for as many as may block.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn train(&self, n: u32) -> Promise {
        self.turn(async move |run| {
            run.train(n).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Steps done.
    #[wasm_bindgen(unchecked_return_type = "Promise<number>")]
    pub fn steps_done(&self) -> Promise {
        self.turn(async move |run| Ok(run.step().cross()))
    }

    /// The figures by id; `deep` asks for the costly ones too.
    #[wasm_bindgen(unchecked_return_type = "Promise<Record<string, number>>")]
    pub fn metrics(&self, deep: bool) -> Promise {
        self.turn(async move |run| Ok(values::metrics(&run.metrics(deep).await?)))
    }

    /// The same over all held-out data, of which the page measures a sample.
    #[wasm_bindgen(unchecked_return_type = "Promise<Record<string, number>>")]
    pub fn whole(&self) -> Promise {
        self.turn(async move |run| Ok(values::metrics(&run.whole().await?)))
    }

    /// `n` samples of the present model; pure, it moves no chain.
    #[wasm_bindgen(unchecked_return_type = "Promise<Samples>")]
    pub fn sample(&self, n: u32, seed: f64) -> Promise {
        let seed = values::to_seed(&seed.into());
        self.turn(async move |run| Ok(values::samples(run.sample(n as usize, seed?).await?)))
    }

    /// The numbers of a picture of the card.
    #[wasm_bindgen(unchecked_return_type = "Promise<Picture>")]
    pub fn view(&self, id: String) -> Promise {
        self.turn(async move |run| Ok(values::picture(run.view(&id).await?).cross()))
    }

    /// Figures, pictures and the losses of the steps after `since`, in one round trip to the device.
    #[wasm_bindgen(unchecked_return_type = "Promise<RunFrame>")]
    pub fn frame(&self, views: Vec<String>, deep: bool, since: u32) -> Promise {
        self.turn(async move |run| {
            let views: Vec<&str> = views.iter().map(String::as_str).collect();
            Ok(values::frame(run.frame(&views, deep, since).await?))
        })
    }

    /// The losses of the steps after `since`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Losses>")]
    pub fn losses(&self, since: u32) -> Promise {
        self.turn(async move |run| Ok(values::losses(&run.losses(since).await?).cross()))
    }

    /// Does one phase of an iteration.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn step(&self, phase: String) -> Promise {
        self.turn(async move |run| {
            run.step_phase(&phase).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Takes an input of the card, which may change the data and with them the settings.
    #[wasm_bindgen(unchecked_return_type = "Promise<Acted>")]
    pub fn act(
        &self,
        id: String,
        #[wasm_bindgen(unchecked_param_type = "Payload")] payload: &JsValue,
    ) -> Promise {
        let payload = values::to_payload(payload);
        self.turn(async move |run| {
            run.act(&id, &payload?)?;
            Ok(values::acted(run))
        })
    }

    /// What was put in by hand and still counts, for a run that is opened in this one's place.
    #[wasm_bindgen(unchecked_return_type = "Promise<GivenInput[]>")]
    pub fn inputs(&self) -> Promise {
        self.turn(async move |run| Ok(values::inputs(run.inputs())))
    }

    /// Applies a live setting.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn set(
        &self,
        id: String,
        #[wasm_bindgen(unchecked_param_type = "SettingValue")] value: &JsValue,
    ) -> Promise {
        let value = values::to_value(self.card, &id, value);
        self.turn(async move |run| {
            run.set(&id, value)?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Begins again from a seed, with the present settings and data.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn reset(&self, seed: f64) -> Promise {
        let seed = values::to_seed(&seed.into());
        self.turn(async move |run| {
            run.reset(seed?)?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Everything a checkpoint holds.
    #[wasm_bindgen(unchecked_return_type = "Promise<SavedTensor[]>")]
    pub fn export_state(&self) -> Promise {
        self.turn(async move |run| Ok(values::saved(run.export().await?)))
    }

    /// Takes a checkpoint back, whole or not at all.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn import_state(
        &self,
        #[wasm_bindgen(unchecked_param_type = "GivenTensor[]")] state: &Array,
    ) -> Promise {
        let state = values::to_saved(state);
        self.turn(async move |run| {
            run.import(&state?)?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// The characters that a model of text knows.
    #[wasm_bindgen(unchecked_return_type = "Promise<string|undefined>")]
    pub fn alphabet(&self) -> Promise {
        self.turn(async move |run| Ok(run.alphabet().map_or(JsValue::UNDEFINED, JsValue::from)))
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

impl WebRun {
    /// Promises to do a job on the run, once all earlier calls are done.
    fn turn(&self, job: impl AsyncFnOnce(&mut Run) -> Result<JsValue> + 'static) -> Promise {
        self.promise(Box::new(|run| Box::pin(async move { job(run).await })))
    }

    /// The same of a job that is boxed, so that the waiting is in the module once.
    fn promise(&self, job: Job) -> Promise {
        let run = self.run.clone();
        js::promise(Box::pin(async move { job(&mut *run.take().await).await }))
    }
}
