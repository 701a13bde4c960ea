//! The engine against answers that no code of this project had a part in: PyTorch, JAX, NumPy and
//! scikit-learn in `float64` (`tests/goldens/README.md`).
//!
//! Every record is built as a graph, run by the `f64` interpreter and as a compiled plan on the
//! CPU, with vector instructions and without, and compared element by element. A module holds a
//! table `TESTED` of the records it checks; a record that is in no table must be in [`skipped`],
//! with the reason.

mod bayes;
mod closed;
mod convolutions;
mod file;
mod layers;
mod nets;
mod ops;
mod optimisers;
mod random;
mod second;
mod skipped;
mod torch_layers;
mod training;
mod trial;

use file::{FILES, Record, records};

/// Builds, runs and compares one record.
type Check = fn(&Record);

/// What checks a record: its name in the file, and the function. A name that ends in a dot stands
/// for a family, `unary.` for `unary.exp` and all others; the function fails for a member that it
/// does not know.
type Tested = (&'static str, Check);

/// Whether a name of a table means this record.
fn means(name: &str, record: &Record) -> bool {
    record.name() == name || (name.ends_with('.') && record.name().starts_with(name))
}

/// Runs the checks of the records of `file` that are in `table`.
fn run(file: &str, table: &[Tested]) {
    let all = records(file);
    for (name, check) in table {
        let found: Vec<&Record> = all.iter().filter(|r| means(name, r)).collect();
        assert!(!found.is_empty(), "{file} holds no record {name}");
        found.into_iter().for_each(check);
    }
}

/// All tables: a file, and what is tested of it.
fn tables() -> Vec<(&'static str, &'static [Tested])> {
    vec![
        ("torch", ops::TESTED),
        ("torch", optimisers::TESTED),
        ("torch", torch_layers::TESTED),
        ("torch", second::TESTED),
        ("torch", training::TESTED),
        ("threefry", random::TESTED),
        ("seed1", layers::TESTED),
        ("seed1", closed::TESTED),
        ("seed1", bayes::TESTED),
        ("seed1", convolutions::TESTED),
        ("seed1", optimisers::TESTED_SEED1),
        ("seed1", second::TESTED_SEED1),
    ]
}

#[test]
fn every_record_is_tested_or_listed_as_skipped() {
    for file in FILES {
        let tested: Vec<&str> =
            tables().into_iter().filter(|t| t.0 == file).flat_map(|t| t.1.iter().map(|c| c.0)).collect();
        let skipped: Vec<&str> = skipped::SKIPPED.iter().filter(|s| s.0 == file).map(|s| s.1).collect();
        let all = records(file);
        for record in &all {
            let times = tested.iter().chain(&skipped).filter(|n| means(n, record)).count();
            assert_eq!(times, 1, "{file}: {} must be in one table, tested or skipped", record.name());
        }
        for name in tested.iter().chain(&skipped) {
            assert!(all.iter().any(|r| means(name, r)), "{file} holds no record {name}");
        }
    }
}

#[test]
fn a_reason_is_a_sentence() {
    for (file, name, reason) in skipped::SKIPPED {
        assert!(reason.len() > 20 && reason.ends_with('.'), "{file} {name}: {reason}");
    }
}
