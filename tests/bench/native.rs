//! Tilde as a native contestant: `bench_native TASK` sets a task up, then trains as many steps as
//! each line of its input says and answers with their milliseconds and the last loss, as JSON.

use pollster::block_on;
use std::io::{BufRead, Write, stdin, stdout};
use std::time::Instant;
use tilde_cpu::Cpu;
use tilde_graph::compile;
use tilde_models::Driver;
use tilde_models::bench::task;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let id = std::env::args().nth(1).ok_or("name a task")?;
    let task = task(&id)?;
    let device = Driver::new(Box::new(Cpu::load(compile(&task.program))?));
    task.start(&device);
    for line in stdin().lock().lines() {
        let steps = line?.trim().parse()?;
        let began = Instant::now();
        let loss = block_on(task.train(&device, steps))?;
        let ms = began.elapsed().as_secs_f64() * 1e3;
        writeln!(stdout(), "{{\"ms\": {ms}, \"loss\": {loss}}}")?;
    }
    Ok(())
}
