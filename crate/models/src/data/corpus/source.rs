//! Sources of characters with finitely many states, whose entropy is known exactly.

use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::rng::Stream;

/// Characters that are drawn and discarded first, so that a text does not depend on the initial state.
const BURN_IN: usize = 256;

/// One character that may come next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The character, as its place in the alphabet.
    pub symbol: u32,
    /// Its probability.
    pub p: f64,
    /// The state it leads to.
    pub next: u32,
}

/// How much of a text tells which state its source is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// The last few characters, whichever they are.
    After(usize),
    /// What follows the last time this character came: it always leads to state 0.
    Since(u32),
}

/// A stationary source: in each state it draws a character, and state and character decide the
/// next state (a unifilar source; C. Shannon, "A mathematical theory of communication", 1948,
/// section 7). The entropy of a state is the least loss of a model that knows the state. Its
/// mean over the states, the entropy rate, is therefore the least loss of any model.
#[derive(Clone, Debug)]
pub struct Source {
    states: Vec<Vec<Step>>,
    known: Known,
}

impl Source {
    /// A source from what each state draws; the probabilities of a state add up to 1.
    pub fn new(states: Vec<Vec<Step>>, known: Known) -> Source {
        Source { states, known }
    }

    /// How much of a text tells the state.
    pub fn known(&self) -> Known {
        self.known
    }

    /// The state after a text, or `None` where the text does not tell it or could not have come
    /// from this source.
    pub fn after(&self, text: &[u32]) -> Option<usize> {
        let from = match self.known {
            Known::After(n) => text.len().checked_sub(n)?,
            Known::Since(symbol) => text.iter().rposition(|&s| s == symbol)? + 1,
        };
        text[from..].iter().try_fold(0, |state, &symbol| self.follow(state, symbol))
    }

    /// The state after a character, or `None` where it cannot come.
    pub fn follow(&self, state: usize, symbol: u32) -> Option<usize> {
        self.states[state].iter().find(|s| s.symbol == symbol).map(|s| s.next as usize)
    }

    /// What comes next in a state.
    pub fn steps(&self, state: usize) -> &[Step] {
        &self.states[state]
    }

    /// `n` characters in a row, after a burn-in.
    pub fn sample(&self, n: usize, stream: &mut Stream) -> Vec<u32> {
        let mut state = 0;
        let mut draw = || {
            let mut left = f64::from(stream.uniform());
            let steps = &self.states[state];
            let found = steps.iter().find(|s| {
                left -= s.p;
                left <= 0.0
            });
            // By rounding, the sum of the probabilities may be less than the draw.
            let step = found.unwrap_or(&steps[steps.len() - 1]);
            state = step.next as usize;
            step.symbol
        };
        (0..BURN_IN).for_each(|_| _ = draw());
        (0..n).map(|_| draw()).collect()
    }

    /// For a source of sentences: the share of the characters that are drawn in each state, and the length of
    /// the longest sentence. Enumerates the states within a sentence.
    fn visits(&self) -> (Vec<f64>, usize) {
        let mut now = vec![0.0; self.states.len()];
        let mut total = now.clone();
        now[0] = 1.0;
        let mut length = 0;
        while now.iter().any(|&p| p > 0.0) {
            total.iter_mut().zip(&now).for_each(|(t, p)| *t += p);
            now = self.moved(&now);
            // The sentence has ended.
            now[0] = 0.0;
            length += 1;
        }
        let sum: f64 = total.iter().sum();
        total.iter_mut().for_each(|t| *t /= sum);
        (total, length)
    }

    /// The distribution of the next state.
    fn moved(&self, now: &[f64]) -> Vec<f64> {
        let mut then = vec![0.0; now.len()];
        for (steps, share) in self.states.iter().zip(now) {
            steps.iter().for_each(|s| then[s.next as usize] += share * s.p);
        }
        then
    }

    /// The share of the characters of a long text that are drawn in each state.
    pub fn shares(&self) -> Vec<f64> {
        match self.known {
            Known::Since(_) => self.visits().0,
            // A chain forgets its start geometrically.
            Known::After(_) => {
                let start = vec![1.0 / self.states.len() as f64; self.states.len()];
                (0..2 * BURN_IN).fold(start, |now, _| self.moved(&now))
            }
        }
    }

    /// The length of the longest sentence, if it is a source of sentences.
    pub fn longest(&self) -> Option<usize> {
        matches!(self.known, Known::Since(_)).then(|| self.visits().1)
    }

    /// The mean of −log p(next character | state), nats a character.
    pub fn entropy_rate(&self) -> f64 {
        let of = |steps: &[Step]| -steps.iter().map(|s| s.p * libm::log(s.p)).sum::<f64>();
        self.states.iter().zip(self.shares()).map(|(steps, share)| share * of(steps)).sum()
    }

    /// The share of each of the `symbols` characters: the best prediction without a context.
    pub fn frequencies(&self, symbols: usize) -> Vec<f64> {
        let mut out = vec![0.0; symbols];
        for (steps, share) in self.states.iter().zip(self.shares()) {
            steps.iter().for_each(|s| out[s.symbol as usize] += share * s.p);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A coin that never shows two heads in a row: the golden-mean source. With p = ½ its entropy
    /// rate is ⅔·log 2 (state 0 has share ⅔).
    fn coin() -> Source {
        let step = |symbol, p, next| Step { symbol, p, next };
        let states = vec![vec![step(0, 0.5, 0), step(1, 0.5, 1)], vec![step(0, 1.0, 0)]];
        Source::new(states, Known::After(1))
    }

    /// The same source as sentences that end with 0: "0" or "10".
    #[test]
    fn the_golden_mean_source_has_its_entropy() {
        for source in [coin(), Source { known: Known::Since(0), ..coin() }] {
            assert!((source.shares()[0] - 2.0 / 3.0).abs() < 1e-12);
            assert!((source.entropy_rate() - 2.0 / 3.0 * core::f64::consts::LN_2).abs() < 1e-12);
            assert!((source.frequencies(2)[1] - 1.0 / 3.0).abs() < 1e-12);
        }
        assert_eq!(coin().longest(), None);
        assert_eq!(Source { known: Known::Since(0), ..coin() }.longest(), Some(2));
    }

    #[test]
    fn a_text_tells_the_state_or_does_not() {
        let source = coin();
        assert_eq!(source.after(&[]), None);
        assert_eq!(source.after(&[0, 1]), Some(1));
        let sentences = Source { known: Known::Since(0), ..source };
        assert_eq!(sentences.after(&[1]), None);
        assert_eq!(sentences.after(&[0, 1]), Some(1));
        assert_eq!(sentences.after(&[0, 1, 1]), None);
    }

    #[test]
    fn samples_follow_the_source() {
        let text = coin().sample(60_000, &mut Stream::new(1, 0));
        assert!(!text.windows(2).any(|w| w == [1, 1]));
        let ones = text.iter().filter(|&&s| s == 1).count() as f64 / 60_000.0;
        assert!((ones - 1.0 / 3.0).abs() < 0.01, "{ones}");
    }
}
