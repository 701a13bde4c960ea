//! Golden files of `tests/goldens`, for the tests inside modules.

use crate::Driver;
use crate::numeric::scalar::largest;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use pollster::block_on;
use serde_json::Value;
use std::path::Path;
use tilde_cpu::{Cpu, Interpreter, Values};
use tilde_graph::{Group, Program, Var, compile};

/// The record of that id.
pub fn record(file: &str, id: &str) -> Value {
    records(file, id).into_iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("there is no {id}"))
}

/// The records of a file whose ids begin with `family`; there must be some.
pub fn records(file: &str, family: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(std::format!("../../tests/goldens/{file}.json"));
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let all = whole["records"].as_array().unwrap().iter();
    let found: Vec<Value> = all.filter(|r| r["id"].as_str().unwrap().starts_with(family)).cloned().collect();
    assert!(!found.is_empty(), "{file} holds no {family}");
    found
}

/// Numbers of a tensor, of nested lists or of one number, row-major.
pub fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Object(tensor) => numbers(&tensor["data"]),
        Value::Array(parts) => parts.iter().flat_map(numbers).collect(),
        number => alloc::vec![number.as_f64().unwrap()],
    }
}

/// A map of tensors in the layout of a group.
pub fn flat(program: &Program, group: &Group, map: &Value) -> Vec<f64> {
    let decl = &program.vars()[group.var().id().0 as usize];
    let mut out = alloc::vec![0.0; decl.shape.len()];
    for p in &decl.params {
        let (_, name) = p.name.split_once('.').unwrap();
        out[p.offset as usize..][..p.shape.len()].copy_from_slice(&numbers(&map[name]));
    }
    out
}

/// A map of tensors by our names, from one by the record's: pairs of the two.
pub fn named(map: &Value, names: &[(&str, &str)]) -> Value {
    names.iter().map(|(ours, theirs)| (String::from(*ours), map[*theirs].clone())).collect()
}

/// Fails unless all numbers agree within the tolerance, relative to those above 1.
pub fn near(what: &str, got: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(got.len(), expected.len(), "{what}");
    let off = largest(got.iter().zip(expected).map(|(a, b)| (a - b).abs() / b.abs().max(1.0)));
    assert!(off <= tolerance, "{what}: off by {off:e}");
}

/// Runs a program's only entry in the interpreter and on the CPU, from these contents of variables, and
/// compares its outputs. The interpreter's constants are rounded to `f32`.
pub fn agree(p: &Program, state: &[(Var, Vec<f64>)], expected: &[(&str, Vec<f64>)]) {
    agree_within(p, state, expected, [1e-6, 5e-6]);
}

/// The same with tolerances for the interpreter and for the CPU.
pub fn agree_within(
    p: &Program,
    state: &[(Var, Vec<f64>)],
    expected: &[(&str, Vec<f64>)],
    tolerance: [f64; 2],
) {
    let mut judge = Interpreter::new(p, 0);
    state.iter().for_each(|(var, values)| judge.write(*var, Values::F(values.clone())));
    judge.run(0);
    expected.iter().for_each(|(name, e)| near(name, judge.output(name).unwrap().f(), e, tolerance[0]));

    for cpu in [Cpu::load(compile(p)), Cpu::load_portable(compile(p))] {
        let device = Driver::new(Box::new(cpu.unwrap()));
        device.start(p, 0);
        for (var, values) in state {
            device.write(*var, &values.iter().map(|&x| x as f32).collect::<Vec<f32>>());
        }
        device.run(0).unwrap();
        for (name, e) in expected {
            let got = block_on(device.output(0, name)).unwrap();
            near(name, &got.into_iter().map(f64::from).collect::<Vec<f64>>(), e, tolerance[1]);
        }
    }
}
