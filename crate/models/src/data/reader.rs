//! What the readers of files share: what they give, the limits that they check a file against, and how
//! images come in.

use super::images::{Images, fitted_side};
use super::resize::Square;
use super::text::{count, thousands};
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

/// Refuses a file.
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
    count(n, "image")
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
}
