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
//! B batch, T context, S texts, V symbols.

mod card;
mod measure;
mod model;
mod picture;
#[cfg(test)]
mod tests;
mod write;

pub use card::CARD;

use crate::data::Corpus;
use crate::data::corpus::{Window, ladder};
use crate::prelude::*;
use card::{Input, Show, Text};
use model::Model;

/// The figures of n-gram models with contexts of 1, 2, … characters, for texts whose entropy nobody
/// knows.
pub const OWN_RUNGS: [&str; 5] = ["context_1", "context_2", "context_3", "context_4", "context_5"];
/// Their standard errors.
const RUNG_ERRORS: [&str; 5] =
    ["context_1_se", "context_2_se", "context_3_se", "context_4_se", "context_5_se"];

/// The opened exhibit.
pub struct Gpt {
    model: Model,
    corpus: Corpus,
    /// −log p of every held-out character by the models of [`OWN_RUNGS`] and, first, the one without
    /// context; empty if the source is known.
    ladder: Vec<Vec<f32>>,
    /// The pieces of the held-out text that are measured.
    windows: Vec<Window>,
    /// The entropy rate of the source, nats a character, if it is known: no model can do better.
    floor: Option<f64>,
    /// The user's sentence: 1 to T symbols.
    sentence: Vec<u32>,
}

/// The text to learn from.
fn corpus(settings: &Settings, seed: u64, sources: &Sources) -> Result<Corpus, Error> {
    let length = settings.count("characters");
    let alphabet = sources.alphabet.as_deref();
    match &sources.user {
        Some(UserData::Text(text)) => return Corpus::given(text, length, alphabet),
        Some(UserData::Points(_) | UserData::Classed { .. } | UserData::Images(_)) => {
            return Err(Error::BadData("'gpt' learns text only.".into()));
        }
        None => {}
    }
    let text: Text = settings.get("data");
    match text {
        Text::Grammar | Text::Chain => Ok(Corpus::generated(settings.choice("data"), length, seed)),
        Text::Lessons => match &sources.lessons {
            Some(text) => Corpus::given(text, length, alphabet),
            None => Err(Error::BadData("'gpt' with data 'lessons' needs the lessons' text.".into())),
        },
    }
}

/// The last characters of a sentence that fit. One of a source of sentences begins where a sentence does.
fn fitted(corpus: &Corpus, context: usize, sentence: Vec<u32>) -> Vec<u32> {
    let mut all = Vec::new();
    all.extend(corpus.first().filter(|first| !sentence.contains(first)));
    all.extend(sentence);
    let from = all.len().saturating_sub(context);
    all.split_off(from)
}

impl crate::Model for Gpt {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Nothing;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Gpt, Error> {
        let Setup { settings, seed, sources } = setup;
        let corpus = corpus(settings, *seed, sources)?;
        let symbols = corpus.alphabet.len();
        let model = Model::new(settings, symbols, [corpus.train.len(), corpus.test.len()])?;
        let ladder = match corpus.source {
            Some(_) => Vec::new(),
            None => ladder::witten_bell(&corpus.train, &corpus.test, symbols, OWN_RUNGS.len() + 1),
        };
        let floor = corpus.source.as_ref().map(|s| s.entropy_rate());
        let sentence = fitted(&corpus, model.sizes.context, corpus.encode(&corpus.example())?);
        let windows = corpus.windows(model.sizes.context);
        Ok(Gpt { model, corpus, ladder, windows, floor, sentence })
    }

    fn program(&self) -> Option<&Program> {
        Some(&self.model.program)
    }

    fn start(&mut self, live: &Live) -> Result<(), Error> {
        live.device.write_u(self.model.train_text, &self.corpus.train);
        live.device.write_u(self.model.test_text, &self.corpus.test);
        Ok(())
    }

    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        live.device.schedule(&[(self.model.train, 1)], n)
    }

    fn recorded(&self, _live: &Live) -> Option<Recorded<'_>> {
        Some(Recorded { recorder: &self.model.recorder, columns: 1 })
    }

    async fn figures(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        self.measure(live, scope).await
    }

    async fn sample(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        self.samples(live.device, n, seed).await
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        match view {
            Show::Samples => self.written(live).await,
            Show::Next => self.next(live).await,
            Show::Heads => self.heads(live).await,
            Show::Attention => self.attention(live).await,
        }
    }

    fn alphabet(&self) -> Option<String> {
        Some(self.corpus.alphabet.iter().collect())
    }

    fn act(&mut self, _live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Sentence if payload.text.is_empty() => {
                return Err(Error::BadData("'sentence' takes a 'text' of one character or more.".into()));
            }
            Input::Sentence => {
                let sentence = self.corpus.encode(&payload.text)?;
                self.sentence = fitted(&self.corpus, self.model.sizes.context, sentence);
            }
        }
        Ok(())
    }
}
