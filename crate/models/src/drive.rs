//! Small steps in driving a device by the names of its plan.

use crate::Error;
use crate::exhibit::Task;
use crate::settings::Settings;
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use tilde_graph::rng::site_key;
use tilde_graph::{Device, Knob, Program, Role, Var, VarId};

/// Writes a float variable.
pub fn write(device: &mut dyn Device, var: Var, values: &[f32]) {
    let loc = device.plan().vars[var.id().0 as usize].loc;
    device.write(loc.arena, loc.offset, values);
}

/// Writes an integer variable.
pub fn write_u(device: &mut dyn Device, var: Var, values: &[u32]) {
    let loc = device.plan().vars[var.id().0 as usize].loc;
    device.write_u(loc.arena, loc.offset, values);
}

/// Reads a float variable as it is now; the answer may be waited for later.
pub fn read(device: &mut dyn Device, var: Var) -> Task<'static, Vec<f32>> {
    let v = &device.plan().vars[var.id().0 as usize];
    let (loc, len) = (v.loc, v.shape.len() as u32);
    begun(device.read(loc.arena, loc.offset, len))
}

/// Reads an integer variable, likewise.
pub fn read_u(device: &mut dyn Device, var: Var) -> Task<'static, Vec<u32>> {
    let v = &device.plan().vars[var.id().0 as usize];
    let (loc, len) = (v.loc, v.shape.len() as u32);
    let read = device.read_u(loc.arena, loc.offset, len);
    Box::pin(async move { Ok(read.await?) })
}

fn begun(read: tilde_graph::Task<'static, Vec<f32>>) -> Task<'static, Vec<f32>> {
    Box::pin(async move { Ok(read.await?) })
}

/// Sets a live scalar.
pub fn set_knob(device: &mut dyn Device, knob: Knob, value: f32) {
    let knobs = device.plan().knobs;
    device.write(knobs.arena, knobs.offset + knob.0, &[value]);
}

/// Sets every live scalar that is called like a setting to that setting's value.
pub fn set_knobs(device: &mut dyn Device, program: &Program, settings: &Settings) {
    for (i, (name, _)) in program.knobs().iter().enumerate() {
        if settings.card().settings.iter().any(|s| s.id == name) {
            set_knob(device, Knob(i as u32), settings.number(name) as f32);
        }
    }
}

/// Seeds the draws of one entry and starts its count anew.
pub fn seed_entry(device: &mut dyn Device, entry: usize, seed: u64) {
    let e = &device.plan().entries[entry];
    let (keys, counter, sites) = (e.keys, e.counter, e.sites);
    let words: Vec<u32> = (0..sites).flat_map(|s| site_key(seed, entry as u32, s)).collect();
    device.write_u(keys.arena, keys.offset, &words);
    device.write_u(counter.arena, counter.offset, &[0]);
}

/// Runs one entry once.
///
/// # Errors
/// [`Error::DeviceLost`].
pub fn run(device: &mut dyn Device, entry: usize) -> Result<(), Error> {
    Ok(device.run(&[(entry, 1)], 1)?)
}

/// Reads what an entry gave out when it last ran; the answer may be waited for later, even while
/// the entry runs again.
pub fn output(device: &mut dyn Device, entry: usize, name: &str) -> Task<'static, Vec<f32>> {
    let out = device.plan().entries[entry].outputs.iter().find(|o| o.name == name);
    match out.map(|o| (o.loc, o.shape.len() as u32)) {
        Some((loc, len)) => begun(device.read(loc.arena, loc.offset, len)),
        None => {
            let message = format!("There is no output '{name}'.");
            Box::pin(core::future::ready(Err(Error::BadData(message))))
        }
    }
}

/// Runs an entry until its output has given `len` numbers, and joins them. All runs are enqueued
/// before the first is waited for.
///
/// # Errors
/// [`Error::DeviceLost`].
pub async fn collect(
    device: &mut dyn Device,
    entry: usize,
    name: &str,
    len: usize,
) -> Result<Vec<f32>, Error> {
    let shape = device.plan().entries[entry].outputs.iter().find(|o| o.name == name).map(|o| o.shape);
    let runs = len.div_ceil(shape.map_or(1, |s| s.len()).max(1));
    let mut parts = Vec::new();
    for _ in 0..runs {
        run(device, entry)?;
        parts.push(output(device, entry, name));
    }
    joined(parts, len).await
}

/// The first `len` numbers of what several reads give, in their order.
///
/// # Errors
/// [`Error::DeviceLost`].
pub async fn joined(parts: Vec<Task<'static, Vec<f32>>>, len: usize) -> Result<Vec<f32>, Error> {
    let mut out = Vec::with_capacity(len);
    for part in parts {
        out.extend(part.await?);
    }
    out.truncate(len);
    Ok(out)
}

/// Writes initial values of all state, knobs and draw keys.
pub fn start(device: &mut dyn Device, program: &Program, seed: u64) {
    for (i, decl) in program.vars().iter().enumerate() {
        let loc = device.plan().vars[i].loc;
        match (decl.role, decl.dtype) {
            (Role::State, tilde_graph::DType::F32) => {
                device.write(loc.arena, loc.offset, &program.initial_values(VarId(i as u32), seed));
            }
            (Role::State, tilde_graph::DType::U32) => {
                device.write_u(loc.arena, loc.offset, &alloc::vec![0; decl.shape.len()]);
            }
            _ => {}
        }
    }
    for (i, (_, value)) in program.knobs().iter().enumerate() {
        set_knob(device, Knob(i as u32), *value);
    }
    for entry in 0..program.entries().len() {
        seed_entry(device, entry, seed);
    }
}
