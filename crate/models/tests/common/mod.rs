//! Reading the golden files of `tests/goldens`.

// Each test file uses a part of this.
#![allow(dead_code)]

use serde_json::Value;
use std::path::Path;

/// The records of a file whose ids begin with `family`; there must be some.
pub fn records(file: &str, family: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/goldens/{file}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let whole: Value = serde_json::from_str(&text).expect("a golden file");
    let all = whole["records"].as_array().expect("records").iter();
    let found: Vec<Value> =
        all.filter(|r| r["id"].as_str().is_some_and(|id| id.starts_with(family))).cloned().collect();
    assert!(!found.is_empty(), "{file} holds no {family}");
    found
}

/// Numbers of a tensor, of nested lists or of one number, row-major.
pub fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Object(tensor) => numbers(&tensor["data"]),
        Value::Array(parts) => parts.iter().flat_map(numbers).collect(),
        number => vec![number.as_f64().unwrap_or_else(|| panic!("not a number: {number}"))],
    }
}

/// Fails unless all numbers agree within the tolerance, relative to those above 1.
pub fn near(what: &str, got: &[f64], known: &[f64], tolerance: f64) {
    assert_eq!(got.len(), known.len(), "{what}");
    for (got, known) in got.iter().zip(known) {
        assert!((got - known).abs() <= tolerance * known.abs().max(1.0), "{what}: {got}, not {known}");
    }
}
