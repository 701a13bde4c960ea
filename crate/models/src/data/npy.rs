//! NPY, NumPy's format for one array: a magic, a version, a header that is a Python dictionary
//! (`descr`, `fortran_order`, `shape`), then the values. Read here: unsigned bytes, booleans and
//! little-endian floats in C order. Format: `numpy.lib.format`, versions 1 to 3.

mod header;

use super::reader::{self, MAX_BYTES, Parsed, bad, check_images, check_rows};
use super::text::{decimal, excerpt, thousands};
use crate::Error;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Smallest rows `[N, D]` that are taken for flattened square images.
const MIN_FLAT: u64 = 16;

/// Reads points `[N, 2]`, labels `[N]` (bytes), or images: `[N, H, W]`, `[N, H, W, C]` or
/// `[N, C, H, W]` with 1, 3 or 4 channels (colours become grey, opacity is ignored), or `[N, D]`
/// with D a square number.
///
/// Float images may be in 0..=1, −1..=1 or 0..=255; bytes as [`reader::white`] says.
pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, Error> {
    let array = Array::read(bytes)?;
    match array.shape[..] {
        [n] if array.kind == Kind::U8 => {
            check_rows("NPY", n, "label")?;
            Ok(Parsed::Labels(array.values.to_vec()))
        }
        [n, 2] => array.points(n),
        [n, d] if d >= MIN_FLAT && square_root(d).is_some() => {
            let side = square_root(d).unwrap_or_default();
            array.images(Layout { n, height: side, width: side, channels: 1, planar: false })
        }
        [n, height, width] => array.images(Layout { n, height, width, channels: 1, planar: false }),
        // Tiny images could be read either way; then the way that makes them square is right.
        [n, height, width, channels @ (1 | 3 | 4)]
            if height == width || !matches!(height, 1 | 3 | 4) || width != channels =>
        {
            array.images(Layout { n, height, width, channels, planar: false })
        }
        [n, channels @ (1 | 3 | 4), height, width] => {
            array.images(Layout { n, height, width, channels, planar: true })
        }
        _ => bad(format!(
            "This NPY file holds {} of shape {}; expected points (N, 2), images (N, height, width), \
             with channels first or last (1, 3 or 4), images as rows (N, D) with D a square number, \
             or labels (N) as uint8.",
            array.kind.name(),
            text_of(&array.shape)
        )),
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    U8,
    F32,
    F64,
}

impl Kind {
    fn of(descr: &str) -> Option<Kind> {
        match descr {
            "|u1" | "<u1" | "u1" | "|b1" => Some(Kind::U8),
            "<f4" => Some(Kind::F32),
            "<f8" => Some(Kind::F64),
            _ => None,
        }
    }

    fn bytes(self) -> u64 {
        match self {
            Kind::U8 => 1,
            Kind::F32 => 4,
            Kind::F64 => 8,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::U8 => "uint8",
            Kind::F32 => "float32",
            Kind::F64 => "float64",
        }
    }
}

/// An array whose bytes are all there.
struct Array<'a> {
    kind: Kind,
    shape: Vec<u64>,
    values: &'a [u8],
}

/// How images lie in the array.
struct Layout {
    n: u64,
    height: u64,
    width: u64,
    channels: u64,
    /// Channels before rows, not after columns.
    planar: bool,
}

