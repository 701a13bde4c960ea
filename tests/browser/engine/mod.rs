//! An engine for the tests: the calls of `Engine` in JavaScript, on a device of the tests' own module.

use js_sys::{Function, Object, Promise, Reflect, Uint8Array, Uint32Array};
use std::cell::RefCell;
use std::rc::Rc;
use tilde_cpu::Cpu;
use tilde_gpu::{Context, Gpu};
use tilde_graph::plan::Arena;
use tilde_graph::wire::{read_program, write_layout};
use tilde_graph::{DType, Device, compile};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// What is loaded, by handle.
type Loaded = Rc<RefCell<Vec<Option<Box<dyn Device>>>>>;

fn words(words: &[u32]) -> JsValue {
    Uint32Array::from(words).into()
}

/// Words of the caller. Its memory is this module's too, which an allocation may move: JavaScript copies them
/// before one is made.
fn copied(words: &Uint32Array) -> Vec<u32> {
    words.slice(0, words.length()).to_vec()
}

/// What a failure is thrown as. The tests expect none.
fn thrown(error: impl std::fmt::Display) -> JsValue {
    js_sys::Error::new(&error.to_string()).into()
}

async fn open(backend: &str, bytes: &[u8]) -> Result<Box<dyn Device>, JsValue> {
    let plan = compile(&read_program(bytes).ok_or_else(|| thrown("no program"))?);
    Ok(match backend {
        "cpu" => Box::new(Cpu::load(plan).map_err(thrown)?),
        _ => {
            let context = Context::new().await.map_err(thrown)?;
            Box::new(Gpu::load(&context, plan).await.map_err(thrown)?)
        }
    })
}

fn promised(backend: &'static str, loaded: &Loaded, program: Uint8Array) -> Promise {
    let (loaded, program) = (loaded.clone(), program.slice(0, program.length()).to_vec());
    future_to_promise(async move {
        let device = open(backend, &program).await?;
        let layout = write_layout(device.plan());
        let mut loaded = loaded.borrow_mut();
        loaded.push(Some(device));
        Ok(words(&[&[loaded.len() as u32 - 1], &layout[..]].concat()))
    })
}

fn method(engine: &Object, name: &str, function: &JsValue) {
    let function: &Function = function.unchecked_ref();
    Reflect::set(engine, &name.into(), function).expect("a plain object takes methods");
}

/// An engine that runs programs in this module.
pub fn engine(backend: &'static str) -> JsValue {
    let loaded = Loaded::default();
    let engine = Object::new();

    let table = loaded.clone();
    let load =
        Closure::<dyn Fn(Uint8Array) -> Promise>::new(move |program| promised(backend, &table, program));
    method(&engine, "load", &load.into_js_value());

    let table = loaded.clone();
    let run = Closure::<dyn Fn(u32, Uint32Array, u32) -> Result<(), JsValue>>::new(
        move |handle: u32, schedule: Uint32Array, times: u32| {
            let pairs: Vec<_> = copied(&schedule).chunks(2).map(|pair| (pair[0] as usize, pair[1])).collect();
            let mut table = table.borrow_mut();
            table[handle as usize].as_mut().expect("it is loaded").run(&pairs, times).map_err(thrown)
        },
    );
    method(&engine, "run", &run.into_js_value());

    let table = loaded.clone();
    let write = Closure::<dyn Fn(u32, usize, u32, Uint32Array)>::new(
        move |handle: u32, arena: usize, offset: u32, words: Uint32Array| {
            let (arena, words) = (Arena::ALL[arena], copied(&words));
            let mut table = table.borrow_mut();
            let device = table[handle as usize].as_mut().expect("it is loaded");
            match arena.dtype() {
                DType::U32 => device.write_u(arena, offset, &words),
                DType::F32 => {
                    let floats: Vec<f32> = words.into_iter().map(f32::from_bits).collect();
                    device.write(arena, offset, &floats);
                }
            }
        },
    );
    method(&engine, "write", &write.into_js_value());

    let table = loaded.clone();
    let read = Closure::<dyn Fn(u32, usize, u32, u32) -> Promise>::new(
        move |handle: u32, arena: usize, offset: u32, length: u32| {
            let arena = Arena::ALL[arena];
            let mut table = table.borrow_mut();
            let device = table[handle as usize].as_mut().expect("it is loaded");
            match arena.dtype() {
                DType::U32 => {
                    let reading = device.read_u(arena, offset, length);
                    future_to_promise(async move { Ok(words(&reading.await.map_err(thrown)?)) })
                }
                DType::F32 => {
                    let reading = device.read(arena, offset, length);
                    future_to_promise(async move {
                        let floats = reading.await.map_err(thrown)?;
                        Ok(words(&floats.into_iter().map(f32::to_bits).collect::<Vec<_>>()))
                    })
                }
            }
        },
    );
    method(&engine, "read", &read.into_js_value());

    let table = loaded.clone();
    let finite = Closure::<dyn Fn(u32) -> Promise>::new(move |handle: u32| {
        let finite = table.borrow_mut()[handle as usize].as_mut().expect("it is loaded").finite();
        future_to_promise(async move { Ok(finite.await.map_err(thrown)?.into()) })
    });
    method(&engine, "finite", &finite.into_js_value());

    let free = Closure::<dyn Fn(u32)>::new(move |handle: u32| loaded.borrow_mut()[handle as usize] = None);
    method(&engine, "free", &free.into_js_value());
    engine.into()
}
