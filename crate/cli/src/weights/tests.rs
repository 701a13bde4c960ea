//! Every rule of the reader, and files of any content.

use super::Weights;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value as Json, json};
use std::cell::Cell;
use std::time::{Duration, Instant};
use tilde_models::card::Card;
use tilde_models::{SavedValues, exhibits};

/// The cases that the page's reader is held against, too.
fn cases() -> Vec<Json> {
    let text = include_str!("../../../../tests/cases/checkpoints.json");
    serde_json::from_str(text).expect("the cases are JSON")
}

fn card() -> &'static Card {
    exhibits::card("elbo").expect("it is an exhibit")
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().map(|c| c.to_digit(16).expect("hexadecimal")).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

/// The file that a case describes.
fn file_of(case: &Json) -> Vec<u8> {
    if let Some(raw) = case.get("raw") {
        return bytes_of(raw.as_str().expect("a text"));
    }
    let header = match case.get("text") {
        Some(text) => text.as_str().expect("a text").to_owned(),
        None => {
            let mut metadata = json!({
                "format": "tilde", "version": "1", "exhibit": "elbo", "seed": "7", "step": "3", "settings": "{}"
            });
            for (key, value) in case.get("metadata").and_then(Json::as_object).into_iter().flatten() {
                match value {
                    Json::Null => drop(metadata.as_object_mut().expect("an object").remove(key)),
                    value => metadata[key] = value.clone(),
                }
            }
            let mut header = Map::from_iter([("__metadata__".to_owned(), metadata)]);
            header.extend(case["tensors"].as_object().expect("an object").clone());
            Json::from(header).to_string()
        }
    };
    let length = case.get("length").map_or(header.len() as u64, |n| n.as_f64().expect("a number") as u64);
    let mut file = length.to_le_bytes().to_vec();
    file.extend_from_slice(header.as_bytes());
    file.extend(bytes_of(case["bytes"].as_str().expect("a text")));
    file
}

#[test]
fn each_rule_accepts_and_refuses_what_it_should() {
    for case in cases() {
        let name = &case["name"];
        match (Weights::of(&file_of(&case), card()), case.get("refused")) {
            (Err(why), Some(refused)) => {
                assert!(why.contains(refused.as_str().expect("a text")), "{name}: {why}");
            }
            (Err(why), None) => panic!("{name}: {why}"),
            (Ok(_), Some(refused)) => panic!("{name}: should be refused, {refused}"),
            (Ok(weights), None) => {
                let values = case["values"].as_object().expect("an object");
                assert_eq!(weights.tensors.len(), values.len(), "{name}");
                for tensor in &weights.tensors {
                    let found: Vec<f64> = match &tensor.values {
                        SavedValues::F32(v) => v.iter().map(|&x| x.into()).collect(),
                        SavedValues::F64(v) => v.clone(),
                        SavedValues::U32(v) => v.iter().map(|&x| x.into()).collect(),
                    };
                    let known =
                        values[&tensor.name].as_array().expect("a list").iter().filter_map(Json::as_f64);
                    assert_eq!(found, known.collect::<Vec<_>>(), "{name}: {}", tensor.name);
                }
            }
        }
    }
}

/// Files that are nearly right: those of the cases with some bytes changed, cut out or put in. Half of them are
/// made from cases that are accepted, so that what lies behind the last rule is reached, too.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let (refused, accepted): (Vec<_>, Vec<_>) =
        cases().into_iter().partition(|case| case.get("refused").is_some());
    let of = |cases: Vec<Json>| prop::sample::select(cases.iter().map(file_of).collect::<Vec<_>>());
    let change = (
        any::<prop::sample::Index>(),
        any::<u8>(),
        0..4_u8,
        prop::sample::select(&b"0123456789[]{},:\"-.eF"[..]),
    );
    let file = prop_oneof![of(accepted), of(refused)];
    (file, prop::collection::vec(change, 0..6)).prop_map(|(mut file, changes)| {
        for (at, byte, how, letter) in changes {
            if file.is_empty() {
                break;
            }
            let at = at.index(file.len());
            match how {
                0 => file[at] = byte,
                1 => file[at] = letter,
                2 => drop(file.remove(at)),
                _ => file.insert(at, letter),
            }
        }
        file
    })
}

/// The same file with its whole numbers written without a fraction: to JSON, as the page reads it, 1.0 is 1, and the
/// library takes digits alone.
fn plainly(file: &[u8]) -> Vec<u8> {
    fn plain(value: &mut Json) {
        match value {
            Json::Number(n) => {
                if let Some(x) = n.as_f64().filter(|x| n.is_f64() && x.fract() == 0.0 && *x >= 0.0) {
                    *n = (x as u64).into();
                }
            }
            Json::Array(values) => values.iter_mut().for_each(plain),
            Json::Object(values) => values.values_mut().for_each(plain),
            Json::Null | Json::Bool(_) | Json::String(_) => {}
        }
    }
    let end = 8 + u64::from_le_bytes(file[..8].try_into().expect("it was read")) as usize;
    let mut header: Json = serde_json::from_slice(&file[8..end]).expect("it was read");
    plain(&mut header);
    let header = header.to_string();
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &file[end..]].concat()
}

/// Reads so many files: each is read or refused with words, within a second, and what is read is what the
/// library `safetensors` reads, too, once whole numbers are written as it wants them.
fn read_any(count: u32) {
    let mut runner = TestRunner::new(Config { cases: count, failure_persistence: None, ..Config::default() });
    let (read, slowest) = (Cell::new(0), Cell::new(Duration::ZERO));
    let any_file = prop_oneof![8 => nearly(), 1 => prop::collection::vec(any::<u8>(), 0..200)];
    let result = runner.run(&any_file, |file| {
        let start = Instant::now();
        let answer = Weights::of(&file, card());
        slowest.set(slowest.get().max(start.elapsed()));
        match answer {
            Ok(_) => {
                read.set(read.get() + 1);
                prop_assert!(safetensors::SafeTensors::deserialize(&plainly(&file)).is_ok());
            }
            Err(why) => prop_assert!(why.len() > 10),
        }
        Ok(())
    });
    result.unwrap_or_else(|e| panic!("{e}"));
    let (read, slowest) = (read.get(), slowest.get());
    assert!(slowest < Duration::from_secs(1), "a file took {slowest:?}");
    assert!(read > count / 50, "{read} of {count} were read");
    println!("{count} files, {read} read, the others refused; the slowest took {slowest:?}");
}

#[test]
fn any_file_is_read_or_refused() {
    read_any(2000);
}

/// The same for a million, in the slow tests.
#[test]
#[ignore = "takes minutes"]
fn a_million_files_are_read_or_refused() {
    read_any(1_000_000);
}
