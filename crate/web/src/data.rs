//! Files of the user's own: the module `files`, fetched when one is chosen.

use crate::js::{Thrown, floats, words};
use serde::Serialize;
use tilde_models::data::{Parsed, parse};
use wasm_bindgen::prelude::*;

/// What a file held (`Parsed` of the types). Numbers are typed arrays of their own memory.
#[derive(Serialize)]
struct Read {
    kind: &'static str,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    data: JsValue,
    shape: Vec<usize>,
    /// Undefined if the file had none.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    labels: JsValue,
}

/// Reads an IDX, NPY or text file. The name is for messages only; what it holds decides.
#[wasm_bindgen(unchecked_return_type = "Parsed")]
pub fn parse_data(name: &str, bytes: &[u8]) -> Result<JsValue, JsValue> {
    let wide = |labels: &[u8]| words(&labels.iter().map(|&l| u32::from(l)).collect::<Vec<_>>());
    let none = JsValue::UNDEFINED;
    let read = match parse(name, bytes).map_err(Thrown::from)? {
        Parsed::Images(images) => {
            let labels = if images.labels.is_empty() { none } else { wide(&images.labels) };
            let shape = vec![images.n, images.height, images.width];
            Read { kind: "images", data: floats(&images.to_floats()), shape, labels }
        }
        Parsed::Labels(labels) => {
            Read { kind: "labels", data: wide(&labels), shape: vec![labels.len()], labels: none }
        }
        Parsed::Points(points) => {
            Read { kind: "points", data: floats(&points), shape: vec![points.len() / 2, 2], labels: none }
        }
    };
    Ok(serde_wasm_bindgen::to_value(&read)?)
}
