//! Plain JavaScript values, made and read by hand. A general serializer would cost 28 KB gzipped
//! and mirror types for everything that crosses.

use js_sys::{Array, ArrayBuffer, Error as JsError, Float32Array, Object, Promise, Reflect, Uint32Array};
use std::pin::Pin;
use tilde_models::Error;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::future_to_promise;

/// What an exported function throws: an `Error` with a `code`.
pub struct Thrown(JsValue);

/// What an exported function gives back.
pub type Result<T> = core::result::Result<T, Thrown>;

impl From<Error> for Thrown {
    fn from(error: Error) -> Thrown {
        let thrown = JsError::new(&error.to_string());
        set(&thrown, "code", error.code());
        Thrown(thrown.into())
    }
}

impl From<Thrown> for JsValue {
    fn from(thrown: Thrown) -> JsValue {
        thrown.0
    }
}

/// A promise of what a future gives. The future is boxed, so that the machinery behind a promise is
/// in the module once; exported `async` methods would have it once each.
pub fn promise(future: Pin<Box<dyn Future<Output = Result<JsValue>>>>) -> Promise {
    future_to_promise(async move { Ok(future.await?) })
}

fn set(object: &JsValue, key: &str, value: impl Into<JsValue>) {
    // An object of our own is never frozen, so that the answer can only be "done".
    let _ = Reflect::set(object, &key.into(), &value.into());
}

/// A plain object from its fields.
pub fn object<'a>(fields: impl IntoIterator<Item = (&'a str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (key, value) in fields {
        set(&object, key, value);
    }
    object.into()
}

/// An array of whatever `of` makes of the items.
pub fn array<T>(items: impl IntoIterator<Item = T>, of: impl Fn(T) -> JsValue) -> JsValue {
    let array = Array::new();
    // Collecting into an array is far more code for each kind of item.
    for item in items {
        array.push(&of(item));
    }
    array.into()
}

/// An array of sizes.
pub fn sizes(items: &[usize]) -> JsValue {
    array(items, |&n| (n as f64).into())
}

/// A `Float32Array` of its own memory.
pub fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

/// A `Uint32Array` of its own memory.
pub fn words(values: &[u32]) -> JsValue {
    Uint32Array::from(values).into()
}

/// A field that is neither missing nor `undefined` nor `null`.
pub fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    Reflect::get(object, &key.into()).ok().filter(|v| !v.is_undefined() && !v.is_null())
}

/// The items of an array or a typed array of any kind.
fn items(value: &JsValue) -> Option<Array> {
    (Array::is_array(value) || ArrayBuffer::is_view(value)).then(|| Array::from(value))
}

/// Floats from a typed array or an array of numbers.
pub fn to_floats(value: &JsValue) -> Option<Vec<f32>> {
    if let Some(array) = value.dyn_ref::<Float32Array>() {
        return Some(array.to_vec());
    }
    items(value)?.iter().map(|v| v.as_f64().map(|x| x as f32)).collect()
}

/// Whole numbers ≥ 0 from a typed array or an array of numbers.
pub fn to_words(value: &JsValue) -> Option<Vec<u32>> {
    if let Some(array) = value.dyn_ref::<Uint32Array>() {
        return Some(array.to_vec());
    }
    items(value)?.iter().map(|v| v.as_f64().and_then(to_word)).collect()
}

/// Sizes, as [`to_words`].
pub fn to_sizes(value: &JsValue) -> Option<Vec<usize>> {
    Some(to_words(value)?.into_iter().map(|n| n as usize).collect())
}

fn to_word(x: f64) -> Option<u32> {
    (x >= 0.0 && x <= f64::from(u32::MAX) && x.fract() == 0.0).then_some(x as u32)
}
