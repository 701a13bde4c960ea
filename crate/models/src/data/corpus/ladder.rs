//! Interpolated n-gram models after Witten and Bell, the ladder that a neural model must climb.
//!
//! I. Witten, T. Bell, "The zero-frequency problem", IEEE Transactions on Information Theory 37(4),
//! 1991, method C: after a context h that was seen N(h) times with T(h) different characters behind
//! it,
//!
//! > p(c | h) = (count(h c) + T(h)·p(c | h′)) / (N(h) + T(h))
//!
//! where h′ is h without its first character, and below the empty context stands the uniform
//! distribution. A context that was never seen says what its shorter one says.

use alloc::vec;
use alloc::vec::Vec;

/// Bits of a character in a key; see [`MOST_SYMBOLS`].
const BITS: u32 = 7;
/// The largest alphabet.
pub const MOST_SYMBOLS: usize = 1 << BITS;
/// Contexts of 0, 1, … 7 characters; eight characters and a mark fit a key.
pub const RUNGS: usize = 8;

/// What is counted for one string of characters.
#[derive(Clone, Copy, Default)]
struct Count {
    /// The string, with a one before it; 0 where the place is free.
    key: u64,
    /// How often it comes.
    times: u32,
    /// How often something follows it.
    followed: u32,
    /// How many different characters do.
    different: u32,
}

/// Counts by string: open addressing, half empty at least.
struct Table(Vec<Count>);

impl Table {
    fn new(most: usize) -> Table {
        Table(vec![Count::default(); (2 * most).next_power_of_two()])
    }

    /// The place of a string, which is its own or a free one.
    fn place(&self, key: u64) -> usize {
        let mask = self.0.len() - 1;
        let mut at = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
        while self.0[at].key != 0 && self.0[at].key != key {
            at = (at + 1) & mask;
        }
        at
    }

    fn at(&mut self, key: u64) -> &mut Count {
        let place = self.place(key);
        self.0[place].key = key;
        &mut self.0[place]
    }

    fn get(&self, key: u64) -> Count {
        self.0[self.place(key)]
    }
}

/// A string of at most eight characters as one number.
fn key(text: &[u32]) -> u64 {
    text.iter().fold(1, |key, &c| key << BITS | u64::from(c))
}

/// −log p(test[i] | what comes before) of every held-out character, by the model of each rung: contexts
/// of 0, 1, … `rungs − 1` characters, counted in `train`. The first characters of `test` have what
/// context there is.
pub fn witten_bell(train: &[u32], test: &[u32], symbols: usize, rungs: usize) -> Vec<Vec<f32>> {
    let mut now = vec![1.0 / symbols as f64; test.len()];
    let mut contexts = Table::new(1);
    contexts.at(key(&[]));
    let mut out = Vec::new();
    for n in 0..rungs.min(RUNGS) {
        let mut grams = Table::new(train.len());
        for gram in train.windows(n + 1) {
            let count = grams.at(key(gram));
            count.times += 1;
            let fresh = count.times == 1;
            let context = contexts.at(key(&gram[..n]));
            context.followed += 1;
            context.different += u32::from(fresh);
        }
        for (gram, p) in test.windows(n + 1).zip(&mut now[n.min(test.len())..]) {
            let context = contexts.get(key(&gram[..n]));
            let [seen, different] = [context.followed, context.different].map(f64::from);
            if context.followed > 0 {
                *p = (f64::from(grams.get(key(gram)).times) + different * *p) / (seen + different);
            }
        }
        out.push(now.iter().map(|&p| -libm::log(p) as f32).collect());
        contexts = grams;
    }
    out
}

/// p(c | context) for every character c, by the model with contexts of `order` characters: for the
/// end of one text.
pub fn next(train: &[u32], context: &[u32], symbols: usize, order: usize) -> Vec<f32> {
    let mut p = vec![1.0 / symbols as f32; symbols];
    for n in 0..=order.min(context.len()) {
        let h = &context[context.len() - n..];
        let mut counts = vec![0.0; symbols];
        train.windows(n + 1).filter(|w| w[..n] == *h).for_each(|w| counts[w[n] as usize] += 1.0);
        let seen: f32 = counts.iter().sum();
        let different = counts.iter().filter(|&&c| c > 0.0).count() as f32;
        if seen > 0.0 {
            p.iter_mut().zip(&counts).for_each(|(p, c)| *p = (c + different * *p) / (seen + different));
        }
    }
    p
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "abab" and then "aba": by hand.
    #[test]
    fn a_small_text_by_hand() {
        let all = witten_bell(&[0, 1, 0, 1], &[0, 1, 0], 2, 3);
        let near = |a: &[f32], p: &[f32]| a.iter().zip(p).all(|(a, p)| ((-a).exp() - p).abs() < 1e-6);
        // Order 0: N = 4, T = 2: (2 + 2·½)/6.
        assert!(near(&all[0], &[0.5, 0.5, 0.5]), "{:?}", all[0]);
        // After a: b twice of two, T = 1: (2 + ½)/3; after b: a once of one: (1 + ½)/2.
        assert!(near(&all[1], &[0.5, 2.5 / 3.0, 0.75]), "{:?}", all[1]);
        // After ab: a once: (1 + ¾)/2.
        assert!(near(&all[2], &[0.5, 2.5 / 3.0, 1.75 / 2.0]), "{:?}", all[2]);
    }

    #[test]
    fn both_ways_to_count_agree() {
        let mut stream = tilde_graph::rng::Stream::new(1, 0);
        let text: Vec<u32> = (0..3000).map(|i| stream.below(if i % 3 == 0 { 2 } else { 6 })).collect();
        let (train, test) = text.split_at(2700);
        let all = witten_bell(train, test, 6, 5);
        for i in [0, 2, 50, 299] {
            let p = next(train, &test[..i], 6, 4);
            assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            assert!((p[test[i] as usize] - (-all[4][i]).exp()).abs() < 1e-5);
        }
    }
}
