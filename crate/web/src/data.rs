//! Files of the user's own: the module `files`, fetched when one is chosen.

use crate::js::{self, Cross, Thrown, floats, words};
use crate::types::{self, FileChoice};
use js_sys::Array;
use tilde_files::{Added, Choice, Crop, Files, Parsed, Shown, Want, parse};
use tilde_models::exhibit::UserData;
use wasm_bindgen::prelude::*;

/// Files that were chosen together for an exhibit.
#[wasm_bindgen]
pub struct WebFiles {
    files: Files,
}

#[wasm_bindgen]
impl WebFiles {
    /// No files yet, for an exhibit that takes these kinds of data: those of its card.
    #[wasm_bindgen(constructor)]
    pub fn new(kinds: Vec<String>) -> WebFiles {
        WebFiles { files: Files::new(Want::of(kinds.iter().map(|kind| &**kind))) }
    }

    /// Adds a file. What it gives is whether it is a picture, which the page decodes and gives to `add_picture`.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) -> Result<bool, JsValue> {
        let added = self.files.add(name, bytes).map_err(Thrown::from)?;
        Ok(matches!(added, Added::Picture(_)))
    }

    /// Adds a text that was pasted.
    pub fn add_text(&mut self, text: &str) {
        self.files.add_text(text);
    }

    /// Adds a picture: red, green, blue and opacity of each pixel.
    pub fn add_picture(
        &mut self,
        name: &str,
        width: usize,
        height: usize,
        rgba: &[u8],
    ) -> Result<(), JsValue> {
        Ok(self.files.add_picture(name, width, height, rgba).map_err(Thrown::from)?)
    }

    /// What the files hold, by a choice.
    #[wasm_bindgen(unchecked_return_type = "FileRead")]
    pub fn read(&self, #[wasm_bindgen(unchecked_param_type = "FileChoice")] choice: &JsValue) -> JsValue {
        let read = self.files.read(&to_choice(choice));
        let (data, refusal) = match read.data {
            Ok(data) => (user_data(&data), String::new()),
            Err(error) => (JsValue::UNDEFINED, error.to_string()),
        };
        let arrays = read.arrays.into_iter();
        types::FileRead {
            data,
            refusal,
            notes: read.notes,
            arrays: arrays.map(|array| types::ListedArray { name: array.name, what: array.what }).collect(),
            array: read.array,
            table: read.table.map_or(JsValue::UNDEFINED, shown),
        }
        .cross()
    }
}

/// Reads one IDX, NPY, NPZ or text file as it is. The name is for messages only; what it holds decides.
#[wasm_bindgen(unchecked_return_type = "Parsed")]
pub fn parse_data(name: &str, bytes: Vec<u8>) -> Result<JsValue, JsValue> {
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
    Ok(read.cross())
}

/// What an exhibit may learn from, as an object.
fn user_data(data: &UserData) -> JsValue {
    let wide = |labels: &[u8]| words(&labels.iter().map(|&l| u32::from(l)).collect::<Vec<_>>());
    match data {
        UserData::Points(points) => {
            js::object([("points", floats(points)), ("shape", vec![points.len() / 2, 2].cross())])
        }
        UserData::Classed { points, classes } => js::object([
            ("points", floats(points)),
            ("shape", vec![classes.len(), 2].cross()),
            ("labels", wide(classes)),
        ]),
        UserData::Images(images) => {
            let shape = vec![images.n, images.height, images.width].cross();
            let fields = [("images", floats(&images.to_floats())), ("shape", shape)];
            let labels = (!images.labels.is_empty()).then(|| ("labels", wide(&images.labels)));
            js::object(fields.into_iter().chain(labels))
        }
        UserData::Text(text) => js::object([("text", text.as_str().into())]),
    }
}

fn shown(table: Shown) -> JsValue {
    let Shown { names, rows, count, asks, columns } = table;
    let rows: Array = rows.into_iter().map(Cross::cross).collect();
    types::TableShown { names, rows: rows.into(), count, asks, columns }.cross()
}

fn to_choice(choice: &JsValue) -> Choice {
    let read: FileChoice = js::Read::read(choice).unwrap_or_default();
    let crop = match read.crop.as_deref() {
        Some("middle") => Crop::Middle,
        Some("ink") => Crop::Ink,
        _ => Crop::Whole,
    };
    let columns = read.columns.unwrap_or_default().into_iter().map(|column| column as usize).collect();
    Choice {
        array: read.array.map(|array| array as usize),
        columns,
        one_column: read.one_column,
        crop,
        transpose: read.transpose.unwrap_or(false),
        invert: read.invert.unwrap_or(false),
        as_is: false,
    }
}
