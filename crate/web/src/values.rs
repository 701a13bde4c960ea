//! Between the objects of [`types`](crate::types) and what the models take and give.

use crate::js::{self, Cross, Read, floats, object, words};
use crate::types::{
    Acted, GivenInput, GivenTensor, Layer, Losses, Payload, Picture, RunFrame, RunOptions, Samples,
    SavedTensor, UserData,
};
use js_sys::{Array, Float64Array, Object};
use tilde_models::card::{Card, SettingKind, Value};
use tilde_models::data::Images;
use tilde_models::inputs::Inputs;
use tilde_models::{Error, Frame, History, Run, Saved, SavedValues, Settings, exhibit};
use wasm_bindgen::{JsCast, JsValue};

/// 2⁵³ − 1.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

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

/// How a run is opened.
///
/// # Errors
/// [`Error::BadData`] if a part is of another type.
pub fn to_options(options: &JsValue) -> js::Result<RunOptions> {
    Ok(RunOptions::read(options).ok_or_else(|| bad_data("An option is not of its type."))?)
}

/// Data of the user's own.
///
/// # Errors
/// [`Error::BadData`] if there are none, or not as many as their shape says.
pub fn to_user_data(data: UserData) -> js::Result<exhibit::UserData> {
    if let Some(text) = data.text {
        return Ok(exhibit::UserData::Text(text));
    }
    let shape = data.shape.ok_or_else(|| bad_data("`data` needs its `shape`."))?;
    let shape: Vec<usize> = shape.into_iter().map(|n| n as usize).collect();
    if let Some(points) = data.points {
        if !matches!(shape[..], [n, 2] if 2 * n == points.len()) {
            return Err(bad_data("Points need the shape [N, 2], and two numbers each.").into());
        }
        if let Some(labels) = data.labels {
            return Ok(exhibit::UserData::Classed { points, classes: to_bytes(labels)? });
        }
        return Ok(exhibit::UserData::Points(points));
    }
    let images = data.images.ok_or_else(|| bad_data("`data` needs `images`, `points` or `text`."))?;
    let labels = to_bytes(data.labels.unwrap_or_default())?;
    Ok(exhibit::UserData::Images(Images::from_floats(&images, &shape, labels)?))
}

fn to_bytes(labels: Vec<u32>) -> js::Result<Vec<u8>> {
    let bytes: Option<Vec<u8>> = labels.into_iter().map(|l| u8::try_from(l).ok()).collect();
    Ok(bytes.ok_or_else(|| bad_data("`labels` must be whole numbers from 0 to 255."))?)
}

