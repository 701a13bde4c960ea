//! The UCI 8×8 handwritten digits: 1,797 images with 17 grey levels, the one real data set that
//! every family is measured on.
//!
//! The files are `www/data/digits8-images.idx` and `digits8-labels.idx`; where they come from is
//! in `www/data/ATTRIBUTION.md`.

use super::Images;
use crate::Error;
use alloc::vec::Vec;

/// How many there are.
const N: usize = 1_797;
/// Pixels of an edge.
const SIDE: usize = 8;

/// White in these images.
pub const LEVELS: u8 = 16;

/// Pixels of at least this are 1 in the binarised digits.
pub const THRESHOLD: u8 = 8;

/// The training half (even rows, 899) and the test half (odd rows, 898) from the two IDX files.
/// [`Images::binarised`] at [`THRESHOLD`] makes them binary.
///
/// # Errors
/// [`Error::BadFile`] if these are not the digits' files.
pub fn digits(images: &[u8], labels: &[u8]) -> Result<(Images, Images), Error> {
    // IDX: a size of four bytes for each axis after two zeros, the type and the number of axes.
    let values = |file: &[u8], header: usize, count: usize| -> Option<Vec<u8>> {
        let whole = file.len() == header + count && file.starts_with(&[0, 0, 8]);
        Some(file.get(header..).filter(|_| whole)?.to_vec())
    };
    match (values(images, 16, N * SIDE * SIDE), values(labels, 8, N)) {
        (Some(pixels), Some(labels)) => {
            Images::new(pixels, LEVELS, [N, SIDE, SIDE], labels)?.split_even_odd()
        }
        _ => Err(Error::BadFile("The files of the digits are not the shipped ones.".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert!(digits(&images, &labels).is_err());
        let (images, mut labels) = (file("digits8-images.idx"), file("digits8-labels.idx"));
        labels.pop();
        assert!(digits(&images, &labels).is_err());
    }
}
