//! The golden files.

use serde_json::Value;
use std::path::Path;

/// The files, without their ending.
pub const FILES: [&str; 4] = ["torch", "threefry", "sklearn", "seed1"];

/// One record: an id, inputs, and the answers.
pub struct Record {
    pub id: String,
    pub given: Value,
    pub out: Value,
}

impl Record {
    /// The id without the inputs that some ids carry after a space.
    pub fn name(&self) -> &str {
        self.id.split(' ').next().unwrap_or("")
    }

    /// The list that an id carries as `key=[..]`.
    pub fn listed(&self) -> Vec<f64> {
        let list = self.id.split('=').nth(1).unwrap_or_else(|| panic!("{} carries no list", self.id));
        numbers(&serde_json::from_str(list).expect("a list of numbers"))
    }

    /// The operands.
    pub fn args(&self) -> Vec<Array> {
        list(&self.given["args"]).iter().map(array).collect()
    }

    /// The gradients with respect to the operands; none for an op that has none.
    pub fn grads(&self) -> Vec<Array> {
        self.out["grads"].as_array().map_or(vec![], |all| all.iter().map(array).collect())
    }
}

/// A row-major tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    pub shape: Vec<usize>,
    pub data: Vec<f64>,
}

/// All records of a file.
pub fn records(file: &str) -> Vec<Record> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/goldens/{file}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let whole: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let record = |r: &Value| Record {
        id: r["id"].as_str().expect("an id").to_string(),
        given: r["in"].clone(),
        out: r["out"].clone(),
    };
    list(&whole["records"]).iter().map(record).collect()
}

/// The elements of a JSON list.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

/// A JSON number.
pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("not a number: {value}"))
}

/// A JSON list of numbers.
pub fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(number).collect()
}

/// A JSON list of whole numbers.
pub fn whole(value: &Value) -> Vec<u32> {
    numbers(value).into_iter().map(|x| x as u32).collect()
}

/// A tensor: `{"shape", "data"}`, nested lists, or a plain number.
pub fn array(value: &Value) -> Array {
    match value {
        Value::Object(o) => {
            let shape = whole(&o["shape"]).into_iter().map(|d| d as usize).collect();
            Array { shape, data: numbers(&o["data"]) }
        }
        Value::Array(rows) => {
            let rows: Vec<Array> = rows.iter().map(array).collect();
            let inner = rows.first().map_or(vec![], |r| r.shape.clone());
            assert!(rows.iter().all(|r| r.shape == inner), "ragged lists");
            let shape = [vec![rows.len()], inner].concat();
            Array { shape, data: rows.into_iter().flat_map(|r| r.data).collect() }
        }
        other => Array { shape: vec![], data: vec![number(other)] },
    }
}
