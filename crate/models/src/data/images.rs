//! Grey images as bytes.

use super::text::{count, decimal, thousands};
use crate::Error;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Side up to which square images keep their size; larger ones are brought to it as files are read.
pub const MAX_SIDE: usize = 32;

/// `n` grey images of one size, with or without class labels.
///
/// Pixels are bytes, because that is how the devices store them: four to a `u32` word, unpacked
/// when a batch is gathered. A pixel's brightness in 0..=1 is its value over
/// [`levels`](Images::levels).
#[derive(Clone, Debug, PartialEq)]
pub struct Images {
    /// `[n, height, width]`, row-major, each 0..=`levels`.
    pub pixels: Vec<u8>,
    /// The value of white: 255 for most, 16 for the UCI digits, 1 for binary images.
    pub levels: u8,
    /// How many images; at least 1.
    pub n: usize,
    /// Rows of an image; at least 1.
    pub height: usize,
    /// Columns of an image; at least 1.
    pub width: usize,
    /// Class of each image, `[n]`, or empty.
    pub labels: Vec<u8>,
}

impl Images {
    /// Images from bytes of shape `[n, height, width]`.
    ///
    /// # Errors
    /// [`Error::BadData`] if a size is 0, the number of pixels or labels does not fit the shape, or
    /// a pixel is brighter than white.
    pub fn new(pixels: Vec<u8>, levels: u8, shape: [usize; 3], labels: Vec<u8>) -> Result<Images, Error> {
        let [n, height, width] = shape;
        check_count(pixels.len(), shape)?;
        check_labels(labels.len(), n)?;
        if let Some(at) = pixels.iter().position(|&p| p > levels) {
            let (pixel, image) = (at % (height * width), at / (height * width));
            let value = pixels[at];
            return bad(format!(
                "Pixel {pixel} of image {image} is {value}, brighter than white, which is {levels}."
            ));
        }
        Ok(Images { pixels, levels, n, height, width, labels })
    }

    /// Images of 256 grey levels from numbers in 0..=1, row-major, of shape `[N, height, width]`.
    ///
    /// # Errors
    /// [`Error::BadData`] if the shape has not three sizes or does not fit the data, or a number is
    /// not in 0..=1.
    pub fn from_floats(data: &[f32], shape: &[usize], labels: Vec<u8>) -> Result<Images, Error> {
        let &[n, height, width] = shape else {
            return bad(format!("Images need a shape of [N, height, width]; it is {shape:?}."));
        };
        check_count(data.len(), [n, height, width])?;
        if let Some(at) = data.iter().position(|v| !(0.0..=1.0).contains(v)) {
            let (pixel, image) = (at % (height * width), at / (height * width));
            let value = decimal(f64::from(data[at]));
            return bad(format!(
                "Pixel {pixel} of image {image} is {value}; images hold numbers from 0 (black) to 1 (white)."
            ));
        }
        let pixels = data.iter().map(|v| (v * 255.0 + 0.5) as u8).collect();
        Images::new(pixels, 255, [n, height, width], labels)
    }

    /// The same images with these labels in place of any they had.
    ///
    /// # Errors
    /// [`Error::BadData`] unless there is one label for each image, or none.
    pub fn with_labels(self, labels: Vec<u8>) -> Result<Images, Error> {
        check_labels(labels.len(), self.n)?;
        Ok(Images { labels, ..self })
    }

    /// Pixels in one image.
    pub fn area(&self) -> usize {
        self.height * self.width
    }

    /// Image `i`, `[height, width]`. Panics if there is none.
    pub fn image(&self, i: usize) -> &[u8] {
        &self.pixels[i * self.area()..][..self.area()]
    }

    /// `u32` words that hold one image in [`packed`](Images::packed) form.
    pub fn row_words(&self) -> usize {
        self.area().div_ceil(4)
    }

    /// `[n, row_words]`: one row for each image, four pixels to a word, the first in the lowest
    /// byte; the last word of a row is filled with zeros. This is what `Op::GatherBytes` reads.
    pub fn packed(&self) -> Vec<u32> {
        let mut words = Vec::with_capacity(self.n * self.row_words());
        for image in self.pixels.chunks_exact(self.area()) {
            for four in image.chunks(4) {
                let mut bytes = [0; 4];
                bytes[..four.len()].copy_from_slice(four);
                words.push(u32::from_le_bytes(bytes));
            }
        }
        words
    }

