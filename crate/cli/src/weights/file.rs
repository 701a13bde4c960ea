//! The container of a checkpoint, safetensors, read by the rules that the page has (`www/safetensors.js`):
//! `tests/cases/checkpoints.json` has a file for each of them.

use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use tilde_models::{Saved, SavedValues};

/// Bytes that a file may have.
const MOST_BYTES: usize = 128 << 20;
/// Bytes that its header may have.
const MOST_HEADER: u64 = 1 << 20;
/// Numbers up to here are exact in the JSON of the page.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// What a file holds.
pub struct File {
    /// Texts by key.
    pub metadata: BTreeMap<String, String>,
    /// Tensors in the order of the header. Halves are singles.
    pub tensors: Vec<Saved>,
}

/// The types that are read.
#[derive(Clone, Copy)]
enum Type {
    F32,
    F64,
    U32,
    F16,
    Bf16,
}

impl Type {
    fn named(name: &str) -> Option<Type> {
        Some(match name {
            "F32" => Type::F32,
            "F64" => Type::F64,
            "U32" => Type::U32,
            "F16" => Type::F16,
            "BF16" => Type::Bf16,
            _ => return None,
        })
    }

    /// Bytes of one number.
    fn bytes(self) -> usize {
        match self {
            Type::F64 => 8,
            Type::F32 | Type::U32 => 4,
            Type::F16 | Type::Bf16 => 2,
        }
    }

    fn read(self, bytes: &[u8]) -> SavedValues {
        match self {
            Type::F32 => SavedValues::F32(numbers(bytes, f32::from_le_bytes)),
            Type::F64 => SavedValues::F64(numbers(bytes, f64::from_le_bytes)),
            Type::U32 => SavedValues::U32(numbers(bytes, u32::from_le_bytes)),
            Type::F16 => SavedValues::F32(numbers(bytes, |b| half(u16::from_le_bytes(b)))),
            // The upper half of a single.
            Type::Bf16 => {
                SavedValues::F32(numbers(bytes, |b| f32::from_bits(u32::from(u16::from_le_bytes(b)) << 16)))
            }
        }
    }
}

/// Numbers of `N` bytes each.
fn numbers<T, const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
    let of = |chunk: &[u8]| {
        let mut number = [0; N];
        number.copy_from_slice(chunk);
        read(number)
    };
    bytes.chunks_exact(N).map(of).collect()
}

/// A number of ten bits and five for the exponent (IEEE 754 binary16).
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    sign * match exponent {
        0 => 2f32.powi(-24) * fraction,
        31 if fraction > 0.0 => f32::NAN,
        31 => f32::INFINITY,
        _ => 2f32.powi(exponent - 15) * (1.0 + fraction / 1024.0),
    }
}

/// Where a tensor is.
struct Place {
    name: String,
    kind: Type,
    shape: Vec<usize>,
    from: usize,
    to: usize,
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// What was expected and what was found.
    pub fn read(bytes: &[u8]) -> Result<File, String> {
        if bytes.len() > MOST_BYTES {
            return Err(format!("expected at most {MOST_BYTES} bytes, found {}", bytes.len()));
        }
        let Some((length, rest)) = bytes.split_first_chunk() else {
            return Err(format!("expected safetensors, found {} bytes", bytes.len()));
        };
        let length = u64::from_le_bytes(*length);
        if length > MOST_HEADER || length > rest.len() as u64 {
            return Err(format!(
                "expected a header of at most {MOST_HEADER} bytes, found a length of {length}"
            ));
        }
        let (header, values) = rest.split_at(length as usize);
        let Ok(Json::Object(mut header)) = serde_json::from_slice(header) else {
            return Err("expected a JSON header, found something else".into());
        };
        let metadata = texts(header.shift_remove("__metadata__"))?;
        let places = header.into_iter().map(place).collect::<Result<Vec<_>, _>>()?;
        check(&places, values.len())?;
        let tensors = places.into_iter().map(|place| tensor(place, values)).collect::<Result<_, _>>()?;
        Ok(File { metadata, tensors })
    }
}

/// The metadata: texts alone.
fn texts(metadata: Option<Json>) -> Result<BTreeMap<String, String>, String> {
    let wrong = || "expected metadata of texts, found something else".to_owned();
    let entries = match metadata {
        None | Some(Json::Null) => Map::new(),
        Some(Json::Object(entries)) => entries,
        Some(_) => return Err(wrong()),
    };
    entries
        .into_iter()
        .map(|(key, value)| match value {
            Json::String(text) => Ok((key, text)),
            _ => Err(wrong()),
        })
        .collect()
}

/// Whole numbers from 0, however they are written.
fn counts(list: Option<&Json>) -> Option<Vec<usize>> {
    let whole =
        |n: &Json| n.as_f64().filter(|x| *x >= 0.0 && *x <= EXACT && x.fract() == 0.0).map(|x| x as usize);
    list?.as_array()?.iter().map(whole).collect()
}

fn place((name, entry): (String, Json)) -> Result<Place, String> {
    let (dtype, shape) = (entry.get("dtype").and_then(Json::as_str), counts(entry.get("shape")));
    let (Some(dtype), Some(shape), Some(&[from, to])) =
        (dtype, shape, counts(entry.get("data_offsets")).as_deref())
    else {
        return Err(format!("{name}: expected a type, a shape and two offsets"));
    };
    let Some(kind) = Type::named(dtype) else {
        let found: String = dtype.chars().take(20).collect();
        return Err(format!("{name}: expected F32, F64, U32, F16 or BF16, found {found}"));
    };
    // Nothing of an empty tensor is multiplied beyond it.
    let product = shape.iter().try_fold(kind.bytes(), |product, &n| product.checked_mul(n));
    let count = if shape.contains(&0) { Some(0) } else { product };
    if to < from || count != Some(to - from) {
        let sizes = shape.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let found = to as i128 - from as i128;
        return Err(format!("{name}: shape [{sizes}] does not fit its {found} bytes"));
    }
    Ok(Place { name, kind, shape, from, to })
}

/// Every byte belongs to one tensor.
fn check(places: &[Place], length: usize) -> Result<(), String> {
    let mut order: Vec<&Place> = places.iter().collect();
    order.sort_by_key(|place| (place.from, place.to));
    let mut end = 0;
    for Place { name, from, to, .. } in order {
        if *from < end {
            return Err(format!("{name} shares bytes with another tensor"));
        }
        if *from > end {
            return Err(format!("the bytes before {name} belong to no tensor"));
        }
        end = *to;
    }
    if end != length {
        return Err(format!("its tensors take {end} bytes, found {length}"));
    }
    Ok(())
}

fn tensor(Place { name, kind, shape, from, to }: Place, values: &[u8]) -> Result<Saved, String> {
    let values = kind.read(&values[from..to]);
    let finite = match &values {
        SavedValues::F32(v) => v.iter().all(|x| x.is_finite()),
        SavedValues::F64(v) => v.iter().all(|x| x.is_finite()),
        SavedValues::U32(_) => true,
    };
    if !finite {
        return Err(format!("{name} holds numbers that are not finite"));
    }
    Ok(Saved { name, shape, values })
}
