//! The settings under which an exhibit trains by other kernels.

use crate::adapter::block_on;
use crate::shipped::{SEED, small, sources};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::rc::Rc;
use tilde_cpu::Cpu;
use tilde_graph::plan::Arena;
use tilde_graph::{Device, DeviceError, Plan, Program, Task, compile};
use tilde_models::card::{Card, SettingKind, Value};
use tilde_models::{Run, Settings};

/// The small settings, and with them every choice by which a step runs other kernels. None for what has
/// no tensors.
pub fn variants(card: &'static Card) -> Vec<(String, Settings)> {
    let small = small(card);
    let first = step(&small).unwrap_or_else(|| panic!("the small settings open"));
    if first.is_empty() {
        return Vec::new();
    }
    let mut known = BTreeSet::from([first]);
    let mut all = vec![(String::from("small"), small.clone())];
    for setting in card.settings {
        let SettingKind::Choice(ids) = setting.kind else { continue };
        for (i, id) in ids.iter().enumerate() {
            let mut settings = small.clone();
            settings.set(setting.id, Value::Choice(i)).expect("a choice of the card");
            // Some choices exclude others of the small settings.
            if step(&settings).is_some_and(|step| known.insert(step)) {
                all.push((format!("{} = {id}", setting.id), settings));
            }
        }
    }
    all
}

/// The kernels of the entries that one step runs, and how often; empty for what has no tensors, `None` if
/// the settings exclude each other.
fn step(settings: &Settings) -> Option<String> {
    let ran = Rc::new(RefCell::new(String::new()));
    let load = async |program: &Program| {
        let device: Box<dyn Device> =
            Box::new(Watched { cpu: Cpu::load(compile(program))?, ran: Rc::clone(&ran) });
        Ok(device)
    };
    let mut run = block_on(Run::open(settings.clone(), SEED, sources(), load)).ok()?;
    ran.borrow_mut().clear();
    block_on(run.train(1)).expect("it trains");
    Some(ran.take())
}

/// The CPU, with a record of what it was asked to run.
struct Watched {
    cpu: Cpu,
    ran: Rc<RefCell<String>>,
}

impl Device for Watched {
    fn plan(&self) -> &Plan {
        self.cpu.plan()
    }

    fn run(&mut self, schedule: &[(usize, u32)], times: u32) -> Result<(), DeviceError> {
        for &(entry, count) in schedule {
            let text = &self.cpu.plan().entries[entry];
            // Writing to a String cannot fail.
            let _ = writeln!(self.ran.borrow_mut(), "{} times {text}", count * times);
        }
        self.cpu.run(schedule, times)
    }

    fn write(&mut self, arena: Arena, offset: u32, values: &[f32]) {
        self.cpu.write(arena, offset, values);
    }

    fn write_u(&mut self, arena: Arena, offset: u32, values: &[u32]) {
        self.cpu.write_u(arena, offset, values);
    }

    fn read(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<f32>> {
        self.cpu.read(arena, offset, len)
    }

    fn read_u(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<u32>> {
        self.cpu.read_u(arena, offset, len)
    }

    fn finite(&mut self) -> Task<'static, bool> {
        self.cpu.finite()
    }

    fn kind(&self) -> &'static str {
        self.cpu.kind()
    }

    fn describe(&self) -> String {
        self.cpu.describe()
    }
}
