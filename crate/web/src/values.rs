//! What crosses between the page and a run: settings, data, samples, pictures and saved state.

use crate::js::{self, array, floats, get, object, sizes, to_floats, to_sizes, to_words, words};
use js_sys::{Array, Object, Uint8Array};
use tilde_models::card::{Card, Role, SettingKind, Value, ViewKind};
use tilde_models::data::Images;
use tilde_models::exhibit::{Layer, Payload, Picture, Samples, Sources, UserData};
use tilde_models::{Error, Saved, SavedValues};
use wasm_bindgen::{JsCast, JsValue};

/// 2⁵³ − 1.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// The word for a role.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Data => "data",
        Role::Model => "model",
        Role::Truth => "truth",
        Role::Other => "other",
    }
}

/// The word for a kind of view.
pub fn view_kind_name(kind: ViewKind) -> &'static str {
    match kind {
        ViewKind::Points => "points",
        ViewKind::Field => "field",
        ViewKind::Vectors => "vectors",
        ViewKind::Images => "images",
        ViewKind::Bars => "bars",
        ViewKind::Text => "text",
        ViewKind::Lines => "lines",
        ViewKind::Curves => "curves",
        ViewKind::LogCurves => "log-curves",
        ViewKind::Stack => "stack",
        ViewKind::Network => "network",
        ViewKind::Table => "table",
    }
}

/// A setting's value: a number, a choice's id, or a flag. Whether it is in range is not asked here.
pub fn to_value(card: &Card, id: &str, value: &JsValue) -> Value {
    let kind = card.settings.iter().find(|s| s.id == id).map(|s| s.kind);
    let read = match kind {
        Some(SettingKind::Choice(ids)) => {
            let chosen = value.as_string();
            ids.iter().position(|&c| Some(c) == chosen.as_deref()).map(Value::Choice)
        }
        Some(SettingKind::Flag(_)) => value.as_bool().map(Value::Flag),
        _ => value.as_f64().map(Value::Number),
    };
    // A value of the wrong type becomes one that no setting of this kind takes, so that the models
    // refuse it in the words that they have for each.
    read.unwrap_or(Value::Number(f64::NAN))
}

/// The settings of an object.
pub fn to_values(card: &Card, settings: Option<JsValue>) -> Vec<(String, Value)> {
    let entries = settings.map(|s| Object::entries(s.unchecked_ref())).unwrap_or_default();
    let read = |entry: JsValue| {
        let entry: Array = entry.unchecked_into();
        let id = entry.get(0).as_string().unwrap_or_default();
        let value = to_value(card, &id, &entry.get(1));
        (id, value)
    };
    entries.iter().map(read).collect()
}

/// A seed: a whole number that JavaScript holds exactly.
pub fn to_seed(seed: &JsValue) -> js::Result<u64> {
    let seed = seed.as_f64().filter(|s| s.fract() == 0.0 && (0.0..=MAX_SAFE_INTEGER).contains(s));
    Ok(seed.ok_or_else(|| Error::BadSetting("The seed is a whole number from 0 to 2⁵³ − 1.".into()))? as u64)
}

/// What the exhibit may learn from: `{ data?, digits?, digit_labels?, lessons? }`.
pub fn to_sources(options: &JsValue) -> js::Result<Sources> {
    let user = get(options, "data").map(|data| to_user_data(&data)).transpose()?;
    let bytes = |key| get(options, key).and_then(|b| b.dyn_into::<Uint8Array>().ok()).map(|b| b.to_vec());
    let lessons = get(options, "lessons").and_then(|text| text.as_string());
    Ok(Sources { user, digits: bytes("digits").zip(bytes("digit_labels")), lessons })
}

/// `{ images, shape: [N, H, W], labels? }`, `{ points, shape: [N, 2] }` or `{ text }`.
fn to_user_data(data: &JsValue) -> js::Result<UserData> {
    if let Some(text) = get(data, "text").and_then(|text| text.as_string()) {
        return Ok(UserData::Text(text));
    }
    let shape =
        get(data, "shape").and_then(|s| to_sizes(&s)).ok_or_else(|| bad_data("`data` needs its `shape`."))?;
    let numbers =
        |key| get(data, key).map(|v| to_floats(&v).ok_or_else(|| bad_data("`data` must hold numbers.")));
    if let Some(points) = numbers("points").transpose()? {
        if !matches!(shape[..], [n, 2] if 2 * n == points.len()) {
            return Err(bad_data("Points need the shape [N, 2], and two numbers each.").into());
        }
        return Ok(UserData::Points(points));
    }
    let images = numbers("images")
        .transpose()?
        .ok_or_else(|| bad_data("`data` needs `images`, `points` or `text`."))?;
    let labels = get(data, "labels").map_or(Some(Vec::new()), |l| to_words(&l));
    let bytes = labels.and_then(|l| l.into_iter().map(|l| u8::try_from(l).ok()).collect());
    let labels = bytes.ok_or_else(|| bad_data("`labels` must be whole numbers from 0 to 255."))?;
    Ok(UserData::Images(Images::from_floats(&images, &shape, labels)?))
}

