//! What is not finite goes through every kernel, with vector instructions and without, as through the
//! interpreter.

mod common;
#[allow(dead_code, reason = "only the answers of a device are asked for")]
mod parity;

use common::special::{same, special};
use parity::{Load, now};
use tilde_cpu::Cpu;
use tilde_graph::{Device, compile};

fn agrees(load: Load) {
    let special = special();
    let mut cpu = load(compile(&special.program)).expect("small");
    for (var, values) in &special.inputs {
        let loc = cpu.plan().vars[var.id().0 as usize].loc;
        cpu.write(loc.arena, loc.offset, values);
    }
    cpu.run(&[(0, 1)], 1).expect("it runs");
    let places = cpu.plan().entries[0].outputs.clone();
    for (name, expected) in special.judged() {
        let place = places.iter().find(|o| o.name == name).expect("it is an output");
        let got = now(cpu.read(place.loc.arena, place.loc.offset, place.shape.len() as u32));
        same(&name, &got, &expected);
    }
}

#[test]
fn with_vector_instructions() {
    agrees(Cpu::load);
}

#[test]
fn without_them() {
    agrees(Cpu::load_portable);
}
