//! `tilde bench`: times the training steps that other libraries are compared on.

use crate::args::Bench;
use crate::backend::Backend;
use crate::failure::Failure;
use crate::table;
use pollster::block_on;
use serde_json::{Value as Json, json};
use std::io::Write;
use std::time::Instant;
use tilde_graph::compile;
use tilde_models::{Error, bench};

/// Steps before the clock starts: caches and clocks settle.
const WARM_UP: u32 = 20;

/// Times one task, or all.
pub fn run(args: &Bench, out: &mut dyn Write) -> Result<(), Failure> {
    let ids = args.task.as_ref().map_or(&bench::TASKS[..], |_| &[]);
    let ids = args.task.as_deref().into_iter().chain(ids.iter().copied());
    let backend = Backend::open(args.backend).map_err(Error::from)?;
    let (mut rows, mut reports) = (Vec::new(), Vec::new());
    for id in ids {
        let (device, milliseconds) = time(id, &backend, args.steps)?;
        rows.push([id.into(), format!("{milliseconds:.3} ms a step"), device.clone()]);
        reports
            .push(json!({ "task": id, "device": device, "steps": args.steps, "ms_per_step": milliseconds }));
    }
    if args.json {
        writeln!(out, "{:#}", Json::from(reports))?;
        return Ok(());
    }
    Ok(table::print(out, &rows)?)
}

/// The device's name and the milliseconds of a step.
fn time(id: &str, backend: &Backend, steps: u32) -> Result<(String, f64), Error> {
    let task = bench::task(id)?;
    let mut device = backend.load(compile(&task.program))?;
    task.start(&mut *device);
    block_on(task.train(&mut *device, WARM_UP))?;
    let began = Instant::now();
    block_on(task.train(&mut *device, steps))?;
    Ok((device.describe(), began.elapsed().as_secs_f64() * 1e3 / f64::from(steps)))
}