/// Figures by id.
pub fn metrics(metrics: &[(&'static str, f64)]) -> JsValue {
    object(metrics.iter().map(|&(id, value)| (id, value.into())))
}

/// Samples as `{ kind, data, shape }`.
pub fn samples(samples: &Samples) -> JsValue {
    object([("kind", samples.kind.into()), ("data", floats(&samples.data)), ("shape", sizes(&samples.shape))])
}

/// A picture's numbers.
pub fn picture(picture: &Picture) -> JsValue {
    object([
        ("layers", array(&picture.layers, layer)),
        ("extent", array(picture.extent, JsValue::from)),
        ("range", array(picture.range, JsValue::from)),
        ("columns", (picture.columns as f64).into()),
    ])
}

fn layer(layer: &Layer) -> JsValue {
    object([
        ("id", layer.id.into()),
        ("role", role_name(layer.role).into()),
        ("kind", view_kind_name(layer.kind).into()),
        ("data", floats(&layer.data)),
        ("shape", sizes(&layer.shape)),
        ("labels", words(&layer.labels)),
    ])
}

/// What an action carries, from `{ points?, at?, picks?, text? }`.
pub fn to_payload(payload: &JsValue) -> js::Result<Payload> {
    let mut read = Payload::default();
    if payload.is_undefined() || payload.is_null() {
        return Ok(read);
    }
    if let Some(points) = get(payload, "points") {
        read.points = to_floats(&points).ok_or_else(|| bad_data("`points` must be numbers, two a point."))?;
    }
    if let Some(at) = get(payload, "at") {
        let at = to_floats(&at).and_then(|at| at.try_into().ok());
        read.at = Some(at.ok_or_else(|| bad_data("`at` must be two numbers."))?);
    }
    if let Some(picks) = get(payload, "picks") {
        read.picks = to_sizes(&picks).ok_or_else(|| bad_data("`picks` must be whole numbers."))?;
    }
    if let Some(text) = get(payload, "text") {
        read.text = text.as_string().ok_or_else(|| bad_data("`text` must be a text."))?;
    }
    Ok(read)
}

/// Saved state as a list of `{ name, dtype, shape, data }`.
pub fn saved(state: &[Saved]) -> JsValue {
    array(state, |tensor| {
        let data = match &tensor.values {
            SavedValues::F32(values) => floats(values),
            SavedValues::F64(values) => js_sys::Float64Array::from(&values[..]).into(),
            SavedValues::U32(values) => words(values),
        };
        object([
            ("name", tensor.name.as_str().into()),
            ("dtype", tensor.values.dtype().into()),
            ("shape", sizes(&tensor.shape)),
            ("data", data),
        ])
    })
}

/// The way back from [`saved`].
pub fn to_saved(state: &Array) -> js::Result<Vec<Saved>> {
    let read = |tensor: JsValue| {
        let data = get(&tensor, "data")?;
        let values = match get(&tensor, "dtype")?.as_string()?.as_str() {
            "F32" => SavedValues::F32(to_floats(&data)?),
            "F64" => SavedValues::F64(data.dyn_into::<js_sys::Float64Array>().ok()?.to_vec()),
            "U32" => SavedValues::U32(to_words(&data)?),
            _ => return None,
        };
        let shape = to_sizes(&get(&tensor, "shape")?)?;
        Some(Saved { name: get(&tensor, "name")?.as_string()?, shape, values })
    };
    let all: Option<Vec<Saved>> = state.iter().map(read).collect();
    Ok(all.ok_or_else(|| {
        Error::BadFile("A tensor lacks its name, its dtype (F32, F64 or U32), its shape or its data.".into())
    })?)
}

/// The error of data of the wrong form.
pub fn bad_data(message: &str) -> Error {
    Error::BadData(message.into())
}
