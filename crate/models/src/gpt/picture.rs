//! Pictures of what the network writes, predicts and attends to.

use super::measure::RUNG;
use super::{Gpt, OWN_RUNGS};
use crate::data::corpus::ladder;
use crate::prelude::*;

/// Characters of each text that is shown.
const WRITTEN: usize = 96;
/// The attention weight in the middle of the map from black to white: many are small.
const HALF: f32 = 0.05;

impl Gpt {
    /// Texts, with marks where they stop being possible.
    pub(super) async fn written(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let texts = self.texts(live.device, WRITTEN, VIEW_SEED)?.await?;
        let codes = self.codes(&texts);
        let samples = Layer::text("samples", Role::Model, codes, WRITTEN).labelled(self.marks(&texts));
        let true_one = self.codes(self.held_out());
        let length = true_one.len();
        Ok(picture(vec![samples, Layer::text("example", Role::Data, true_one, length)], 0))
    }

    /// What it is to write like: a sentence of the held-out text, or its beginning.
    fn held_out(&self) -> &[u32] {
        let test = &self.corpus.test;
        let Some(first) = self.corpus.first() else { return &test[..WRITTEN.min(test.len())] };
        // The text may begin within a sentence, and be cut off within another one.
        let whole = test[..test.len().min(4 * WRITTEN)].split(|&symbol| symbol == first).skip(1);
        whole.filter(|text| text.len() <= WRITTEN).max_by_key(|text| text.len()).unwrap_or_default()
    }

    /// How much the last character of the sentence takes from each, in every head.
    pub(super) async fn heads(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let (n, t) = (self.sentence.len(), self.model.sizes.context);
        let attention = self.model.predict(live.device, &self.sentence, "attention").await?;
        let maps = attention.chunks(t * t);
        let count = maps.len();
        let weights: Vec<f32> = maps.flat_map(|map| map[(n - 1) * t..][..n].to_vec()).collect();
        let codes = self.codes(&self.sentence).repeat(count);
        let text = Layer::text("sentence", Role::Other, codes, n);
        let shade = Layer::new("attention", Role::Model, ViewKind::Field, weights, &[count, n]);
        Ok(picture(vec![text, shade], self.model.sizes.heads))
    }

    /// How much each character of the sentence takes from each before it, in every head.
    pub(super) async fn attention(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let (n, t) = (self.sentence.len(), self.model.sizes.context);
        let attention = self.model.predict(live.device, &self.sentence, "attention").await?;
        let maps = attention.chunks(t * t);
        let count = maps.len();
        let data = maps.flat_map(|map| map.chunks(t).take(n).flat_map(|row| row[..n].to_vec())).collect();
        let layer = Layer::new("attention", Role::Model, ViewKind::Images, data, &[count, n, n]);
        Ok(picture(vec![layer], self.model.sizes.heads))
    }

    /// The probabilities after the last character of the sentence, beside the exact ones, or beside
    /// those of an n-gram model.
    pub(super) async fn next(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let all = self.model.predict(live.device, &self.sentence, "next").await?;
        let symbols = self.corpus.alphabet.len();
        let model = all[(self.sentence.len() - 1) * symbols..][..symbols].to_vec();
        let labels: Vec<u32> = self.corpus.alphabet.iter().map(|&c| c as u32).collect();
        let bars = |id, role, data| Layer::bars(id, role, data).labelled(labels.clone());
        let mut layers = vec![bars("model", Role::Model, model)];
        match &self.corpus.source {
            None => {
                let p = ladder::next(&self.corpus.train, &self.sentence, symbols, RUNG);
                layers.push(bars(OWN_RUNGS[RUNG - 1], Role::Data, p));
            }
            Some(source) => {
                if let Some(state) = source.after(&self.sentence) {
                    let mut p = vec![0.0; symbols];
                    source.steps(state).iter().for_each(|s| p[s.symbol as usize] = s.p as f32);
                    layers.push(bars("truth", Role::Truth, p));
                }
            }
        }
        // The page shows it where it is typed.
        let codes = self.codes(&self.sentence);
        layers.push(Layer::text("sentence", Role::Other, codes, self.sentence.len()));
        Ok(picture(layers, 0))
    }
}

fn picture(layers: Vec<Layer>, columns: usize) -> Picture {
    Picture { columns, ..Picture::of(layers).ranged([0.0, HALF, 1.0]) }
}
