//! Whether `losses.json` is still what the interpreter says, and whether the CPU backend reaches it.

mod judge;

use pollster::block_on;
use std::collections::BTreeMap;
use tilde_cpu::Cpu;
use tilde_graph::compile;
use tilde_models::Driver;
use tilde_models::bench::{TASKS, task};

/// How far a backend's loss may be from the interpreter's, relatively: `run.mjs` allows as much.
const TOLERANCE: f64 = 1e-3;

fn recorded() -> BTreeMap<String, Vec<f64>> {
    serde_json::from_str(include_str!("losses.json")).expect("an object of arrays of numbers")
}

#[test]
fn every_task_is_recorded() {
    let recorded = recorded();
    let mut tasks = TASKS.to_vec();
    tasks.sort_unstable();
    assert_eq!(recorded.keys().map(String::as_str).collect::<Vec<_>>(), tasks);
    assert!(recorded.values().all(|losses| losses.len() == judge::STEPS));
}

/// Those that the interpreter does in seconds.
#[test]
fn the_interpreter_still_says_so() {
    let recorded = recorded();
    for id in ["gan2d_lab", "gan2d", "ddpm2d", "matmul256"] {
        for (step, (now, then)) in judge::losses(id).unwrap().iter().zip(&recorded[id]).enumerate() {
            // Sums may be taken in another order.
            assert!((now / then - 1.0).abs() < 1e-9, "{id}, step {}: {now} and not {then}", step + 1);
        }
    }
}

#[test]
fn the_cpu_trains_to_the_recorded_losses() {
    for (id, losses) in recorded() {
        let task = task(&id).unwrap();
        let device = Driver::new(Box::new(Cpu::load(compile(&task.program)).unwrap()));
        task.start(&device);
        for (step, loss) in losses.iter().enumerate() {
            let ours = f64::from(block_on(task.train(&device, 1)).unwrap());
            assert!((ours / loss - 1.0).abs() < TOLERANCE, "{id}, step {}: {ours} and not {loss}", step + 1);
        }
    }
}
