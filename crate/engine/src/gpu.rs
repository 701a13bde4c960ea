//! The GPU's engine: the same calls through wasm-bindgen. What fails is thrown as an `Error` whose `code` is
//! `out-of-memory`, `no-device` or `device-lost`.

use crate::Table;
use js_sys::{Error, Promise, Reflect, Uint32Array};
use std::cell::RefCell;
use tilde_gpu::{Context, Gpu};
use tilde_graph::plan::Arena;
use tilde_graph::wire::{read_program, write_layout};
use tilde_graph::{DType, Device, DeviceError, Plan, compile};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    // Both a page and a worker have it.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn now() -> f64;

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

thread_local! {
    /// The GPU, opened once for all programs.
    static CONTEXT: RefCell<Option<Context>> = const { RefCell::new(None) };
    static LOADED: RefCell<Table<Gpu>> = const { RefCell::new(Table::new()) };
}

/// Loads a plan, on a GPU that is opened if none is open yet or it went away.
async fn opened(plan: Plan) -> Result<Gpu, DeviceError> {
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

fn thrown(error: DeviceError) -> Error {
    let thrown = Error::new(&error.to_string());
    // An object of our own is never frozen, so that the answer can only be "done".
    let set = |key: &str, value: JsValue| _ = Reflect::set(&thrown, &key.into(), &value);
    match error {
        DeviceError::Lost(_) => set("code", "device-lost".into()),
        // A GPU is never stopped.
        DeviceError::Unavailable(_) | DeviceError::Stopped => set("code", "no-device".into()),
        DeviceError::OutOfMemory { needed, limit } => {
            set("code", "out-of-memory".into());
            set("needed", (needed as f64).into());
            set("limit", (limit as f64).into());
        }
    }
    thrown
}

/// Does something with what is loaded under a handle.
fn with<T>(handle: u32, job: impl FnOnce(&mut Gpu) -> T) -> T {
    LOADED.with_borrow_mut(|loaded| job(loaded.get(handle)))
}

/// Compiles a program and loads it; promises its handle and the plan's layout.
#[wasm_bindgen]
pub async fn load(program: Vec<u8>) -> Result<Vec<u32>, Error> {
    let unknown = || DeviceError::Unavailable("it does not know such programs".into());
    let program = read_program(&program).ok_or_else(unknown).map_err(thrown)?;
    let gpu = opened(compile(&program)).await.map_err(thrown)?;
    let layout = write_layout(gpu.plan());
    let handle = LOADED.with_borrow_mut(|loaded| loaded.add(gpu));
    Ok([handle].into_iter().chain(layout).collect())
}

/// Enqueues a schedule, pairs of entry and count, `times` over.
#[wasm_bindgen]
pub fn run(handle: u32, schedule: &[u32], times: u32) -> Result<(), Error> {
    let schedule: Vec<(usize, u32)> =
        schedule.chunks_exact(2).map(|pair| (pair[0] as usize, pair[1])).collect();
    with(handle, |gpu| gpu.run(&schedule, times)).map_err(thrown)
}

/// Enqueues a write of words: those of an arena of floats are their bits.
#[wasm_bindgen]
pub fn write(handle: u32, arena: usize, offset: u32, words: Vec<u32>) {
    let arena = Arena::ALL[arena];
    with(handle, |gpu| match arena.dtype() {
        DType::U32 => gpu.write_u(arena, offset, &words),
        DType::F32 => {
            let values: Vec<f32> = words.into_iter().map(f32::from_bits).collect();
            gpu.write(arena, offset, &values);
        }
    });
}

/// Enqueues a read of words, and promises them.
#[wasm_bindgen]
pub fn read(handle: u32, arena: usize, offset: u32, length: u32) -> Promise {
    let arena = Arena::ALL[arena];
    let words = with(handle, |gpu| match arena.dtype() {
        DType::U32 => gpu.read_u(arena, offset, length),
        DType::F32 => {
            let floats = gpu.read(arena, offset, length);
            Box::pin(async move { Ok(floats.await?.into_iter().map(f32::to_bits).collect()) })
        }
    });
    wasm_bindgen_futures::future_to_promise(async move {
        let words = words.await.map_err(thrown)?;
        Ok(Uint32Array::from(&words[..]).into())
    })
}

/// Promises whether all that is learned is finite.
#[wasm_bindgen]
pub fn finite(handle: u32) -> Promise {
    let finite = with(handle, Gpu::finite);
    wasm_bindgen_futures::future_to_promise(async move { Ok(finite.await.map_err(thrown)?.into()) })
}

/// Promises how many milliseconds an entry takes `times` over, by the GPU's own clock; nothing where it has none to read.
#[wasm_bindgen]
pub fn time(handle: u32, entry: usize, times: u32) -> Promise {
    let time = with(handle, |gpu| gpu.time(entry, times));
    wasm_bindgen_futures::future_to_promise(async move { Ok(time.await.map_err(thrown)?.into()) })
}

/// Gives up what is loaded under a handle. Reads under way go on.
#[wasm_bindgen]
pub fn free(handle: u32) {
    LOADED.with_borrow_mut(|loaded| loaded.free(handle));
}
