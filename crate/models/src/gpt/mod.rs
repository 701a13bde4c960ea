//! A small GPT on characters.
//!
//! A. Radford et al., "Improving language understanding by generative pre-training", 2018: a
//! decoder-only transformer learns p(next character | the ones before it) by maximum likelihood,
//!
//! > loss = −(1/T) Σ_t log p(x_{t+1} | x_1 … x_t)
//!
//! and writes by drawing from it, one character after the other. What the network is made of is in
//! [`transformer`](crate::nn::transformer); the texts, and what the best possible model scores on
//! them, in [`corpus`](crate::data::corpus). Left out: tokens longer than a character.
//!
//! - `card`: the card; `model`: the program; `measure`: the held-out loss; `write`: texts;
//!   `picture`: the pictures.

mod card;
mod measure;
mod model;
mod picture;
#[cfg(test)]
mod tests;
mod write;

pub use card::CARD;

use crate::Error;
use crate::card::Card;
use crate::data::Corpus;
use crate::data::corpus::ladder;
use crate::drive;
use crate::exhibit::{Exhibit, Opening, Payload, Picture, Samples, Sources, Task, UserData};
use crate::settings::Settings;
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;
use model::{KNOBS, Model};
use tilde_graph::{Device, Program};

/// The figures of n-gram models with contexts of 1, 2, … characters, for texts whose entropy nobody
/// knows.
pub const OWN_RUNGS: [&str; 5] = ["context_1", "context_2", "context_3", "context_4", "context_5"];

/// Runs of `measure` that the figures on the page are computed from, of a thousand characters each.
const SHOWN: usize = 8;
/// The same for an evaluation, or as many as there are characters for.
const EVALUATED: usize = 64;
/// Seed of the pictures' draws, fixed so that they change with the model only.
const VIEW_SEED: u64 = 1;

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Gpt::new`].
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Opening {
    Ok(Box::new(Gpt::new(settings, seed, sources)?))
}

/// The opened exhibit.
pub struct Gpt {
    model: Model,
    corpus: Corpus,
    settings: Settings,
    /// −log p of every held-out character by the models of [`OWN_RUNGS`] and, first, the one without
    /// context; empty if the source is known.
    ladder: Vec<Vec<f32>>,
    /// The best that any model can do, if that is known.
    floor: Option<f64>,
    /// The sentence that is looked at.
    sentence: Vec<u32>,
    /// The share of grammatical sentences when it was last measured.
    written: f64,
}

impl Gpt {
    /// Builds the programs.
    ///
    /// # Errors
    /// [`Error::BadData`] for data that is no text, or none of a length and alphabet that can be
    /// learned.
    pub fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Gpt, Error> {
        let length = settings.count("characters");
        let corpus = match (sources.user, settings.choice("data")) {
            (Some(UserData::Text(text)), _) => Corpus::given(&text, length)?,
            (Some(_), _) => return Err(Error::BadData("'gpt' learns text only.".to_string())),
            (None, "lessons") => match sources.lessons {
                Some(text) => Corpus::given(&text, length)?,
                None => {
                    return Err(Error::BadData(
                        "'gpt' with data 'lessons' needs the lessons' text.".to_string(),
                    ));
                }
            },
            (None, id) => Corpus::generated(id, length, seed),
        };
        let symbols = corpus.alphabet.len();
        let model = Model::new(settings, symbols, [corpus.train.len(), corpus.test.len()])?;
        let ladder = match corpus.source {
            Some(_) => Vec::new(),
            None => ladder::witten_bell(&corpus.train, &corpus.test, symbols, OWN_RUNGS.len() + 1),
        };
        let floor = corpus.source.as_ref().map(|s| s.entropy_rate());
        let sentence = corpus.encode(&corpus.example())?;
        let settings = settings.clone();
        let mut gpt = Gpt { model, corpus, settings, ladder, floor, sentence: Vec::new(), written: 0.0 };
        gpt.take(sentence);
        Ok(gpt)
    }

    /// Looks at another sentence: the last characters of it that fit. One of a source of sentences
    /// begins where a sentence does.
    fn take(&mut self, sentence: Vec<u32>) {
        let mut all = Vec::new();
        all.extend(self.corpus.first().filter(|first| !sentence.contains(first)));
        all.extend(sentence);
        let from = all.len().saturating_sub(self.model.sizes.context);
        self.sentence = all.split_off(from);
    }
}

impl Exhibit for Gpt {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn program(&self) -> &Program {
        &self.model.program
    }

    fn start(&mut self, device: &mut dyn Device, _seed: u64) -> Result<(), Error> {
        self.written = 0.0;
        drive::write_u(device, self.model.train_text, &self.corpus.train);
        drive::write_u(device, self.model.test_text, &self.corpus.test);
        let settings = self.settings.clone();
        self.set(device, &settings, "")
    }

    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error> {
        Ok(device.run(&[(self.model.train, 1)], n)?)
    }

    fn step(&mut self, device: &mut dyn Device, _phase: &str) -> Result<(), Error> {
        drive::run(device, self.model.train)
    }

    fn metrics<'a>(
        &'a mut self,
        device: &'a mut dyn Device,
        deep: bool,
    ) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move { self.figures(device, deep.then_some(SHOWN)).await })
    }

    fn evaluate<'a>(&'a mut self, device: &'a mut dyn Device) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move { self.figures(device, Some(EVALUATED)).await })
    }

    fn sample<'a>(&'a mut self, device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(async move { self.samples(device, n, seed).await })
    }

    fn view<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture> {
        Box::pin(async move { self.picture(device, id).await })
    }

    fn act<'a>(&'a mut self, _device: &'a mut dyn Device, _id: &'a str, payload: Payload) -> Task<'a, ()> {
        Box::pin(async move {
            if payload.text.is_empty() {
                return Err(Error::BadData(
                    "'sentence' takes a 'text' of one character or more.".to_string(),
                ));
            }
            let sentence = self.corpus.encode(&payload.text)?;
            self.take(sentence);
            Ok(())
        })
    }

    fn set(&mut self, device: &mut dyn Device, settings: &Settings, _id: &str) -> Result<(), Error> {
        self.settings = settings.clone();
        for (knob, id) in self.model.knobs.iter().zip(KNOBS) {
            drive::set_knob(device, *knob, settings.number(id) as f32);
        }
        Ok(())
    }
}
