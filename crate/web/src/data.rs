//! Files of the user's own: the module `files`, fetched when one is chosen.

use crate::js::{Thrown, floats, words};
use crate::types;
use tilde_models::data::{Parsed, parse};
use wasm_bindgen::prelude::*;

/// Reads an IDX, NPY or text file. The name is for messages only; what it holds decides.
#[wasm_bindgen(unchecked_return_type = "Parsed")]
pub fn parse_data(name: &str, bytes: &[u8]) -> Result<JsValue, JsValue> {
    let wide = |labels: &[u8]| words(&labels.iter().map(|&l| u32::from(l)).collect::<Vec<_>>());
    let none = JsValue::UNDEFINED;
    let read = match parse(name, bytes).map_err(Thrown::from)? {
        Parsed::Images(images) => {
            let labels = if images.labels.is_empty() { none } else { wide(&images.labels) };
            let shape = vec![images.n, images.height, images.width];
            types::Parsed { kind: "images", data: floats(&images.to_floats()), shape, labels }
        }
        Parsed::Labels(labels) => {
            types::Parsed { kind: "labels", data: wide(&labels), shape: vec![labels.len()], labels: none }
        }
        Parsed::Points(points) => {
            let shape = vec![points.len() / 2, 2];
            types::Parsed { kind: "points", data: floats(&points), shape, labels: none }
        }
    };
    Ok(serde_wasm_bindgen::to_value(&read)?)
}
