//! Files of the user's own, told apart by what is in them and not by their names.
//!
//! Every size that a file states is checked against the limits here, and against the bytes that
//! are really there, before anything of that size is allocated.

use super::images::{Images, fitted_side};
use super::resize::Square;
use super::text::{excerpt, thousands};
use super::{csv, idx, npy};
use crate::Error;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Most bytes of a file (after unpacking).
pub const MAX_BYTES: u64 = 256 << 20;

/// Most images, labels or points in a file.
pub const MAX_ROWS: u64 = 1_000_000;

/// Longest edge of an image in a file, in pixels. (Images over 32 are shrunk as they are read.)
pub const MAX_EDGE: u64 = 1_024;

/// What a file held.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed {
    /// Images without labels, as the exhibits take them ([`Images::fitted`]).
    Images(Images),
    /// Class labels, `[n]`, to be joined to images by [`Images::with_labels`].
    Labels(Vec<u8>),
    /// Finite points, `[n, 2]`, of any scale; see [`Drawn::fitted`](super::Drawn::fitted).
    Points(Vec<f32>),
}

/// Reads an IDX file (as MNIST is published, unpacked), an NPY file or points as text.
///
/// `name` is only for messages.
///
/// # Errors
/// [`Error::BadFile`] with what was expected and what was found, if the file is of another kind,
/// inconsistent, or over a limit ([`MAX_BYTES`], [`MAX_ROWS`], [`MAX_EDGE`]).
pub fn parse(name: &str, bytes: &[u8]) -> Result<Parsed, Error> {
    let name = excerpt(name);
    let size = bytes.len() as u64;
    if size > MAX_BYTES {
        return bad(format!(
            "{name} has {} bytes; files of up to {} can be read.",
            thousands(size),
            thousands(MAX_BYTES)
        ));
    }
    match bytes {
        [] => bad(format!("{name} is empty.")),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => npy::parse(bytes),
        [0, 0, _, _, ..] => idx::parse(bytes),
        [0x1f, 0x8b, ..] => bad(format!("{name} is packed with gzip; unpack it first.")),
        [b'P', b'K', ..] => bad(format!("{name} is a ZIP or NPZ archive; take one NPY file out of it.")),
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => {
            bad(format!("{name} is a picture; turn it into grey values first, as the page does."))
        }
        _ => match core::str::from_utf8(bytes) {
            Ok(text) if !bytes.contains(&0) => csv::parse(text).map(Parsed::Points),
            _ => bad(format!(
                "{name} is none of IDX (images or labels), NPY, or points as text with x, y on \
                 each line; it starts with the bytes{}.",
                bytes.iter().take(4).map(|b| format!(" {b:02x}")).collect::<String>()
            )),
        },
    }
}

pub(super) fn bad<T>(message: String) -> Result<T, Error> {
    Err(Error::BadFile(message))
}

/// Checks what a file says of its images against the limits. `what` is the file's kind: "IDX".
pub(super) fn check_images(what: &str, n: u64, height: u64, width: u64) -> Result<(), Error> {
    let says = || format!("This {what} file says {} of {height}×{width}", images(n));
    if n == 0 || height == 0 || width == 0 {
        return bad(format!("{}: there is nothing to learn from.", says()));
    }
    if height > MAX_EDGE || width > MAX_EDGE {
        return bad(format!("{}; an edge may have up to {} pixels.", says(), thousands(MAX_EDGE)));
    }
    check_rows(what, n, "image")
}

/// Checks how many rows a file says it has.
pub(super) fn check_rows(what: &str, n: u64, noun: &str) -> Result<(), Error> {
    if n == 0 {
        return bad(format!("This {what} file says it has no {noun}s."));
    }
    if n > MAX_ROWS {
        return bad(format!(
            "This {what} file says {} {noun}s; up to {} can be read.",
            thousands(n),
            thousands(MAX_ROWS)
        ));
    }
    Ok(())
}

/// "60,000 images", "1 image".
pub(super) fn images(n: u64) -> String {
    super::text::count(n, "image")
}

