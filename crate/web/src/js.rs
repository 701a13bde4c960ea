//! Plain JavaScript values, made and read. The types of all objects are in [`types`](crate::types).

use js_sys::{
    Array, ArrayBuffer, Error as JsError, Float32Array, Object, Promise, Reflect, Uint8Array, Uint32Array,
};
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
        set(&thrown, "code", error.code().into());
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

fn set(object: &JsValue, key: &str, value: JsValue) {
    // An object of our own is never frozen, so that the answer can only be "done".
    let _ = Reflect::set(object, &key.into(), &value);
}

/// A plain object from its fields.
pub fn object<'a>(fields: impl IntoIterator<Item = (&'a str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (key, value) in fields {
        set(&object, key, value);
    }
    object.into()
}

/// What Rust makes for JavaScript.
pub trait Cross {
    /// The JavaScript value.
    fn cross(self) -> JsValue;
}

impl Cross for JsValue {
    fn cross(self) -> JsValue {
        self
    }
}

impl Cross for &str {
    fn cross(self) -> JsValue {
        self.into()
    }
}

impl Cross for String {
    fn cross(self) -> JsValue {
        self.into()
    }
}

impl Cross for f32 {
    fn cross(self) -> JsValue {
        self.into()
    }
}

impl Cross for f64 {
    fn cross(self) -> JsValue {
        self.into()
    }
}

impl Cross for u32 {
    fn cross(self) -> JsValue {
        self.into()
    }
}

impl Cross for bool {
    fn cross(self) -> JsValue {
        self.into()
    }
}

impl Cross for usize {
    fn cross(self) -> JsValue {
        (self as f64).into()
    }
}

impl<T: Cross> Cross for Vec<T> {
    fn cross(self) -> JsValue {
        let array = Array::new();
        // Collecting into an array is far more code for each kind of item.
        for item in self {
            array.push(&item.cross());
        }
        array.into()
    }
}

impl<T: Cross, const N: usize> Cross for [T; N] {
    fn cross(self) -> JsValue {
        Vec::from(self).cross()
    }
}

/// A `Float32Array` of its own memory.
pub fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

/// A `Uint32Array` of its own memory.
pub fn words(values: &[u32]) -> JsValue {
    Uint32Array::from(values).into()
}

/// What Rust reads of JavaScript.
pub trait Read: Sized {
    /// The value, if it is of this type.
    fn read(value: &JsValue) -> Option<Self>;
}

/// A field of an object.
pub fn field<T: Read>(object: &JsValue, key: &str) -> Option<T> {
    T::read(&Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED))
}

impl<T: Read> Read for Option<T> {
    fn read(value: &JsValue) -> Option<Option<T>> {
        if value.is_undefined() || value.is_null() { Some(None) } else { T::read(value).map(Some) }
    }
}

impl Read for JsValue {
    fn read(value: &JsValue) -> Option<JsValue> {
        Some(value.clone())
    }
}

impl Read for String {
    fn read(value: &JsValue) -> Option<String> {
        value.as_string()
    }
}

impl Read for bool {
    fn read(value: &JsValue) -> Option<bool> {
        value.as_bool()
    }
}

/// A whole number ≥ 0.
impl Read for u32 {
    fn read(value: &JsValue) -> Option<u32> {
        value.as_f64().and_then(to_word)
    }
}

impl Read for f64 {
    fn read(value: &JsValue) -> Option<f64> {
        value.as_f64()
    }
}

/// The items of an array or a typed array of any kind.
fn items(value: &JsValue) -> Option<Array> {
    (Array::is_array(value) || ArrayBuffer::is_view(value)).then(|| Array::from(value))
}

impl Read for Vec<f32> {
    fn read(value: &JsValue) -> Option<Vec<f32>> {
        if let Some(array) = value.dyn_ref::<Float32Array>() {
            return Some(array.to_vec());
        }
        items(value)?.iter().map(|v| v.as_f64().map(|x| x as f32)).collect()
    }
}

/// Whole numbers ≥ 0.
impl Read for Vec<u32> {
    fn read(value: &JsValue) -> Option<Vec<u32>> {
        if let Some(array) = value.dyn_ref::<Uint32Array>() {
            return Some(array.to_vec());
        }
        items(value)?.iter().map(|v| v.as_f64().and_then(to_word)).collect()
    }
}

/// Of an array, the objects of a type.
pub fn list<T: Read>(value: &JsValue) -> Option<Vec<T>> {
    items(value)?.iter().map(|item| T::read(&item)).collect()
}

impl Read for Vec<u8> {
    fn read(value: &JsValue) -> Option<Vec<u8>> {
        Some(value.dyn_ref::<Uint8Array>()?.to_vec())
    }
}

fn to_word(x: f64) -> Option<u32> {
    (x >= 0.0 && x <= f64::from(u32::MAX) && x.fract() == 0.0).then_some(x as u32)
}
