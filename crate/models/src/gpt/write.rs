//! Texts that the model writes.

use super::Gpt;
use super::model::{LENGTH, TEXTS};
use crate::exhibit::Samples;
use crate::{Error, drive};
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::Device;

impl Gpt {
    /// [`TEXTS`] texts of `n` characters each, `n` < [`LENGTH`]. Each begins after a line break, or
    /// a space, or whatever comes first in the alphabet.
    pub(super) async fn texts(
        &self,
        device: &mut dyn Device,
        n: usize,
        seed: u64,
    ) -> Result<Vec<u32>, Error> {
        drive::seed_entry(device, self.model.draw, seed);
        self.write(device, n)?.await
    }

    /// Enqueues the writing of texts; the draws go on from those before.
    fn write(
        &self,
        device: &mut dyn Device,
        n: usize,
    ) -> Result<impl Future<Output = Result<Vec<u32>, Error>> + use<>, Error> {
        device.run(&self.model.writing(n), 1)?;
        let whole = drive::read_u(device, self.model.texts);
        Ok(async move {
            let rows = whole.await?;
            Ok(rows.chunks(LENGTH).flat_map(|row| row[1..=n].to_vec()).collect())
        })
    }

    pub(super) async fn samples(
        &self,
        device: &mut dyn Device,
        n: usize,
        seed: u64,
    ) -> Result<Samples, Error> {
        let length = LENGTH - 1;
        drive::seed_entry(device, self.model.draw, seed);
        let mut parts = Vec::new();
        for _ in 0..n.div_ceil(TEXTS) {
            parts.push(self.write(device, length)?);
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
