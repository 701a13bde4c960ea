//! The loss of a benchmark task after some steps by the naive f64 interpreter of its graph:
//! `cargo run --release -p tilde-models --example bench_reference -- TASK STEPS`.

use tilde_cpu::{Interpreter, Values};
use tilde_models::bench::{SEED, task};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(id), Some(steps)) = (arguments.next(), arguments.next()) else {
        return Err("name a task and a number of steps".into());
    };
    let task = task(&id)?;
    let mut judge = Interpreter::new(&task.program, SEED);
    judge.write(task.batch, Values::F(task.values.iter().map(|&v| f64::from(v)).collect()));
    for _ in 0..steps.parse::<u32>()? {
        task.step.iter().for_each(|&entry| judge.run(entry));
    }
    let loss = judge.output("loss").ok_or("the task gives no loss")?;
    println!("{}", loss.f()[0]);
    Ok(())
}
