//! The UCI 8×8 handwritten digits: 1,797 images with 17 grey levels, the one real data set that
//! every family is measured on.
//!
//! The files are `www/data/digits8-images.idx` and `digits8-labels.idx`; where they come from is
//! in `www/data/ATTRIBUTION.md`.

use super::{Images, idx};
use crate::Error;
use alloc::format;

/// White in these images.
pub const LEVELS: u8 = 16;

/// Pixels of at least this are 1 in the binarised digits.
pub const THRESHOLD: u8 = 8;

/// The training half (even rows, 899) and the test half (odd rows, 898) from the two IDX files.
/// [`Images::binarised`] at [`THRESHOLD`] makes them binary.
///
/// # Errors
/// [`Error::BadFile`] if a file is not IDX, or these are not the digits.
pub fn digits(images: &[u8], labels: &[u8]) -> Result<(Images, Images), Error> {
    let (images, labels) = (idx::images(images)?, idx::labels(labels)?);
    let found = (images.n, images.height, images.width, images.levels, labels.len());
    if found != (1_797, 8, 8, LEVELS, 1_797) {
        let (n, height, width, levels, labels) = found;
        return Err(Error::BadFile(format!(
            "Expected the UCI digits: 1797 images of 8×8 with white at 16, and as many labels. \
             Found {n} images of {height}×{width} with white at {levels}, and {labels} labels."
        )));
    }
    images.with_labels(labels)?.split_even_odd()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use std::path::Path;

    fn file(name: &str) -> Vec<u8> {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/data");
        std::fs::read(data.join(name)).expect("made by tests/goldens/make_digits.py")
    }

    #[test]
    fn the_shipped_files_hold_the_digits() {
        let (train, test) = digits(&file("digits8-images.idx"), &file("digits8-labels.idx")).unwrap();
        assert_eq!((train.n, test.n, train.levels), (899, 898, LEVELS));
        assert_eq!((train.labels[0], test.labels[0], train.labels[1]), (0, 1, 2));
        assert_eq!(train.image(0)[..8], [0, 0, 5, 13, 9, 1, 0, 0]);
        assert!((0..10).all(|class| train.labels.contains(&class)));
    }

    /// The reference for this split: independent pixels, their means smoothed by half a count,
    /// cost 25.15 nats an image (`leaderboard`, exhibit E12).
    #[test]
    fn independent_pixels_score_the_reference() {
        let (train, test) = digits(&file("digits8-images.idx"), &file("digits8-labels.idx")).unwrap();
        let (train, test) = (train.binarised(THRESHOLD), test.binarised(THRESHOLD));
        let n = train.n as f64;
        let means: Vec<f64> = train.mean().iter().map(|&m| (f64::from(m) * n + 0.5) / (n + 1.0)).collect();
        let total: f64 = (0..test.n)
            .flat_map(|i| test.image(i).iter().zip(&means))
            .map(|(&v, &p)| -if v == 1 { p.ln() } else { (1.0 - p).ln() })
            .sum();
        let mean = total / test.n as f64;
        assert!((mean - 25.15).abs() < 0.01, "{mean}");
    }

    #[test]
    fn other_images_are_refused() {
        let mut images = alloc::vec![0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1];
        images.push(9);
        let labels = [0, 0, 8, 1, 0, 0, 0, 1, 3];
        let message = alloc::string::ToString::to_string(&digits(&images, &labels).unwrap_err());
        assert!(message.ends_with("Found 1 images of 1×1 with white at 9, and 1 labels."), "{message}");
    }
}
