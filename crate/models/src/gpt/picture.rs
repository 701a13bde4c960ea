//! The pictures.

use super::measure::RUNG;
use super::model::TEXTS;
use super::{Gpt, OWN_RUNGS, VIEW_SEED};
use crate::card::{Role, ViewKind};
use crate::data::corpus::ladder;
use crate::exhibit::{Layer, Picture};
use crate::{Error, drive};
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::Device;

/// Characters of each text that is shown.
const WRITTEN: usize = 96;
/// The attention weight in the middle of the map from black to white: many are small.
const HALF: f32 = 0.05;

impl Gpt {
    pub(super) async fn picture(&self, device: &mut dyn Device, id: &str) -> Result<Picture, Error> {
        if id == "samples" {
            let texts = self.texts(device, WRITTEN, VIEW_SEED).await?;
            let codes = self.codes(&texts);
            let mut layer = Layer::new("samples", Role::Model, ViewKind::Text, codes, &[TEXTS, WRITTEN]);
            layer.labels = self.marks(&texts);
            return Ok(picture(vec![layer], 0));
        }
        let (n, t) = (self.sentence.len(), self.model.sizes.context);
        let sentence: Vec<f32> = self.sentence.iter().map(|&s| s as f32).collect();
        drive::write(device, self.model.sentence, &sentence);
        drive::run(device, self.model.look)?;
        if id == "next" {
            let all = drive::output(device, self.model.look, "next").await?;
            return Ok(self.next(&all));
        }
        let attention = drive::output(device, self.model.look, "attention").await?;
        let maps = attention.chunks(t * t);
        let (heads, count) = (self.model.sizes.heads, maps.len());
        if id == "heads" {
            // What each head takes from where, to predict what comes next.
            let weights: Vec<f32> = maps.flat_map(|map| map[(n - 1) * t..][..n].to_vec()).collect();
            let codes = self.codes(&self.sentence).repeat(count);
            let text = Layer::new("sentence", Role::Other, ViewKind::Text, codes, &[count, n]);
            let shade = Layer::new("attention", Role::Model, ViewKind::Field, weights, &[count, n]);
            return Ok(picture(vec![text, shade], heads));
        }
        let data = maps.flat_map(|map| map.chunks(t).take(n).flat_map(|row| row[..n].to_vec())).collect();
        let layer = Layer::new("attention", Role::Model, ViewKind::Images, data, &[count, n, n]);
        Ok(picture(vec![layer], heads))
    }

    /// The probabilities after the last character of the sentence, beside the exact ones, or beside
    /// those of an n-gram model.
    fn next(&self, all: &[f32]) -> Picture {
        let symbols = self.corpus.alphabet.len();
        let model = all[(self.sentence.len() - 1) * symbols..][..symbols].to_vec();
        let labels: Vec<u32> = self.corpus.alphabet.iter().map(|&c| c as u32).collect();
        let bars = |id, role, data| Layer {
            labels: labels.clone(),
            ..Layer::new(id, role, ViewKind::Bars, data, &[symbols])
        };
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
        layers.push(Layer::new("sentence", Role::Other, ViewKind::Text, codes, &[1, self.sentence.len()]));
        picture(layers, 0)
    }
}

fn picture(layers: Vec<Layer>, columns: usize) -> Picture {
    Picture { layers, extent: [0.0; 4], range: [0.0, HALF, 1.0], columns }
}
