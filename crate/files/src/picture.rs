//! One picture of colours and opacity, as a grey image.

use crate::MAX_EDGE;
use crate::resize::Resize;
use alloc::vec::Vec;

/// Longest edge of a picture that is kept. (What is learned from has 28 pixels, and perhaps a quarter of a
/// picture is ink.)
const KEPT: usize = 128;
/// Squared distance of colours up to which two are one ink.
const ONE_INK: i32 = 3 * 40 * 40;

/// A grey picture.
pub(crate) struct Picture {
    pub height: usize,
    pub width: usize,
    /// `[height, width]`.
    pub grey: Vec<u8>,
    /// Whether it is the opacity of the file's only ink.
    pub opacity: bool,
}

/// Red, green, blue and opacity of each pixel become grey. A transparent picture of one ink becomes its
/// opacity, bright on black; one of several inks lies on black if it is bright, and on white if it is dark.
pub(crate) fn read(width: usize, height: usize, rgba: &[u8]) -> Picture {
    let pixels = || rgba.chunks_exact(4).map(|p| [p[0], p[1], p[2], p[3]]);
    let transparent = pixels().any(|[.., alpha]| alpha < 250);
    // ITU-R BT.601.
    let luma = |[r, g, b, _]: [u8; 4]| {
        ((299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b) + 500) / 1000) as u8
    };
    let opacity = transparent && has_one_ink(pixels);
    let mut grey: Vec<u8> = Vec::with_capacity(width * height);
    if opacity {
        grey.extend(pixels().map(|[.., alpha]| alpha));
    } else if transparent {
        let (mut sum, mut weight) = (0u64, 0u64);
        for p in pixels() {
            sum += u64::from(luma(p)) * u64::from(p[3]);
            weight += u64::from(p[3]);
        }
        let under = if sum > 127 * weight { 0 } else { 255 };
        grey.extend(pixels().map(|p| {
            let alpha = u32::from(p[3]);
            ((u32::from(luma(p)) * alpha + under * (255 - alpha) + 127) / 255) as u8
        }));
    } else {
        grey.extend(pixels().map(luma));
    }
    let longest = width.max(height);
    if longest <= KEPT {
        return Picture { height, width, grey, opacity };
    }
    let to = |edge: usize| ((edge * KEPT + longest / 2) / longest).max(1);
    let [small_height, small_width] = [height, width].map(to);
    let mut small = Vec::new();
    Resize::new([height, width], [small_height, small_width]).append(&grey, &mut small);
    Picture { height: small_height, width: small_width, grey: small, opacity }
}

/// Whether all that can be seen of a picture is nearly of one colour.
fn has_one_ink<I: Iterator<Item = [u8; 4]>>(pixels: impl Fn() -> I) -> bool {
    let seen = || pixels().filter(|p| p[3] >= 128);
    let mut sums = [0i64; 4];
    for [r, g, b, _] in seen() {
        for (sum, v) in sums.iter_mut().zip([i64::from(r), i64::from(g), i64::from(b), 1]) {
            *sum += v;
        }
    }
    let n = sums[3].max(1);
    let mean = [0, 1, 2].map(|c| (sums[c] / n) as i32);
    let far = seen().filter(|p| {
        let distance: i32 = (0..3).map(|c| (i32::from(p[c]) - mean[c]).pow(2)).sum();
        distance > ONE_INK
    });
    20 * far.count() as i64 <= sums[3]
}

/// Whether a picture of this size can be read, which is asked before it is decoded where that is possible.
pub(crate) fn fits(width: usize, height: usize) -> bool {
    width > 0
        && height > 0
        && width <= 40 * MAX_EDGE
        && height <= 40 * MAX_EDGE
        && width * height <= 40_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ink_on_nothing_is_its_opacity() {
        let white = [[255, 255, 255, 0], [255, 255, 255, 255], [0, 0, 0, 0], [255, 255, 255, 128]].concat();
        let picture = read(2, 2, &white);
        assert_eq!((&picture.grey[..], picture.opacity), (&[0, 255, 0, 128][..], true));
        let black = [[0, 0, 0, 0], [0, 0, 0, 255], [9, 9, 9, 0], [0, 0, 0, 128]].concat();
        assert_eq!(read(2, 2, &black).grey, [0, 255, 0, 128]);
    }

    #[test]
    fn several_inks_lie_on_what_they_differ_from() {
        let bright = [[255, 255, 255, 255], [200, 0, 255, 255], [0, 0, 0, 0], [255, 255, 0, 255]].concat();
        let dark = [[0, 0, 0, 255], [90, 0, 0, 255], [0, 0, 0, 0], [0, 0, 120, 255]].concat();
        assert_eq!(read(2, 2, &bright).grey[2], 0);
        assert_eq!(read(2, 2, &dark).grey[2], 255);
        assert!(!read(2, 2, &dark).opacity);
    }

    #[test]
    fn opaque_pictures_are_weighted_colours() {
        let picture = read(2, 1, &[255, 0, 0, 255, 255, 255, 255, 255]);
        assert_eq!((&picture.grey[..], picture.opacity), (&[76, 255][..], false));
    }

    #[test]
    fn large_pictures_are_kept_small() {
        let picture = read(512, 300, &[7, 7, 7, 255].repeat(512 * 300));
        assert_eq!((picture.width, picture.height), (128, 75));
        assert!(picture.grey.iter().all(|&p| p == 7));
    }
}
