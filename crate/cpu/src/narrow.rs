//! Products with few columns, which a panel would be mostly zeros for: the last layer of a critic,
//! the convolution that ends in one channel.
//!
//! Vectors lie along A instead, where A is consecutive: along the summed dimension, each row a dot
//! product of its own, or along the rows, each summed step added to several vectors of results.

use crate::isa::Simd;

/// The most columns that are worth it: with four lanes, half a panel.
pub const COLUMNS: usize = 4;
/// A multiple of the lanes of every instruction set.
const GROUP: usize = 8;

/// What a narrow product's vectors lie along.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// The summed dimension.
    Summed,
    /// The rows of the result.
    Rows,
}

impl Along {
    /// What A, its addresses given in bytes, is consecutive along, if anything.
    pub fn new(kept: &[isize], summed: &[isize]) -> Option<Along> {
        if in_runs(summed, GROUP) {
            return Some(Along::Summed);
        }
        in_runs(kept, GROUP).then_some(Along::Rows)
    }
}

/// Whether the addresses are runs of so many consecutive words each.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub fn in_runs(bytes: &[isize], len: usize) -> bool {
    let mut i = 0;
    while i < bytes.len() && (i % len == 0 || bytes[i] == bytes[i - 1] + 4) {
        i += 1;
    }
    i == bytes.len() && i % len == 0
}

/// One column of the result.
pub struct Column<'a> {
    /// The first element of A.
    pub a: *const f32,
    /// Where its rows begin, in bytes.
    pub kept: &'a [isize],
    /// Where each step along the summed dimension is, in bytes.
    pub summed: &'a [isize],
    /// The column of B, dense.
    pub b: *const f32,
    /// Where the column of the result begins.
    pub c: *mut f32,
    /// Row length of the result.
    pub n: usize,
    /// Whether the result holds the sum so far.
    pub add: bool,
}

impl Column<'_> {
    /// Computes the whole column.
    ///
    /// # Safety
    /// The addresses must lie in A, b and c be as long as the tables say, A be consecutive along
    /// `along`.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub unsafe fn run<S: Simd>(&self, along: Along) {
        // Rows of the result that a vector stands for.
        let step = if along == Along::Summed { 1 } else { S::LANES };
        let mut m = 0;
        // SAFETY: the caller's.
        unsafe {
            while m < self.kept.len() {
                m += match (along, m + 4 * step <= self.kept.len()) {
                    (Along::Summed, true) => self.dots::<S, 4>(m),
                    (Along::Summed, false) => self.dots::<S, 1>(m),
                    (Along::Rows, true) => self.vectors::<S, 4>(m),
                    (Along::Rows, false) => self.vectors::<S, 1>(m),
                };
            }
        }
    }

    /// R rows from row `m`, one vector of partial sums each; returns their number.
    #[inline(always)]
    unsafe fn dots<S: Simd, const R: usize>(&self, m: usize) -> usize {
        // SAFETY: the caller's.
        unsafe {
            let mut acc = [S::splat(0.0); R];
            let mut k = 0;
            while k < self.summed.len() {
                let (at, b) = (self.summed[k], S::load(self.b.add(k)));
                for r in 0..R {
                    acc[r] = acc[r].mul_add(S::load(self.a.byte_offset(self.kept[m + r] + at)), b);
                }
                k += S::LANES;
            }
            for r in 0..R {
                let mut parts = [0.0f32; GROUP];
                acc[r].store(parts.as_mut_ptr());
                self.store(m + r, parts.iter().sum());
            }
        }
        R
    }

    /// R vectors of rows from row `m`; returns the number of rows.
    #[inline(always)]
    unsafe fn vectors<S: Simd, const R: usize>(&self, m: usize) -> usize {
        // SAFETY: the caller's.
        unsafe {
            let mut acc = [S::splat(0.0); R];
            for (k, &at) in self.summed.iter().enumerate() {
                let b = S::splat(*self.b.add(k));
                for r in 0..R {
                    let from = self.a.byte_offset(self.kept[m + r * S::LANES] + at);
                    acc[r] = acc[r].mul_add(S::load(from), b);
                }
            }
            for r in 0..R {
                let mut parts = [0.0f32; GROUP];
                acc[r].store(parts.as_mut_ptr());
                for i in 0..S::LANES {
                    self.store(m + r * S::LANES + i, parts[i]);
                }
            }
        }
        R * S::LANES
    }

    #[inline(always)]
    unsafe fn store(&self, m: usize, x: f32) {
        // SAFETY: the caller's row is one of the result's.
        unsafe {
            let c = self.c.add(m * self.n);
            *c = if self.add { *c + x } else { x };
        }
    }
}