/// Images of `levels` from a reader that fills in image `i`, `[height, width]`, brought to the
/// size that exhibits take while they are read. The sizes must have been checked.
pub(super) fn collect(
    [n, height, width]: [usize; 3],
    levels: u8,
    mut read: impl FnMut(usize, &mut [u8]),
) -> Images {
    let side = fitted_side(height, width);
    let whole = (height, width) == (side, side);
    let square = Square::new(height, width, side);
    // Averages need finer steps than a few levels.
    let fine = if whole { levels } else { 255 };
    let mut image = vec![0; height * width];
    let mut pixels = Vec::with_capacity(n * side * side);
    for i in 0..n {
        read(i, &mut image);
        if whole {
            pixels.extend_from_slice(&image);
            continue;
        }
        for pixel in &mut image {
            *pixel = ((u32::from(*pixel) * 255 + u32::from(levels) / 2) / u32::from(levels)) as u8;
        }
        square.append(&image, &mut pixels);
    }
    Images { pixels, levels: fine, n, height: side, width: side, labels: Vec::new() }
}

/// The value of white in bytes that go up to `most`: files of a few levels (binary, the 16 of the
/// UCI digits) use their own brightest one, others 255.
pub(super) fn white(most: u8) -> u8 {
    if most > 16 { 255 } else { most.max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn message(bytes: &[u8]) -> String {
        let error = parse("mine.bin", bytes).unwrap_err();
        assert_eq!(error.code(), "bad-file");
        error.to_string()
    }

    #[test]
    fn other_kinds_of_file_are_named() {
        assert_eq!(message(b""), "mine.bin is empty.");
        assert_eq!(message(&[0x1f, 0x8b, 8]), "mine.bin is packed with gzip; unpack it first.");
        assert_eq!(message(b"PK\x03\x04"), "mine.bin is a ZIP or NPZ archive; take one NPY file out of it.");
        assert_eq!(
            message(b"\x89PNG\r\n"),
            "mine.bin is a picture; turn it into grey values first, as the page does."
        );
        assert_eq!(
            message(&[0xfe, 0xed, 0xfa, 0xce, 0x00]),
            "mine.bin is none of IDX (images or labels), NPY, or points as text with x, y on each line; it starts with the bytes fe ed fa ce."
        );
    }

    #[test]
    fn large_images_are_shrunk_and_small_levels_refined() {
        let images = collect([2, 64, 32], 1, |i, image| {
            // The left half white; the second image all black.
            for (k, pixel) in image.iter_mut().enumerate() {
                *pixel = u8::from(i == 0 && k % 32 < 16);
            }
        });
        assert_eq!((images.height, images.width, images.levels), (32, 32, 255));
        let row = &images.image(0)[..32];
        assert_eq!((row[0], row[15], row[16], row[31]), (255, 255, 0, 0));
        assert!(images.image(1).iter().all(|&p| p == 0));
    }

    proptest! {
        /// Whatever the bytes, the answer comes back, and what is accepted is consistent.
        #[test]
        fn no_file_breaks_the_reader(
            kind in 0..4usize,
            mut bytes in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let start: &[u8] = [
                &b""[..],
                b"\0\0\x08\x03\0\0\0\x01",
                b"\x93NUMPY\x01\0\x40\0{'descr': '<f4', 'fortran_order': False, 'shape': (",
                b"x,y\n1,2\n",
            ][kind];
            bytes.splice(0..0, start.iter().copied());
            match parse("f", &bytes) {
                Ok(Parsed::Images(i)) => {
                    prop_assert_eq!(i.pixels.len(), i.n * i.area());
                    prop_assert!(i.pixels.iter().all(|&p| p <= i.levels));
                }
                Ok(Parsed::Labels(l)) => prop_assert!(!l.is_empty()),
                Ok(Parsed::Points(p)) => prop_assert!(p.iter().all(|v| v.is_finite())),
                Err(error) => prop_assert_eq!(error.code(), "bad-file"),
            }
        }
    }
}