impl<'a> Array<'a> {
    fn read(bytes: &'a [u8]) -> Result<Array<'a>, Error> {
        let (header, values) = header::split(bytes)?;
        let descr = header::entry(header, "descr").and_then(header::quoted);
        let shape = header::entry(header, "shape").and_then(header::sizes);
        let fortran = header::entry(header, "fortran_order").and_then(|text| {
            if text.starts_with("True") {
                return Some(true);
            }
            text.starts_with("False").then_some(false)
        });
        let (Some(descr), Some(shape), Some(fortran)) = (descr, shape, fortran) else {
            return bad(format!(
                "The header of this NPY file should state 'descr', 'fortran_order' and \
                 'shape'; it is “{}”.",
                excerpt(header.trim())
            ));
        };
        let Some(kind) = Kind::of(descr) else {
            return bad(format!(
                "This NPY file holds values of type {}; expected uint8, float32 or float64, \
                 little-endian (array.astype('float32') gives one).",
                excerpt(descr)
            ));
        };
        if fortran && shape.len() > 1 {
            return bad("This NPY file is in Fortran order; expected C order \
                 (numpy.ascontiguousarray gives it)."
                .into());
        }
        let array = Array { kind, shape, values };
        array.check_length(bytes)?;
        Ok(array)
    }

    fn check_length(&self, bytes: &[u8]) -> Result<(), Error> {
        let needed = self
            .shape
            .iter()
            .try_fold(self.kind.bytes(), |all, &size| all.checked_mul(size))
            .filter(|&needed| needed <= MAX_BYTES);
        let says = || format!("This NPY file says {} of shape {}", self.kind.name(), text_of(&self.shape));
        let Some(needed) = needed else {
            return bad(format!(
                "{}, which is more than the {} bytes that can be read.",
                says(),
                thousands(MAX_BYTES)
            ));
        };
        if self.values.len() as u64 == needed {
            return Ok(());
        }
        let header = (bytes.len() - self.values.len()) as u64;
        bad(format!(
            "{} ({} bytes) but holds {} bytes.",
            says(),
            thousands(header + needed),
            thousands(bytes.len() as u64)
        ))
    }

    /// Value `i`, row-major.
    fn value(&self, i: usize) -> f64 {
        match self.kind {
            Kind::U8 => f64::from(self.values[i]),
            Kind::F32 => {
                let four = [0, 1, 2, 3].map(|k| self.values[4 * i + k]);
                f64::from(f32::from_le_bytes(four))
            }
            Kind::F64 => {
                let eight = [0, 1, 2, 3, 4, 5, 6, 7].map(|k| self.values[8 * i + k]);
                f64::from_le_bytes(eight)
            }
        }
    }

    fn len(&self) -> usize {
        self.values.len() / self.kind.bytes() as usize
    }

    fn points(&self, n: u64) -> Result<Parsed, Error> {
        check_rows("NPY", n, "point")?;
        let points: Vec<f32> = (0..self.len()).map(|i| self.value(i) as f32).collect();
        match points.iter().position(|v| !v.is_finite()) {
            None => Ok(Parsed::Points(points)),
            Some(at) => bad(format!(
                "Point {} of this NPY file has the coordinate {}; coordinates must be finite.",
                at / 2,
                decimal(self.value(at))
            )),
        }
    }

    fn images(&self, layout: Layout) -> Result<Parsed, Error> {
        let Layout { n, height, width, channels, planar } = layout;
        check_images("NPY", n, height, width)?;
        let (scale, levels) = self.brightness()?;
        let [n, height, width, channels] = [n, height, width, channels].map(|v| v as usize);
        let area = height * width;
        // Where a channel of a pixel lies in its image.
        let place = |pixel: usize, channel: usize| {
            if planar { channel * area + pixel } else { pixel * channels + channel }
        };
        let images = reader::collect([n, height, width], levels, |i, image| {
            let start = i * area * channels;
            for (pixel, grey) in image.iter_mut().enumerate() {
                let channel = |c: usize| self.value(start + place(pixel, c));
                let value = if channels < 3 {
                    channel(0)
                } else {
                    // ITU-R BT.601.
                    0.299 * channel(0) + 0.587 * channel(1) + 0.114 * channel(2)
                };
                *grey = (scale.apply(value) + 0.5) as u8;
            }
        });
        Ok(Parsed::Images(images))
    }

    /// How values become bytes, and the value of white then.
    fn brightness(&self) -> Result<(Scale, u8), Error> {
        if self.kind == Kind::U8 {
            let most = self.values.iter().copied().max().unwrap_or(0);
            return Ok((Scale { offset: 0.0, factor: 1.0 }, reader::white(most)));
        }
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for i in 0..self.len() {
            let value = self.value(i);
            if !value.is_finite() {
                return bad(format!(
                    "Value {} of this NPY file is {}; pixels must be finite.",
                    thousands(i as u64),
                    decimal(value)
                ));
            }
            low = low.min(value);
            high = high.max(value);
        }
        let (offset, white) = if low >= 0.0 && high <= 1.0 {
            (0.0, 1.0)
        } else if low >= -1.0 && high <= 1.0 {
            (1.0, 2.0)
        } else if low >= 0.0 && high <= 255.0 {
            (0.0, if high > 16.0 { 255.0 } else { high })
        } else {
            return bad(format!(
                "The pixels of this NPY file go from {} to {}; expected 0 to 1, −1 to 1 or 0 to 255.",
                decimal(low),
                decimal(high)
            ));
        };
        Ok((Scale { offset, factor: 255.0 / white }, 255))
    }
}

/// Grey value of a pixel: (value + offset) · factor.
struct Scale {
    offset: f64,
    factor: f64,
}

impl Scale {
    fn apply(&self, value: f64) -> f64 {
        (value + self.offset) * self.factor
    }
}

fn text_of(shape: &[u64]) -> String {
    let sizes: Vec<String> = shape.iter().map(|size| format!("{size}")).collect();
    format!("({})", sizes.join(", "))
}

fn square_root(d: u64) -> Option<u64> {
    let root = libm::round(libm::sqrt(d as f64)) as u64;
    (root.checked_mul(root) == Some(d)).then_some(root)
}

#[cfg(test)]
mod tests;
