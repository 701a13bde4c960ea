//! Counter-based randomness: Threefry-2x32 with 20 rounds.
//!
//! J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
//! Only additions, rotations and exclusive ors, so the words are the same in Rust and in WGSL.

use crate::angle;

/// One block: two words from a key and a counter.
#[inline(always)]
pub fn threefry2x32(key: [u32; 2], counter: [u32; 2]) -> [u32; 2] {
    const ROTATIONS: [[u32; 4]; 2] = [[13, 15, 26, 6], [17, 29, 16, 24]];
    let keys = [key[0], key[1], key[0] ^ key[1] ^ 0x1BD1_1BDA];
    let mut x = [counter[0].wrapping_add(keys[0]), counter[1].wrapping_add(keys[1])];
    for group in 0..5 {
        for r in ROTATIONS[group % 2] {
            x[0] = x[0].wrapping_add(x[1]);
            x[1] = x[1].rotate_left(r) ^ x[0];
        }
        x[0] = x[0].wrapping_add(keys[(group + 1) % 3]);
        x[1] = x[1].wrapping_add(keys[(group + 2) % 3]).wrapping_add(group as u32 + 1);
    }
    x
}

/// The key of a draw site: the seed folded with the site's ordinal and its entry's index. Draws of
/// the host use entry `u32::MAX`.
pub fn site_key(seed: u64, entry: u32, site: u32) -> [u32; 2] {
    threefry2x32([seed as u32, (seed >> 32) as u32], [site, entry])
}

/// A uniform number in (0, 1) from 23 of the word's bits: (x >> 9 + ½)·2⁻²³, exact in `f32`. With
/// 24 bits the top value would round to 1 and log(1 − u) be −∞.
#[inline(always)]
pub fn unit(word: u32) -> f32 {
    ((word >> 9) as f32 + 0.5) * (1.0 / 8_388_608.0)
}

/// A sequence of draws on the host: initial weights, data sets.
#[derive(Clone, Debug)]
pub struct Stream {
    key: [u32; 2],
    drawn: u64,
}

impl Stream {
    /// The host's stream for a seed and a site of its own.
    pub fn new(seed: u64, site: u32) -> Stream {
        Stream { key: site_key(seed, u32::MAX, site), drawn: 0 }
    }

    /// The next word.
    pub fn next_u32(&mut self) -> u32 {
        let block = self.drawn >> 1;
        let words = threefry2x32(self.key, [block as u32, (block >> 32) as u32]);
        let word = words[(self.drawn & 1) as usize];
        self.drawn += 1;
        word
    }

    /// Uniform in (0, 1).
    pub fn uniform(&mut self) -> f32 {
        unit(self.next_u32())
    }

    /// Standard normal, by Box and Muller.
    pub fn normal(&mut self) -> f32 {
        let radius = crate::real::sqrtf(-2.0 * libm::logf(self.uniform()));
        radius * angle::cos(core::f32::consts::TAU * self.uniform())
    }

    /// Uniform in `0..n` (bias below n·2⁻³²).
    ///
    /// # Panics
    /// If `n` is 0.
    pub fn below(&mut self, n: u32) -> u32 {
        assert!(n > 0, "below(0) has no answer");
        ((u64::from(self.next_u32()) * u64::from(n)) >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers of Random123 for threefry2x32 with 20 rounds.
    #[test]
    fn known_answers() {
        assert_eq!(threefry2x32([0, 0], [0, 0]), [0x6b20_0159, 0x99ba_4efe]);
        assert_eq!(threefry2x32([!0, !0], [!0, !0]), [0x1cb9_96fc, 0xbb00_2be7]);
        assert_eq!(
            threefry2x32([0x1319_8a2e, 0x0370_7344], [0x243f_6a88, 0x85a3_08d3]),
            [0xc492_3a9c, 0x483d_f7a0]
        );
    }

    #[test]
    fn unit_is_open() {
        assert!(unit(0) > 0.0);
        assert!(unit(u32::MAX) < 1.0);
    }
}
