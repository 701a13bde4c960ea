//! Texts as characters of a small alphabet, divided into what is learned from and what is held out.
//!
//! - [`source`]: sources whose entropy is known exactly; a [`chain()`] and a [`grammar()`].
//! - [`ladder`]: n-gram models, for texts whose entropy nobody knows.

mod chain;
mod grammar;
pub mod ladder;
pub mod source;

pub use chain::chain;
pub use grammar::grammar;
pub use source::Source;

use super::text::thousands;
use crate::Error;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use ladder::MOST_SYMBOLS;
use source::Known;
use tilde_graph::rng::Stream;

/// The shortest and the longest text of the user's own, in characters.
pub const LENGTHS: (usize, usize) = (1_000, 1_200_000);

/// Fewest characters that are held out of a given one: more than the longest context of a model.
const LEAST_HELD_OUT: usize = 200;

/// Characters that are held out of a generated text.
const HELD_OUT: usize = 70_000;

/// A text to learn from and one that is held out.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// The characters there are, in order; what follows holds their places in this list.
    pub alphabet: Vec<char>,
    /// What is learned from.
    pub train: Vec<u32>,
    /// What is held out.
    pub test: Vec<u32>,
    /// The source of both, if it is known.
    pub source: Option<Source>,
}

/// A piece of the held-out text: which of its characters count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Where its first character stands.
    pub start: usize,
    /// The first prediction that counts: 0 is that of the second character, from the first.
    pub from: usize,
    /// One past the last that counts.
    pub to: usize,
}

impl Corpus {
    /// `length` characters to learn from, of the generated text called `id`: "grammar" or "chain".
    ///
    /// # Panics
    /// If `id` is neither: a mistake in the program.
    pub fn generated(id: &str, length: usize, seed: u64) -> Corpus {
        let (alphabet, source) = match id {
            "chain" => (chain::LETTERS.chars().collect(), chain(&mut Stream::new(seed, 0xC4A0))),
            "grammar" => grammar(),
            _ => panic!("there is no generated text '{id}'"),
        };
        let train = source.sample(length, &mut Stream::new(seed, 0xC4A1));
        let test = source.sample(HELD_OUT, &mut Stream::new(seed, 0xC4A2));
        Corpus { alphabet, train, test, source: Some(source) }
    }

