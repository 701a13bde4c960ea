//! What a checkpoint holds: named tensors.

use crate::Error;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A saved tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// Name of the variable or parameter.
    pub name: String,
    /// Shape.
    pub shape: Vec<usize>,
    /// Contents.
    pub values: SavedValues,
}

/// Contents of a [`Saved`] tensor.
#[derive(Clone, Debug, PartialEq)]
pub enum SavedValues {
    /// Floats.
    F32(Vec<f32>),
    /// Floats of the exhibits that compute in double precision.
    F64(Vec<f64>),
    /// Integers.
    U32(Vec<u32>),
}

impl SavedValues {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            SavedValues::F32(v) => v.len(),
            SavedValues::F64(v) => v.len(),
            SavedValues::U32(v) => v.len(),
        }
    }

    /// The type's name in safetensors: "F32", "F64" or "U32".
    pub fn dtype(&self) -> &'static str {
        match self {
            SavedValues::F32(_) => "F32",
            SavedValues::F64(_) => "F64",
            SavedValues::U32(_) => "U32",
        }
    }
}

impl Saved {
    /// Doubles.
    pub fn doubles(name: &str, shape: &[usize], values: &[f64]) -> Saved {
        Saved { name: name.to_string(), shape: shape.to_vec(), values: SavedValues::F64(values.to_vec()) }
    }

    /// Integers.
    pub fn words(name: &str, shape: &[usize], values: &[u32]) -> Saved {
        Saved { name: name.to_string(), shape: shape.to_vec(), values: SavedValues::U32(values.to_vec()) }
    }

    /// The tensor of that name, if there is one.
    #[inline(never)] // for many callers, and small
    pub fn get<'a>(saved: &'a [Saved], name: &str) -> Option<&'a Saved> {
        saved.iter().find(|s| s.name == name)
    }

    /// The tensor of that name.
    ///
    /// # Errors
    /// [`Error::BadFile`] if it is missing.
    pub fn named<'a>(saved: &'a [Saved], name: &str) -> Result<&'a Saved, Error> {
        Saved::get(saved, name).ok_or_else(|| {
            Error::BadFile(format!("The file has no tensor '{name}'. Was it saved with other settings?"))
        })
    }

    /// The tensor of that name, shape and type.
    ///
    /// # Errors
    /// [`Error::BadFile`] if it is missing or is another.
    pub fn find<'a>(
        saved: &'a [Saved],
        name: &str,
        dtype: &str,
        shape: &[usize],
    ) -> Result<&'a SavedValues, Error> {
        let s = Saved::named(saved, name)?;
        let found = s.values.dtype();
        if s.shape != shape || s.values.count() != shape.iter().product::<usize>() || found != dtype {
            let sizes = |shape: &[usize]| shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
            return Err(Error::BadFile(format!(
                "'{name}' should be {dtype} [{}] and is {found} [{}].",
                sizes(shape),
                sizes(&s.shape)
            )));
        }
        Ok(&s.values)
    }

    /// The sizes of the tensor of that name; none if it is missing.
    pub fn sizes<'a>(saved: &'a [Saved], name: &str) -> &'a [usize] {
        Saved::get(saved, name).map_or(&[], |s| &s.shape)
    }

    /// The rows of the tensor of that name; 0 if it is missing.
    pub fn rows(saved: &[Saved], name: &str) -> usize {
        Saved::sizes(saved, name).first().copied().unwrap_or(0)
    }

    /// The doubles of that name and shape.
    ///
    /// # Errors
    /// As [`Saved::find`].
    pub fn find_doubles<'a>(saved: &'a [Saved], name: &str, shape: &[usize]) -> Result<&'a [f64], Error> {
        match Saved::find(saved, name, "F64", shape)? {
            SavedValues::F64(values) => Ok(values),
            _ => Ok(&[]),
        }
    }

    /// The integers of that name and shape.
    ///
    /// # Errors
    /// As [`Saved::find`].
    pub fn find_words<'a>(saved: &'a [Saved], name: &str, shape: &[usize]) -> Result<&'a [u32], Error> {
        match Saved::find(saved, name, "U32", shape)? {
            SavedValues::U32(values) => Ok(values),
            _ => Ok(&[]),
        }
    }
}
