//! Interpolated n-gram models after Witten and Bell, baselines of a neural model: one for each length of context.
//!
//! I. Witten, T. Bell, "The zero-frequency problem", IEEE Transactions on Information Theory 37(4),
//! 1991, method C: after a context h that occurs N(h) times, followed by T(h) different characters,
//!
//! > p(c | h) = (count(h c) + T(h)·p(c | h′)) / (N(h) + T(h))
//!
//! where h′ is h without its first character, and below the empty context stands the uniform
//! distribution. An unseen context has the distribution of the shorter one.

use alloc::vec;
use alloc::vec::Vec;

/// Bits of a character in a key; see [`MOST_SYMBOLS`].
const BITS: u32 = 8;
/// The largest alphabet.
pub const MOST_SYMBOLS: usize = 1 << BITS;
/// Contexts of 0, 1, … 7 characters: with the next one, eight, as many as fit a key.
pub const RUNGS: usize = 8;

/// Counts of one string of characters.
#[derive(Clone, Copy, Default)]
struct Count {
    /// The string.
    key: u64,
    /// How often it comes.
    times: u32,
    /// How often something follows it.
    followed: u32,
    /// How many different characters do.
    different: u32,
}

/// Counts by string: open addressing in a power of two of places, half of them free at least.
struct Table {
    places: Vec<Count>,
    used: usize,
}

impl Table {
    fn new() -> Table {
        Table { places: vec![Count::default(); 1024], used: 0 }
    }

    /// The place of a string, and whether it is free as yet.
    fn place(&self, key: u64) -> (usize, bool) {
        let mask = self.places.len() - 1;
        let mut at = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
        loop {
            let count = &self.places[at];
            let free = count.times + count.followed == 0;
            if free || count.key == key {
                return (at, free);
            }
            at = (at + 1) & mask;
        }
    }

    /// The counts of a string, of which the caller raises one.
    fn at(&mut self, key: u64) -> &mut Count {
        let (mut at, free) = self.place(key);
        if free {
            self.used += 1;
            if 2 * self.used > self.places.len() {
                let twice = vec![Count::default(); 2 * self.places.len()];
                for count in core::mem::replace(&mut self.places, twice) {
                    if count.times + count.followed > 0 {
                        let (at, _) = self.place(count.key);
                        self.places[at] = count;
                    }
                }
                at = self.place(key).0;
            }
            self.places[at].key = key;
        }
        &mut self.places[at]
    }

    fn get(&self, key: u64) -> Count {
        self.places[self.place(key).0]
    }
}

/// A string of at most eight characters as one number; a table holds strings of one length.
fn key(text: &[u32]) -> u64 {
    text.iter().fold(0, |key, &c| key << BITS | u64::from(c))
}

/// −log p(`test[i]` | what comes before) of every held-out character, by the model of each rung: contexts
/// of 0, 1, … `rungs − 1` characters, counted in `train`. The first characters of `test` have what
/// context there is.
pub fn witten_bell(train: &[u32], test: &[u32], symbols: usize, rungs: usize) -> Vec<Vec<f32>> {
    let mut now = vec![1.0 / symbols as f64; test.len()];
    // Of the empty string alone.
    let mut contexts = Table::new();
    let mut out = Vec::new();
    for n in 0..rungs.min(RUNGS) {
        let mut grams = Table::new();
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
            let [total, different] = [context.followed, context.different].map(f64::from);
            if context.followed > 0 {
                *p = (f64::from(grams.get(key(gram)).times) + different * *p) / (total + different);
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
        let total: f32 = counts.iter().sum();
        let different = counts.iter().filter(|&&c| c > 0.0).count() as f32;
        if total > 0.0 {
            p.iter_mut().zip(&counts).for_each(|(p, c)| *p = (c + different * *p) / (total + different));
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