    /// A given text; its last tenth is held out, or its last two hundred characters if these are more. Only
    /// the first `length` characters of the rest are learned from. If weights come with an `alphabet` of
    /// their own, what it lacks is left out.
    ///
    /// # Errors
    /// [`Error::BadData`] if it is shorter or longer than [`LENGTHS`], or has more than
    /// [`MOST_SYMBOLS`] different characters.
    pub fn given<'a>(text: &'a str, length: usize, alphabet: Option<&'a str>) -> Result<Corpus, Error> {
        let plain = |text: &'a str| text.chars().filter(|&c| c != '\r' && c != '\u{feff}');
        let mut letters: Vec<char> = Vec::new();
        for c in plain(alphabet.unwrap_or(text)) {
            if let Err(at) = letters.binary_search(&c) {
                letters.insert(at, c);
            }
        }
        let known = |c: &char| alphabet.is_none() || letters.binary_search(c).is_ok();
        let count = plain(text).filter(known).count();
        if count < LENGTHS.0 || count > LENGTHS.1 {
            return Err(Error::BadData(format!(
                "The text has {} characters{}; from {} to {} can be learned from.",
                thousands(count as u64),
                if alphabet.is_some() { " that these weights know" } else { "" },
                thousands(LENGTHS.0 as u64),
                thousands(LENGTHS.1 as u64)
            )));
        }
        if letters.len() > MOST_SYMBOLS {
            return Err(Error::BadData(format!(
                "The text has {} different characters; up to {MOST_SYMBOLS} can be learned. Give a text in one alphabet.",
                thousands(letters.len() as u64)
            )));
        }
        let mut corpus = Corpus { alphabet: letters, train: Vec::new(), test: Vec::new(), source: None };
        corpus.train = plain(text).filter_map(|c| corpus.symbol(c)).collect();
        corpus.test = corpus.train.split_off(count - (count / 10).max(LEAST_HELD_OUT));
        corpus.train.truncate(length);
        Ok(corpus)
    }

    /// The place of a character in the alphabet.
    fn symbol(&self, c: char) -> Option<u32> {
        self.alphabet.binary_search(&c).ok().map(|at| at as u32)
    }

    /// A text in places of the alphabet.
    ///
    /// # Errors
    /// [`Error::BadData`] naming the first character that is not in the alphabet.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, Error> {
        text.chars()
            .map(|c| {
                self.symbol(c).ok_or_else(|| {
                    let known =
                        self.alphabet.iter().filter(|c| !c.is_control()).collect::<alloc::string::String>();
                    Error::BadData(format!("The model has never seen '{c}'. It knows: {known}"))
                })
            })
            .collect()
    }

    /// The pieces of the held-out text that a model of `context` characters is measured on. If the source is known, no model can score less than its [entropy
    /// rate](Source::entropy_rate), and one that knows the source scores it:
    ///
    /// - a chain: pieces side by side, counted from the third character on, since two tell the state;
    /// - sentences that fit: from each line break to the end of the sentence;
    /// - other texts, and sentences that do not fit: pieces that overlap by half, of which the second
    ///   half counts, so that nearly every character counts once, with half a context before it or
    ///   more.
    pub fn windows(&self, context: usize) -> Vec<Window> {
        let end = self.test.len().saturating_sub(context);
        let source = self.source.as_ref();
        if let (Some(first), Some(true)) =
            (self.first(), source.and_then(Source::longest).map(|l| l <= context))
        {
            let starts = (0..end).filter(|&i| self.test[i] == first);
            let length = |start: usize| {
                let next = self.test[start + 1..].iter().take(context).position(|&s| s == first);
                next.map_or(context, |at| at + 1)
            };
            return starts.map(|start| Window { start, from: 0, to: length(start) }).collect();
        }
        let (from, stride) = match source.map(Source::known) {
            Some(Known::After(n)) => (n - 1, context),
            _ => (context / 2, context - context / 2),
        };
        (0..end).step_by(stride).map(|start| Window { start, from, to: context }).collect()
    }

    /// The character that sentences end with and begin after, if it is a source of sentences.
    pub fn first(&self) -> Option<u32> {
        match self.source.as_ref().map(Source::known) {
            Some(Known::Since(symbol)) => Some(symbol),
            _ => None,
        }
    }

    /// A text to begin with.
    pub fn example(&self) -> alloc::string::String {
        match self.source.as_ref().map(Source::known) {
            Some(Known::Since(_)) => "the small dogs near the river ".to_string(),
            _ => self.test.iter().take(32).map(|&s| self.alphabet[s as usize]).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    /// −log p of the source itself over the windows, a character.
    fn truth(corpus: &Corpus, windows: &[Window]) -> f64 {
        let source = corpus.source.as_ref().unwrap();
        let (mut nats, mut count) = (0.0, 0.0);
        for w in windows {
            for i in w.start + 1 + w.from..w.start + 1 + w.to {
                let steps = source.steps(source.after(&corpus.test[..i]).unwrap());
                nats -= libm::log(steps.iter().find(|s| s.symbol == corpus.test[i]).unwrap().p);
                count += 1.0;
            }
        }
        nats / count
    }

    #[test]
    fn whoever_knows_the_source_scores_its_entropy_rate() {
        for (id, context) in [("grammar", 64), ("grammar", 8), ("chain", 64), ("chain", 2)] {
            let corpus = Corpus::generated(id, 1000, 3);
            let windows: Vec<Window> =
                corpus.windows(context).into_iter().filter(|w| w.start > 100).take(5000).collect();
            assert!(windows.len() > 1000);
            assert!(windows.iter().all(|w| w.from < w.to && w.to <= context));
            let (score, rate) = (truth(&corpus, &windows), corpus.source.as_ref().unwrap().entropy_rate());
            // 5,000 characters or more, of a spread of 1 nat or so.
            assert!((score / rate - 1.0).abs() < 0.05, "{id} {context}: {score} {rate}");
        }
    }

    #[test]
    fn a_window_of_sentences_holds_one() {
        let corpus = Corpus::generated("grammar", 1000, 3);
        let first = corpus.first().unwrap();
        for w in corpus.windows(64).into_iter().take(100) {
            assert_eq!(corpus.test[w.start], first);
            let sentence = &corpus.test[w.start + 1..][..w.to];
            assert_eq!(sentence.iter().position(|&s| s == first), Some(w.to - 1));
        }
    }

    #[test]
    fn overlapping_windows_count_every_character_once() {
        let text: String = ('a'..='z').cycle().take(2000).collect();
        let corpus = Corpus::given(&text, usize::MAX, None).unwrap();
        assert_eq!((corpus.train.len(), corpus.test.len()), (1800, 200));
        for context in [2, 7, 64] {
            let windows = corpus.windows(context);
            for pair in windows.windows(2) {
                assert_eq!(pair[0].start + pair[0].to, pair[1].start + pair[1].from);
            }
            assert!(windows.iter().all(|w| w.start + w.to < corpus.test.len()));
        }
    }

    #[test]
    fn a_text_goes_there_and_back() {
        let corpus = Corpus::given(&"\u{feff}Ab\r\nc é\n".repeat(200), 500, None).unwrap();
        assert_eq!(corpus.alphabet, ['\n', ' ', 'A', 'b', 'c', 'é']);
        assert_eq!(corpus.train.len(), 500);
        assert_eq!(corpus.encode("bé").unwrap(), [3, 5]);
        assert!(corpus.encode("B").is_err());
    }
}
