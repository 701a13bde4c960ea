//! The naive f64 interpreter of a task's graph, which judges everyone who is timed.

use tilde_cpu::{Interpreter, Values};
use tilde_models::bench::{Data, SEED, task};

/// Steps whose losses everyone is held against.
pub const STEPS: usize = 20;

/// The loss of each of the first steps of a task.
pub fn losses(id: &str) -> Result<Vec<f64>, Box<dyn std::error::Error>> {
    let task = task(id)?;
    let mut judge = Interpreter::new(&task.program, SEED);
    for (var, data) in &task.data {
        let values = match data {
            Data::Floats(values) => Values::F(values.iter().map(|&v| f64::from(v)).collect()),
            Data::Integers(values) => Values::U(values.clone()),
        };
        judge.write(*var, values);
    }
    let step = |_| {
        task.step.iter().for_each(|&entry| judge.run(entry));
        Ok(judge.output("loss").ok_or("the task gives no loss")?.f()[0])
    };
    (0..STEPS).map(step).collect()
}