    /// `[n, height, width]` in 0..=1.
    pub fn to_floats(&self) -> Vec<f32> {
        self.first(self.n)
    }

    /// The first `n` in 0..=1, `[n, height, width]`; fewer where there are fewer.
    pub fn first(&self, n: usize) -> Vec<f32> {
        let white = f32::from(self.levels);
        self.pixels.iter().take(n.saturating_mul(self.area())).map(|&p| f32::from(p) / white).collect()
    }

    /// The pixels of image `i` in 0..=1.
    pub fn grey(&self, i: usize) -> impl Iterator<Item = f32> + '_ {
        let white = f32::from(self.levels);
        self.image(i).iter().map(move |&p| f32::from(p) / white)
    }

    /// The classes of the first `n`; none where they are not known.
    pub fn classes(&self, n: usize) -> Vec<u32> {
        self.labels.iter().take(n).map(|&label| u32::from(label)).collect()
    }

    /// The mean image, `[height, width]` in 0..=1.
    pub fn mean(&self) -> Vec<f32> {
        // Whole numbers, so that the result does not depend on the order of addition.
        let mut sums = alloc::vec![0u64; self.area()];
        for image in self.pixels.chunks_exact(self.area()) {
            for (sum, &pixel) in sums.iter_mut().zip(image) {
                *sum += u64::from(pixel);
            }
        }
        let scale = 1.0 / (f64::from(self.levels) * self.n as f64);
        sums.into_iter().map(|sum| (sum as f64 * scale) as f32).collect()
    }

    /// Black and white images: 1 where a pixel is at least `threshold`, else 0, with `levels` 1.
    pub fn binarised(&self, threshold: u8) -> Images {
        let pixels = self.pixels.iter().map(|&p| u8::from(p >= threshold)).collect();
        Images { pixels, levels: 1, labels: self.labels.clone(), ..*self }
    }

    /// Images 0, 2, 4, … and images 1, 3, 5, …: the training and the test half.
    ///
    /// # Errors
    /// [`Error::BadData`] if there is only one image.
    pub fn split_even_odd(&self) -> Result<(Images, Images), Error> {
        if self.n < 2 {
            return bad(
                "One image cannot be split into a training and a test half; give at least two.".into()
            );
        }
        Ok((self.every_second(0), self.every_second(1)))
    }

    /// The same images in an order of which every beginning is spread over all; see [`spread`](super::spread).
    pub(super) fn spread(&self) -> Images {
        let order = || super::spread::order(self.n);
        let pixels = order().flat_map(|i| self.image(i).to_vec()).collect();
        let labels = order().filter_map(|i| self.labels.get(i).copied()).collect();
        Images { pixels, labels, ..*self }
    }

    fn every_second(&self, first: usize) -> Images {
        let pixels = self.pixels.chunks_exact(self.area()).skip(first).step_by(2).flatten().copied();
        let labels = self.labels.iter().skip(first).step_by(2).copied();
        Images {
            pixels: pixels.collect(),
            labels: labels.collect(),
            n: (self.n - first).div_ceil(2),
            ..*self
        }
    }
}

fn bad<T>(message: String) -> Result<T, Error> {
    Err(Error::BadData(message))
}

fn check_count(found: usize, shape: [usize; 3]) -> Result<(), Error> {
    if shape.contains(&0) {
        return bad(format!("There are no pixels in images of shape {shape:?}."));
    }
    let needed = shape.iter().try_fold(1usize, |all, &size| all.checked_mul(size));
    match needed {
        Some(needed) if needed == found => Ok(()),
        Some(needed) => bad(format!(
            "Images of shape {shape:?} have {}; {} given.",
            count(needed as u64, "pixel"),
            if found == 1 { "1 was".into() } else { format!("{} were", thousands(found as u64)) },
        )),
        None => bad(format!("Images of shape {shape:?} are more than memory can hold.")),
    }
}

