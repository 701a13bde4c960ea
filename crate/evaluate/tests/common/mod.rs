//! A host for the tests: the CPU, and the shipped data.

// Each test file uses a part of this.
#![allow(dead_code)]

#[path = "../../../../tests/shipped.rs"]
mod shipped;

use pollster::block_on;
use std::future::ready;
use tilde_cpu::Cpu;
use tilde_evaluate::Host;
use tilde_evaluate::figure::Figures;
use tilde_evaluate::gate::Trial;
use tilde_graph::{Device, Plan, Task};
use tilde_models::Error;
use tilde_models::exhibit::Sources;

/// This machine.
pub struct Here;

impl Host for Here {
    fn load(&self, plan: Plan) -> Task<'_, Box<dyn Device>, Error> {
        let device = Cpu::load(plan).map(|cpu| Box::new(cpu) as Box<dyn Device>);
        Box::pin(ready(device.map_err(Error::from)))
    }

    fn sources(&self) -> Sources {
        shipped::sources()
    }

    fn progress(&self, _exhibit: &str, _seed: u64, _step: u32, _steps: u32) {}
}

/// The figures of an exhibit after a trial.
pub fn figures(exhibit: &str, trial: Trial, seed: u64) -> Figures {
    block_on(tilde_evaluate::figures_of(&Here, exhibit, trial, seed))
        .unwrap_or_else(|e| panic!("{exhibit}: {e}"))
}

/// A record of `tests/goldens`.
pub fn golden(file: &str, id: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(format!("../../tests/goldens/{file}.json")).expect("a golden file");
    let whole: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let record = whole["records"].as_array().and_then(|all| all.iter().find(|record| record["id"] == id));
    record.unwrap_or_else(|| panic!("{file} holds no {id}")).clone()
}
