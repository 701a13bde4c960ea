//! Texts that the model writes.

use super::Gpt;
use super::model::{LENGTH, TEXTS};
use crate::prelude::*;

impl Gpt {
    /// [`TEXTS`] texts of `n` < [`LENGTH`] characters each, `[S, n]`.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub(super) fn texts(&self, device: &Driver, n: usize, seed: u64) -> Result<Answer<Vec<u32>>, Error> {
        self.model.seed(device, seed);
        self.model.write(device, n)
    }

    /// `n` texts as code points, `[n, N − 1]`.
    pub(super) async fn samples(&self, device: &Driver, n: usize, seed: u64) -> Result<Samples, Error> {
        let length = LENGTH - 1;
        self.model.seed(device, seed);
        let mut parts = Vec::new();
        for _ in 0..n.div_ceil(TEXTS) {
            parts.push(self.model.write(device, length)?);
        }
        let mut data = Vec::with_capacity(n * length);
        for part in parts {
            data.extend(self.codes(&part.await?));
        }
        data.truncate(n * length);
        Ok(Samples { kind: "text", data, shape: vec![n, length] })
    }

    /// Symbols as code points.
    pub(super) fn codes(&self, symbols: &[u32]) -> Vec<f32> {
        symbols.iter().map(|&s| self.corpus.alphabet[s as usize] as u32 as f32).collect()
    }

    /// For texts of a source of sentences, where each stops being possible: 1 for the first
    /// character that could not have come, and for the rest of its line. Empty for other sources.
    pub(super) fn marks(&self, texts: &[u32]) -> Vec<u32> {
        let (Some(source), Some(first)) = (&self.corpus.source, self.corpus.first()) else {
            return Vec::new();
        };
        let mut marks = Vec::with_capacity(texts.len());
        for text in texts.chunks(texts.len() / TEXTS) {
            let mut state = Some(0);
            for &symbol in text {
                state = state.and_then(|state| source.follow(state, symbol));
                marks.push(u32::from(state.is_none()));
                if symbol == first {
                    state = Some(0);
                }
            }
        }
        marks
    }

    /// The share of whole sentences that the source could have written; 0 if there is no whole one.
    pub(super) fn grammatical(&self, texts: &[u32]) -> f64 {
        let marks = self.marks(texts);
        let ends = || texts.iter().zip(&marks).filter(|end| Some(*end.0) == self.corpus.first());
        let right = ends().filter(|end| *end.1 == 0).count() as f64;
        right / (ends().count() as f64).max(1.0)
    }
}