fn check_labels(labels: usize, n: usize) -> Result<(), Error> {
    if labels == 0 || labels == n {
        return Ok(());
    }
    bad(format!(
        "{} for {} cannot be matched; give one for each image, or none.",
        count(labels as u64, "label"),
        count(n as u64, "image")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    fn five() -> Images {
        let pixels = (0..5 * 6).collect();
        Images::new(pixels, 255, [5, 2, 3], vec![10, 11, 12, 13, 14]).unwrap()
    }

    fn message<T: core::fmt::Debug>(result: Result<T, Error>) -> String {
        let error = result.unwrap_err();
        assert_eq!(error.code(), "bad-data");
        error.to_string()
    }

    #[test]
    fn packs_rows_into_whole_words_first_pixel_lowest() {
        let images = five();
        assert_eq!(images.row_words(), 2);
        let words = images.packed();
        assert_eq!(words.len(), 10);
        assert_eq!(words[0], 0x0302_0100);
        assert_eq!(words[1], 0x0000_0504);
        assert_eq!(words[2], 0x0908_0706);
    }

    #[test]
    fn splits_by_parity_of_the_row() {
        let (train, test) = five().split_even_odd().unwrap();
        assert_eq!((train.n, test.n), (3, 2));
        assert_eq!((train.labels, test.labels), (vec![10, 12, 14], vec![11, 13]));
        assert_eq!(train.pixels[6..12], [12, 13, 14, 15, 16, 17]);
        assert_eq!(test.pixels[..6], [6, 7, 8, 9, 10, 11]);
    }

    #[test]
    fn floats_go_to_levels_and_back() {
        let images = Images::from_floats(&[0.0, 0.5, 1.0, 0.25], &[1, 2, 2], vec![]).unwrap();
        assert_eq!(images.pixels, [0, 128, 255, 64]);
        for (a, b) in images.to_floats().iter().zip([0.0, 0.5, 1.0, 0.25]) {
            assert!((a - b).abs() <= 0.5 / 255.0 + 1e-6);
        }
    }

    #[test]
    fn binarises_and_averages() {
        let images = Images::new(vec![0, 8, 16, 7], 16, [2, 1, 2], vec![]).unwrap();
        assert_eq!(images.mean(), [0.5, 15.0 / 32.0]);
        let binary = images.binarised(8);
        assert_eq!((binary.pixels.as_slice(), binary.levels), (&[0, 1, 1, 0][..], 1));
        assert_eq!(binary.mean(), [0.5, 0.5]);
    }

    #[test]
    fn refusals_say_what_was_expected_and_found() {
        assert_eq!(
            message(Images::new(vec![0; 9], 255, [1, 2, 5], vec![])),
            "Images of shape [1, 2, 5] have 10 pixels; 9 were given."
        );
        assert_eq!(
            message(Images::new(vec![], 255, [0, 8, 8], vec![])),
            "There are no pixels in images of shape [0, 8, 8]."
        );
        assert_eq!(
            message(Images::new(vec![0, 17], 16, [2, 1, 1], vec![])),
            "Pixel 0 of image 1 is 17, brighter than white, which is 16."
        );
        assert_eq!(
            message(Images::new(vec![0; 4], 16, [2, 1, 2], vec![1])),
            "1 label for 2 images cannot be matched; give one for each image, or none."
        );
        assert_eq!(
            message(Images::from_floats(&[0.0; 4], &[2, 2], vec![])),
            "Images need a shape of [N, height, width]; it is [2, 2]."
        );
        assert_eq!(
            message(Images::from_floats(&[0.0, f32::NAN], &[1, 1, 2], vec![])),
            "Pixel 1 of image 0 is NaN; images hold numbers from 0 (black) to 1 (white)."
        );
        assert_eq!(
            message(Images::from_floats(&[0.0], &[usize::MAX, 2, 1], vec![])),
            format!("Images of shape [{}, 2, 1] are more than memory can hold.", usize::MAX)
        );
        let one = Images::new(vec![0], 1, [1, 1, 1], vec![]).unwrap();
        assert_eq!(
            message(one.split_even_odd()),
            "One image cannot be split into a training and a test half; give at least two."
        );
    }
}
