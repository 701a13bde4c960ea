//! Files of the user's own.

use crate::js::{Result, floats, object, sizes, words};
use tilde_models::data::{Parsed, parse};
use wasm_bindgen::prelude::*;

/// Reads an IDX, NPY or text file. The name is for messages only; what it holds decides.
#[wasm_bindgen(unchecked_return_type = "Parsed")]
pub fn parse_data(name: &str, bytes: &[u8]) -> Result<JsValue> {
    let wide = |labels: &[u8]| words(&labels.iter().map(|&l| u32::from(l)).collect::<Vec<_>>());
    let (kind, data, shape, labels) = match parse(name, bytes)? {
        Parsed::Images(images) => {
            let labels = if images.labels.is_empty() { JsValue::UNDEFINED } else { wide(&images.labels) };
            ("images", floats(&images.to_floats()), sizes(&[images.n, images.height, images.width]), labels)
        }
        Parsed::Labels(labels) => ("labels", wide(&labels), sizes(&[labels.len()]), JsValue::UNDEFINED),
        Parsed::Points(points) => {
            ("points", floats(&points), sizes(&[points.len() / 2, 2]), JsValue::UNDEFINED)
        }
    };
    Ok(object([("kind", kind.into()), ("data", data), ("shape", shape), ("labels", labels)]))
}
