//! Numbers of one type with a shape, as IDX and NPY files hold them.

use crate::{MAX_BYTES, MAX_ROWS, bad};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use tilde_models::Error;
use tilde_models::data::text::{decimal, thousands};

/// A type of numbers, its bytes in one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F16,
    F32,
    F64,
}

impl Kind {
    pub fn bytes(self) -> usize {
        match self {
            Kind::Bool | Kind::I8 | Kind::U8 => 1,
            Kind::I16 | Kind::U16 | Kind::F16 => 2,
            Kind::I32 | Kind::U32 | Kind::F32 => 4,
            Kind::I64 | Kind::U64 | Kind::F64 => 8,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Kind::Bool => "bool",
            Kind::I8 => "int8",
            Kind::I16 => "int16",
            Kind::I32 => "int32",
            Kind::I64 => "int64",
            Kind::U8 => "uint8",
            Kind::U16 => "uint16",
            Kind::U32 => "uint32",
            Kind::U64 => "uint64",
            Kind::F16 => "float16",
            Kind::F32 => "float32",
            Kind::F64 => "float64",
        }
    }

    pub fn is_float(self) -> bool {
        matches!(self, Kind::F16 | Kind::F32 | Kind::F64)
    }
}

/// Numbers of one type with a shape. All its bytes are there.
pub(crate) struct Array {
    pub kind: Kind,
    big_endian: bool,
    pub shape: Vec<usize>,
    /// Numbers from one place to the next along each axis.
    pub strides: Vec<usize>,
    /// The file, and where the numbers begin.
    bytes: Vec<u8>,
    start: usize,
}

impl Array {
    /// An array of what a file says, whose numbers begin at `start`. `what`: the file's kind.
    ///
    /// # Errors
    /// [`Error::BadFile`] if the file is longer or shorter than that, or nothing is in it.
    pub fn new(
        what: &str,
        kind: Kind,
        big_endian: bool,
        shape: &[u64],
        fortran: bool,
        bytes: Vec<u8>,
        start: usize,
    ) -> Result<Array, Error> {
        let says = || format!("This {what} file says {} of shape {}", kind.name(), text_of(shape));
        if shape.is_empty() {
            return bad(format!("This {what} file holds a single number, {} of shape ().", kind.name()));
        }
        if shape.contains(&0) {
            return bad(format!("{}, so there is nothing in it.", says()));
        }
        if shape[0] > MAX_ROWS {
            return bad(format!("{}; up to {} rows can be read.", says(), thousands(MAX_ROWS)));
        }
        let needed = shape.iter().try_fold(kind.bytes() as u64, |all, &size| all.checked_mul(size));
        let Some(needed) = needed.filter(|&needed| needed <= MAX_BYTES) else {
            return bad(format!(
                "{}, which is more than the {} bytes that can be read.",
                says(),
                thousands(MAX_BYTES)
            ));
        };
        if (bytes.len() - start) as u64 != needed {
            return bad(format!(
                "{} ({} bytes) but holds {} bytes.",
                says(),
                thousands(start as u64 + needed),
                thousands(bytes.len() as u64)
            ));
        }
        // All sizes are below the limit by now.
        let shape: Vec<usize> = shape.iter().map(|&size| size as usize).collect();
        let mut strides = alloc::vec![1; shape.len()];
        if fortran {
            for axis in 1..shape.len() {
                strides[axis] = strides[axis - 1] * shape[axis - 1];
            }
        } else {
            for axis in (1..shape.len()).rev() {
                strides[axis - 1] = strides[axis] * shape[axis];
            }
        }
        Ok(Array { kind, big_endian, shape, strides, bytes, start })
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// The number at a place in memory, counted in numbers.
    pub fn value(&self, place: usize) -> f64 {
        let size = self.kind.bytes();
        let at = self.start + place * size;
        let mut word = [0; 8];
        word[..size].copy_from_slice(&self.bytes[at..at + size]);
        if self.big_endian {
            word[..size].reverse();
        }
        let [a, b, c, d, ..] = word;
        match self.kind {
            Kind::Bool => f64::from(u8::from(a != 0)),
            Kind::U8 => f64::from(a),
            Kind::I8 => f64::from(a as i8),
            Kind::U16 => f64::from(u16::from_le_bytes([a, b])),
            Kind::I16 => f64::from(i16::from_le_bytes([a, b])),
            Kind::U32 => f64::from(u32::from_le_bytes([a, b, c, d])),
            Kind::I32 => f64::from(i32::from_le_bytes([a, b, c, d])),
            Kind::U64 => u64::from_le_bytes(word) as f64,
            Kind::I64 => i64::from_le_bytes(word) as f64,
            Kind::F16 => half(u16::from_le_bytes([a, b])),
            Kind::F32 => f64::from(f32::from_le_bytes([a, b, c, d])),
            Kind::F64 => f64::from_le_bytes(word),
        }
    }

    /// The place of row `i`, column `j` of an array of two axes.
    pub fn at(&self, i: usize, j: usize) -> usize {
        i * self.strides[0] + j * self.strides[1]
    }

    /// The least and the greatest number.
    ///
    /// # Errors
    /// [`Error::BadFile`] that names the first that is not finite.
    pub fn range(&self) -> Result<(f64, f64), Error> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for place in 0..self.len() {
            let value = self.value(place);
            if !value.is_finite() {
                return bad(format!(
                    "Value {} of {} is {}; all must be finite numbers.",
                    thousands(place as u64),
                    self.describe(),
                    decimal(value)
                ));
            }
            low = low.min(value);
            high = high.max(value);
        }
        Ok((low, high))
    }

