//! NPY, NumPy's format for one array: a magic, a version, a header that is a Python dictionary
//! (`descr`, `fortran_order`, `shape`), then the values. Every plain numeric type is read, in both byte
//! orders, in C and in Fortran order. Format: `numpy.lib.format`, versions 1 to 3.

mod header;

use crate::array::{Array, Kind};
use crate::bad;
use alloc::format;
use alloc::vec::Vec;
use tilde_models::Error;
use tilde_models::data::text::excerpt;

/// The array of a file.
///
/// # Errors
/// [`Error::BadFile`] that names what is in it, if that is no plain number, and those of [`Array::new`].
pub(crate) fn read(bytes: Vec<u8>) -> Result<Array, Error> {
    let (header, start) = header::split(&bytes)?;
    let descr = header::entry(header, "descr");
    let shape = header::entry(header, "shape").and_then(header::sizes);
    let fortran = header::entry(header, "fortran_order").and_then(|text| {
        if text.starts_with("True") {
            return Some(true);
        }
        text.starts_with("False").then_some(false)
    });
    let (Some(descr), Some(shape), Some(fortran)) = (descr, shape, fortran) else {
        return bad(format!(
            "The header of this NPY file should state 'descr', 'fortran_order' and 'shape'; it is “{}”.",
            excerpt(header.trim())
        ));
    };
    let (kind, big_endian) = kind(descr)?;
    Array::new("NPY", kind, big_endian, &shape, fortran, bytes, start)
}

/// The type of an entry `descr`, and whether the first byte is the highest.
fn kind(descr: &str) -> Result<(Kind, bool), Error> {
    let other = |what: &str| bad(format!("This NPY file holds {what}, and no plain numbers."));
    let Some(quoted) = header::quoted(descr) else {
        return other("records of several fields");
    };
    let (order, name) = match quoted.strip_prefix(['<', '>', '=', '|']) {
        Some(name) => (&quoted[..1], name),
        None => ("", quoted),
    };
    let kind = match name {
        "b1" | "?" => Kind::Bool,
        "i1" => Kind::I8,
        "i2" => Kind::I16,
        "i4" => Kind::I32,
        "i8" => Kind::I64,
        "u1" => Kind::U8,
        "u2" => Kind::U16,
        "u4" => Kind::U32,
        "u8" => Kind::U64,
        "f2" => Kind::F16,
        "f4" => Kind::F32,
        "f8" => Kind::F64,
        "f16" | "f12" => return other("long doubles (array.astype('float64') gives floats)"),
        _ => {
            return match name.chars().next() {
                Some('c') => other("complex numbers"),
                Some('O') => other("Python objects"),
                Some('U' | 'S' | 'a') => other("texts"),
                Some('M') => other("dates"),
                Some('m') => other("spans of time"),
                Some('V') => other("raw bytes or records"),
                _ => other(&format!("values of type “{}”", excerpt(quoted))),
            };
        }
    };
    Ok((kind, order == ">"))
}

#[cfg(test)]
pub(crate) mod tests;