/// Figures by id.
pub fn metrics(metrics: &[(&'static str, f64)]) -> JsValue {
    object(metrics.iter().map(|&(id, value)| (id, value.into())))
}

/// Samples.
pub fn samples(samples: exhibit::Samples) -> JsValue {
    Samples { kind: samples.kind, data: floats(&samples.data), shape: samples.shape }.cross()
}

/// A picture's numbers.
pub fn picture(picture: exhibit::Picture) -> Picture {
    let exhibit::Picture { layers, extent, range, columns } = picture;
    Picture { layers: layers.into_iter().map(layer).collect(), extent, range, columns }
}

/// What is on show at one time.
pub fn frame(frame: Frame) -> JsValue {
    let Frame { figures, pictures, losses: history } = frame;
    let pictures = pictures.into_iter().map(picture).collect();
    RunFrame { metrics: metrics(&figures), pictures, losses: losses(&history) }.cross()
}

/// Losses over steps.
pub fn losses(history: &History) -> Losses {
    Losses {
        names: history.names().to_vec(),
        stride: history.stride(),
        steps: words(history.steps()),
        values: floats(history.values()),
    }
}

/// Settings by id, as [`to_values`] takes them.
fn settings(settings: &Settings) -> JsValue {
    object(settings.iter().map(|(setting, value)| {
        let value = match (setting.kind, value) {
            (SettingKind::Choice(ids), Value::Choice(i)) => ids[i].into(),
            (_, Value::Number(x)) => x.into(),
            (_, Value::Choice(i)) => (i as f64).into(),
            (_, Value::Flag(on)) => on.into(),
        };
        (setting.id, value)
    }))
}

/// What an input has left.
pub fn acted(run: &Run) -> JsValue {
    Acted { settings: settings(run.settings()), own: run.has_own_data() }.cross()
}

/// Inputs, as [`to_inputs`] takes them.
pub fn inputs(inputs: &Inputs) -> JsValue {
    let given = inputs.iter().map(|(id, payload)| {
        let exhibit::Payload { points, at, picks, text } = payload;
        let mut fields: Vec<(&str, JsValue)> = Vec::new();
        if !points.is_empty() {
            fields.push(("points", floats(points)));
        }
        if let Some(at) = at {
            fields.push(("at", floats(at)));
        }
        if !picks.is_empty() {
            fields.push(("picks", picks.clone().cross()));
        }
        if !text.is_empty() {
            fields.push(("text", text.as_str().into()));
        }
        object([("id", id.into()), ("payload", object(fields))])
    });
    given.collect::<Vec<_>>().cross()
}

/// The way back from [`inputs`].
pub fn to_inputs(given: Option<Vec<GivenInput>>) -> js::Result<Vec<(String, exhibit::Payload)>> {
    given
        .unwrap_or_default()
        .into_iter()
        .map(|GivenInput { id, payload }| Ok((id, to_payload(&payload)?)))
        .collect()
}

fn layer(layer: exhibit::Layer) -> Layer {
    let exhibit::Layer { id, role, kind, data, shape, labels } = layer;
    Layer { id, role: role.into(), kind: kind.into(), data: floats(&data), shape, labels: words(&labels) }
}

/// What an action carries.
pub fn to_payload(payload: &JsValue) -> js::Result<exhibit::Payload> {
    let read = Option::<Payload>::read(payload).ok_or_else(|| bad_data("The payload is not of its type."))?;
    let Some(Payload { points, at, picks, text }) = read else { return Ok(exhibit::Payload::default()) };
    let at = at.map(|at| at.try_into().map_err(|_| bad_data("`at` must be two numbers."))).transpose()?;
    let picks = picks.unwrap_or_default().into_iter().map(|pick| pick as usize).collect();
    Ok(exhibit::Payload { points: points.unwrap_or_default(), at, picks, text: text.unwrap_or_default() })
}

/// Saved state.
pub fn saved(state: Vec<Saved>) -> JsValue {
    let tensor = |Saved { name, shape, values }: Saved| {
        let dtype = values.dtype();
        let data = match values {
            SavedValues::F32(values) => floats(&values),
            SavedValues::F64(values) => Float64Array::from(&values[..]).into(),
            SavedValues::U32(values) => words(&values),
        };
        SavedTensor { name, dtype, shape, data }
    };
    state.into_iter().map(tensor).collect::<Vec<_>>().cross()
}

/// The way back from [`saved`].
pub fn to_saved(state: &Array) -> js::Result<Vec<Saved>> {
    let read = |tensor: JsValue| {
        let GivenTensor { name, dtype, shape, data } = GivenTensor::read(&tensor)?;
        let values = match dtype.as_str() {
            "F32" => SavedValues::F32(Read::read(&data)?),
            "F64" => SavedValues::F64(data.dyn_into::<Float64Array>().ok()?.to_vec()),
            "U32" => SavedValues::U32(Read::read(&data)?),
            _ => return None,
        };
        Some(Saved { name, shape: shape.into_iter().map(|n| n as usize).collect(), values })
    };
    let all: Option<Vec<Saved>> = state.iter().map(read).collect();
    Ok(all.ok_or_else(|| {
        Error::BadFile("A tensor lacks its name, its dtype (F32, F64 or U32), its shape or its data.".into())
    })?)
}

/// The error of data of the wrong form.
fn bad_data(message: &str) -> Error {
    Error::BadData(message.into())
}