    /// One whole number from 0 to 255 for each row, if it is that: `[N]` or `[N, 1]`.
    ///
    /// # Errors
    /// [`Error::BadFile`] that says which label is another number.
    pub fn labels(&self) -> Result<Vec<u8>, Error> {
        (0..self.shape[0])
            .map(|i| {
                let value = self.value(i * self.strides[0]);
                if (0.0..=255.0).contains(&value) && value as u8 as f64 == value {
                    return Ok(value as u8);
                }
                bad(format!(
                    "Label {} is {}; labels are whole numbers from 0 to 255.",
                    thousands(i as u64),
                    decimal(value)
                ))
            })
            .collect()
    }

    /// "uint8, 60,000 × 28 × 28".
    pub fn describe(&self) -> String {
        let sizes: Vec<String> = self.shape.iter().map(|&size| thousands(size as u64)).collect();
        format!("{}, {}", self.kind.name(), sizes.join(" × "))
    }
}

/// A shape as Python writes it.
pub(crate) fn text_of(shape: &[u64]) -> String {
    match shape {
        [size] => format!("({size},)"),
        _ => format!("({})", shape.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// A float of half precision, IEEE 754 binary16.
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    sign * match exponent {
        0 => libm::ldexp(fraction, -24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => libm::ldexp(1024.0 + fraction, exponent - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(kind: Kind, big_endian: bool, bytes: &[u8]) -> Array {
        let n = (bytes.len() / kind.bytes()) as u64;
        Array::new("NPY", kind, big_endian, &[n], false, bytes.to_vec(), 0).unwrap()
    }

    #[test]
    fn every_type_in_both_orders() {
        let cases: &[(Kind, &[u8], f64)] = &[
            (Kind::Bool, &[1], 1.0),
            (Kind::I8, &(-5i8).to_le_bytes(), -5.0),
            (Kind::I16, &(-500i16).to_le_bytes(), -500.0),
            (Kind::I32, &(-70_000i32).to_le_bytes(), -70_000.0),
            (Kind::I64, &(-5_000_000_000i64).to_le_bytes(), -5e9),
            (Kind::U8, &[200], 200.0),
            (Kind::U16, &60_000u16.to_le_bytes(), 60_000.0),
            (Kind::U32, &4_000_000_000u32.to_le_bytes(), 4e9),
            (Kind::U64, &5_000_000_000u64.to_le_bytes(), 5e9),
            (Kind::F32, &0.25f32.to_le_bytes(), 0.25),
            (Kind::F64, &(-0.1f64).to_le_bytes(), -0.1),
        ];
        for &(kind, bytes, value) in cases {
            let mut reversed = bytes.to_vec();
            reversed.reverse();
            assert_eq!(array(kind, false, bytes).value(0), value, "{kind:?}");
            assert_eq!(array(kind, true, &reversed).value(0), value, "{kind:?}");
        }
    }

    #[test]
    fn halves_are_those_of_the_standard() {
        // IEEE 754-2019, binary16: one, the least above one, the largest, the least normal and the least.
        for (bits, value) in [
            (0x3c00, 1.0),
            (0x3c01, 1.0 + 1.0 / 1024.0),
            (0x7bff, 65_504.0),
            (0x0400, 6.103_515_625e-5),
            (0x0001, 5.960_464_477_539_063e-8),
            (0xc000, -2.0),
            (0x7c00, f64::INFINITY),
        ] {
            assert_eq!(half(bits), value);
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn hostile_sizes_are_refused_before_they_are_allocated() {
        let refused = |shape: &[u64]| {
            Array::new("NPY", Kind::F64, false, shape, false, Vec::new(), 0).err().unwrap().to_string()
        };
        assert!(refused(&[u64::MAX, 2, 2]).contains("up to 1,000,000 rows"));
        assert!(refused(&[1_000_000, u64::MAX]).contains("more than the 268,435,456 bytes"));
        assert!(refused(&[0, 28, 28]).contains("nothing in it"));
        assert!(refused(&[]).contains("a single number"));
        assert_eq!(refused(&[3]), "This NPY file says float64 of shape (3,) (24 bytes) but holds 0 bytes.");
    }
}
