//! `tilde bench`: times the training steps that other libraries are compared on.

use crate::args::Bench;
use crate::backend::Backend;
use crate::failure::Failure;
use crate::table;
use pollster::block_on;
use serde_json::{Value as Json, json};
use std::io::Write;
use std::time::{Duration, Instant};
use tilde_graph::compile;
use tilde_models::bench::{self, TASKS, Task};
use tilde_models::{Driver, Error};

/// The losses of every task's first steps by the f64 interpreter, an array a task.
const LOSSES: &str = include_str!("../../../tests/bench/losses.json");
/// How far a loss may be from the interpreter's, relatively.
const TOLERANCE: f64 = 1e-3;
/// How long a task is timed if nobody says how many steps.
const TARGET: Duration = Duration::from_secs(1);

/// Times one task, or all.
pub fn run(args: &Bench, out: &mut dyn Write) -> Result<(), Failure> {
    let ids = args.task.as_ref().map_or(&TASKS[..], |_| &[]);
    let ids = args.task.as_deref().into_iter().chain(ids.iter().copied());
    let backend = Backend::open(args.backend).map_err(Error::from)?;
    let (mut rows, mut reports) = (Vec::new(), Vec::new());
    for id in ids {
        let Timed { device, steps, ms } = time(id, &backend, args.steps)?;
        rows.push([id.into(), format!("{ms:.3} ms a step"), device.clone()]);
        reports.push(json!({ "task": id, "device": device, "steps": steps, "ms_per_step": ms }));
    }
    if args.json {
        writeln!(out, "{:#}", Json::from(reports))?;
        return Ok(());
    }
    Ok(table::print(out, &rows)?)
}

struct Timed {
    /// The device's name.
    device: String,
    /// How many steps were timed.
    steps: u32,
    /// Milliseconds a step.
    ms: f64,
}

fn time(id: &str, backend: &Backend, steps: Option<u32>) -> Result<Timed, Failure> {
    let task = bench::task(id)?;
    let device = Driver::new(backend.load(compile(&task.program)).map_err(Error::from)?);
    task.start(&device);
    // The checked steps are the warm-up, too: caches and clocks settle.
    let began = Instant::now();
    let checked = check(id, &task, &device)?;
    let per_step = began.elapsed().as_secs_f64() / f64::from(checked);
    let steps = steps.unwrap_or((TARGET.as_secs_f64() / per_step).max(1.0) as u32);
    let began = Instant::now();
    block_on(task.train(&device, steps))?;
    let ms = began.elapsed().as_secs_f64() * 1e3 / f64::from(steps);
    Ok(Timed { device: device.backend().1, steps, ms })
}

/// Trains the first steps and refuses a device whose losses are not the interpreter's: how fast it
/// is wrong is of no interest. Gives the number of steps.
fn check(id: &str, task: &Task, device: &Driver) -> Result<u32, Failure> {
    let known: Json = serde_json::from_str(LOSSES).expect("losses.json is JSON");
    let losses: Vec<f64> = known[id].as_array().into_iter().flatten().filter_map(Json::as_f64).collect();
    let mut steps = 0;
    for expected in losses {
        steps += 1;
        let loss = f64::from(block_on(task.train(device, 1))?);
        if (loss / expected - 1.0).abs() > TOLERANCE || loss.is_nan() {
            return Err(Failure::Failed(format!(
                "{id} does not train what it should on {}: after {steps} steps the loss is {loss}, by \
                 the f64 interpreter {expected}.",
                device.backend().1
            )));
        }
    }
    Ok(steps)
}
