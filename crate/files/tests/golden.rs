//! Networks as pgmpy writes them, with the marginals that pgmpy computes (`tests/goldens/make_bayes.py`).

use serde_json::Value;
use tilde_files::bif;
use tilde_models::data::network::eliminate::{Given, eliminate};

fn numbers(value: &Value) -> Vec<f64> {
    let data = value.get("data").unwrap_or(value);
    data.as_array().expect("numbers").iter().map(|x| x.as_f64().expect("a number")).collect()
}

#[test]
fn files_of_pgmpy_are_read() {
    let file = std::fs::read_to_string("../../tests/goldens/bayes.json").expect("goldens");
    let all: Value = serde_json::from_str(&file).expect("JSON");
    let all = all["records"].as_array().expect("records").iter();
    let of_files: Vec<&Value> =
        all.filter(|r| r["id"].as_str().is_some_and(|id| id.starts_with("bif."))).collect();
    assert!(!of_files.is_empty());
    for record in of_files {
        let network =
            bif::read(record["in"]["text"].as_str().expect("a text")).expect("a file of pgmpy").network;
        let free = vec![Given::Free; network.nodes.len()];
        let posterior = |i| eliminate(&network, &free, i).expect("it is small").posterior();
        let found: Vec<f64> = (0..free.len()).flat_map(posterior).collect();
        let expected = numbers(&record["out"]["posteriors"]);
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(&expected) {
            assert!((a - b).abs() <= 1e-12, "{}: {a}, {b}", record["id"]);
        }
    }
}
