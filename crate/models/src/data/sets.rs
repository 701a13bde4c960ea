//! The image sets the exhibits share, divided into what is learned from and what is held out.

use super::{Images, Sources, UserData, digits, strokes};
use crate::Error;
use alloc::format;
use tilde_graph::rng::Stream;

/// Images of the generated strokes: learned from, held out.
const STROKES: (usize, usize) = (5000, 1000);
/// Side of the generated strokes.
const STROKES_SIDE: usize = 28;

/// A training set and a test set of one format.
#[derive(Clone, Debug)]
pub struct ImageSets {
    /// What is learned from.
    pub train: Images,
    /// What is held out, in an order of which every beginning is spread over all of it: a sample is the
    /// first images.
    pub test: Images,
}

impl ImageSets {
    /// The set, with its held-out images in the order that samples are taken in.
    ///
    /// # Errors
    /// Those of `ImageSets::divided`.
    pub fn new(exhibit: &str, id: &str, seed: u64, sources: Sources) -> Result<ImageSets, Error> {
        let ImageSets { train, test } = ImageSets::divided(exhibit, id, seed, sources)?;
        Ok(ImageSets { train, test: test.spread() })
    }

    /// The user's images if there are any (even rows to learn from, odd ones held out), else the
    /// set called `id`: "strokes" (generated from the seed), "digits8" or "digits8-binary" (the UCI
    /// digits, thresholded at 8 of 16). `exhibit` is named in messages.
    ///
    /// # Errors
    /// [`Error::BadData`] for points, or where the digits are wanted and were not given.
    fn divided(exhibit: &str, id: &str, seed: u64, sources: Sources) -> Result<ImageSets, Error> {
        match sources.user {
            Some(UserData::Images(images)) => {
                let (train, test) = images.split_even_odd()?;
                return Ok(ImageSets { train, test });
            }
            Some(_) => {
                return Err(Error::BadData(format!("'{exhibit}' learns images, [N, H, W], only.")));
            }
            None => {}
        }
        if id == "strokes" {
            let mut stream = Stream::new(seed, 0x57A0);
            let train = strokes::digits(STROKES.0, STROKES_SIDE, &mut stream);
            let test = strokes::digits(STROKES.1, STROKES_SIDE, &mut stream);
            return Ok(ImageSets { train, test });
        }
        let Some((images, labels)) = sources.digits else {
            return Err(Error::BadData(format!(
                "'{exhibit}' with data '{id}' needs the digits' two IDX files."
            )));
        };
        let (train, test) = digits::digits(&images, &labels)?;
        Ok(match id {
            "digits8-binary" => ImageSets {
                train: train.binarised(digits::THRESHOLD),
                test: test.binarised(digits::THRESHOLD),
            },
            _ => ImageSets { train, test },
        })
    }

    /// Both sets in black and white, at half the white level.
    pub fn binarised(&self) -> ImageSets {
        let half = self.train.levels.div_ceil(2);
        if self.train.levels == 1 {
            return self.clone();
        }
        ImageSets { train: self.train.binarised(half), test: self.test.binarised(half) }
    }
}
