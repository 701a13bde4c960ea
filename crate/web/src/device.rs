//! Where a program runs: in an engine's module, through JavaScript.

use crate::js;
use crate::types;
use js_sys::{Error as JsError, Float32Array, Promise, Uint32Array};
use std::future::ready;
use tilde_graph::plan::Arena;
use tilde_graph::wire::{read_layout, write_program};
use tilde_graph::{Device, DeviceError, Plan, Program, Task};
use tilde_models::Error;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// An engine's module (`Engine` of the types): `www/engine/cpu.js`, or the GPU's.
    pub type Engine;

    #[wasm_bindgen(method, catch)]
    fn load(this: &Engine, program: &[u8]) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn run(this: &Engine, handle: u32, schedule: &[u32], times: u32) -> Result<(), JsValue>;

    #[wasm_bindgen(method)]
    fn write(this: &Engine, handle: u32, arena: u32, offset: u32, words: &Uint32Array);

    #[wasm_bindgen(method, catch)]
    fn read(this: &Engine, handle: u32, arena: u32, offset: u32, length: u32) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn finite(this: &Engine, handle: u32) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method)]
    fn free(this: &Engine, handle: u32);
}

/// Where a run is to be: a backend, its engine, and what it runs on, in words.
pub struct Place {
    /// "cpu" or "webgpu".
    pub kind: &'static str,
    /// The engine's module, if one was fetched.
    pub engine: Option<Engine>,
    /// For people.
    pub description: String,
}

impl TryFrom<types::Place> for Place {
    type Error = Error;

    fn try_from(place: types::Place) -> Result<Place, Error> {
        let kind = match place.backend.as_str() {
            "cpu" => "cpu",
            "webgpu" => "webgpu",
            other => {
                let message = format!("There is no backend `{other}`. Choose `cpu` or `webgpu`.");
                return Err(Error::BadSetting(message));
            }
        };
        let engine = place.engine.map(|engine| engine.unchecked_into::<Engine>());
        Ok(Place { kind, engine, description: place.device })
    }
}

/// Loads a program on an engine.
///
/// # Errors
/// What the engine refuses; [`DeviceError::Unavailable`] if none is given.
pub async fn load(program: &Program, place: Place) -> Result<Box<dyn Device>, DeviceError> {
    Ok(Box::new(Remote::load(program, place).await?))
}

/// A program in an engine's module.
struct Remote {
    engine: Engine,
    handle: u32,
    plan: Plan,
    kind: &'static str,
    description: String,
    /// Kept, so that running a schedule allocates nothing.
    schedule: Vec<u32>,
}

impl Remote {
    async fn load(program: &Program, place: Place) -> Result<Remote, DeviceError> {
        let unavailable = |why: &str| DeviceError::Unavailable(why.into());
        let engine = place.engine.ok_or_else(|| unavailable("this exhibit needs an engine"))?;
        let answer = engine.load(&write_program(program)).map_err(refused)?;
        let answer = match answer.dyn_into::<Promise>() {
            Ok(promise) => JsFuture::from(promise).await.map_err(refused)?,
            Err(answer) => answer,
        };
        let words = answer.unchecked_into::<Uint32Array>().to_vec();
        let plan = words.split_first().and_then(|(_, layout)| read_layout(program, layout));
        let plan = plan.ok_or_else(|| unavailable("the engine is of another version"))?;
        let (kind, description) = (place.kind, place.description);
        Ok(Remote { engine, handle: words[0], plan, kind, description, schedule: Vec::new() })
    }

    fn begin(&self, arena: Arena, offset: u32, length: u32) -> Reading {
        match self.engine.read(self.handle, arena as u32, offset, length) {
            Err(thrown) => Reading::Failed(refused(thrown)),
            Ok(words) => match words.dyn_into::<Promise>() {
                Ok(promise) => Reading::Under(promise.into()),
                Err(words) => Reading::Done(words.unchecked_into()),
            },
        }
    }
}

/// A read that is enqueued: an engine gives the words at once or promises them.
enum Reading {
    Done(Uint32Array),
    Under(JsFuture),
    Failed(DeviceError),
}

/// The answer of a read. Words that are there at once are copied at once: they lie in the engine's memory.
fn answer<T: 'static>(reading: Reading, copy: fn(&Uint32Array) -> Vec<T>) -> Task<'static, Vec<T>> {
    match reading {
        Reading::Done(words) => Box::pin(ready(Ok(copy(&words)))),
        Reading::Failed(error) => Box::pin(ready(Err(error))),
        Reading::Under(promise) => Box::pin(async move {
            let words = promise.await.map_err(refused)?;
            Ok(copy(words.unchecked_ref()))
        }),
    }
}

/// The same bits as floats.
fn floats(words: &Uint32Array) -> Float32Array {
    let (buffer, offset) = (words.buffer(), words.byte_offset());
    Float32Array::new_with_byte_offset_and_length(&buffer, offset, words.length())
}

/// What an engine throws: an `Error` with a `code`. Anything else is a trap, after which nothing that is
/// loaded there can be trusted.
fn refused(thrown: JsValue) -> DeviceError {
    let number = |key| js::field::<f64>(&thrown, key).unwrap_or_default() as u64;
    let message = thrown.dyn_ref::<JsError>().map(|error| String::from(error.message())).unwrap_or_default();
    match js::field::<String>(&thrown, "code").as_deref() {
        Some("out-of-memory") => {
            DeviceError::OutOfMemory { needed: number("needed"), limit: number("limit") }
        }
        Some("no-device") => DeviceError::Unavailable(message),
        Some("aborted") => DeviceError::Stopped,
        _ => DeviceError::Lost(message),
    }
}

impl Device for Remote {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn run(&mut self, schedule: &[(usize, u32)], times: u32) -> Result<(), DeviceError> {
        self.schedule.clear();
        self.schedule.extend(schedule.iter().flat_map(|&(entry, count)| [entry as u32, count]));
        self.engine.run(self.handle, &self.schedule, times).map_err(refused)
    }

    fn write(&mut self, arena: Arena, offset: u32, values: &[f32]) {
        // SAFETY: the view is used up before anything can move this module's memory.
        let values = unsafe { Float32Array::view(values) };
        let (buffer, at) = (values.buffer(), values.byte_offset());
        let words = Uint32Array::new_with_byte_offset_and_length(&buffer, at, values.length());
        self.engine.write(self.handle, arena as u32, offset, &words);
    }

    fn write_u(&mut self, arena: Arena, offset: u32, values: &[u32]) {
        // SAFETY: as in `write`.
        let words = unsafe { Uint32Array::view(values) };
        self.engine.write(self.handle, arena as u32, offset, &words);
    }

    fn read(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<f32>> {
        answer(self.begin(arena, offset, len), |words| floats(words).to_vec())
    }

    fn read_u(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<u32>> {
        answer(self.begin(arena, offset, len), Uint32Array::to_vec)
    }

    fn finite(&mut self) -> Task<'static, bool> {
        let answer = self.engine.finite(self.handle);
        Box::pin(async move {
            let answer = answer.map_err(refused)?;
            Ok(match answer.dyn_into::<Promise>() {
                Ok(promise) => JsFuture::from(promise).await.map_err(refused)?.is_truthy(),
                Err(answer) => answer.is_truthy(),
            })
        })
    }

    fn kind(&self) -> &'static str {
        self.kind
    }

    fn describe(&self) -> String {
        self.description.clone()
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.engine.free(self.handle);
    }
}
