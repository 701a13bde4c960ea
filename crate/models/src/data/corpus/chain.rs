//! A second-order Markov chain over the letters.

use super::source::{Known, Source, Step};
use alloc::vec::Vec;
use tilde_graph::rng::Stream;

/// What the chain writes: the space and the letters.
pub const LETTERS: &str = " abcdefghijklmnopqrstuvwxyz";

/// Standard deviation of the terms of a logit.
const SPREAD: f32 = 1.5;
/// Is added to a logit where a vowel follows a consonant, or the other way round, so that words can
/// be pronounced.
const ALTERNATE: f32 = 2.0;

/// A chain drawn from the stream. The logit of the next character c is a sum of one term for each of the last
/// two characters a, b: p(c | a, b) ∝ e^(u(a, c) + w(b, c)). Words have two letters or more,
/// nearly always.
pub fn chain(stream: &mut Stream) -> Source {
    let n = LETTERS.len();
    let mut table = || (0..n * n).map(|_| SPREAD * stream.normal()).collect::<Vec<f32>>();
    let (far, mut near) = (table(), table());
    let is_vowel = |i: usize| b"aeiou".contains(&LETTERS.as_bytes()[i]);
    for (i, logit) in near.iter_mut().enumerate() {
        let (b, c) = (i / n, i % n);
        match (b, c) {
            (0, 0) => *logit -= 8.0,
            (_, 0) => *logit += 1.0,
            (0, _) => {}
            _ if is_vowel(b) != is_vowel(c) => *logit += ALTERNATE,
            _ => {}
        }
    }
    let state = |i: usize| {
        let (a, b) = (i / n, i % n);
        let word = |c: usize| if a == 0 && c == 0 { -4.0 } else { 0.0 };
        let weights: Vec<f64> =
            (0..n).map(|c| libm::exp(f64::from(far[a * n + c] + near[b * n + c] + word(c)))).collect();
        let sum: f64 = weights.iter().sum();
        let step = |(c, w): (usize, &f64)| Step { symbol: c as u32, p: w / sum, next: (b * n + c) as u32 };
        weights.iter().enumerate().map(step).collect()
    };
    Source::new((0..n * n).map(state).collect(), Known::After(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_letters_decide_and_one_does_not() {
        let source = chain(&mut Stream::new(1, 0));
        let (shares, rate) = (source.shares(), source.entropy_rate());
        let frequencies = source.frequencies(LETTERS.len());
        let unigram: f64 = -frequencies.iter().map(|p| p * libm::log(*p)).sum::<f64>();
        // Of pairs: H(c | b) ≥ H(c | a, b), well apart where a matters.
        let n = LETTERS.len();
        let mut bigram = 0.0;
        for b in 0..n {
            let mut next = alloc::vec![0.0; n];
            for a in 0..n {
                let state = a * n + b;
                source.steps(state).iter().for_each(|s| next[s.symbol as usize] += shares[state] * s.p);
            }
            let sum: f64 = next.iter().sum();
            bigram -= next.iter().map(|p| p * libm::log(p / sum)).sum::<f64>();
        }
        assert!(rate + 0.2 < bigram && bigram + 0.2 < unigram, "{rate} {bigram} {unigram}");
        assert!(unigram < libm::log(n as f64));
    }

    /// −log p of the chain's own samples is its entropy rate, within three standard errors.
    #[test]
    fn its_text_is_as_hard_as_it_says() {
        let source = chain(&mut Stream::new(2, 0));
        let text = source.sample(40_000, &mut Stream::new(2, 1));
        let mut losses = Vec::new();
        for w in text.windows(3) {
            let steps = source.steps(source.after(&w[..2]).unwrap());
            losses.push(-libm::log(steps.iter().find(|s| s.symbol == w[2]).unwrap().p));
        }
        let n = losses.len() as f64;
        let mean = losses.iter().sum::<f64>() / n;
        let variance = losses.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        let error = tilde_graph::real::sqrt(variance / n);
        let rate = source.entropy_rate();
        assert!((mean - rate).abs() < 3.0 * error, "{mean} {rate} {error}");
    }
}
