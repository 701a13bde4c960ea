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
    /// What vectors lie along.
    pub along: Along,
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
    /// The addresses must lie in A and be consecutive along `along`; b and c must be as long as the
    /// tables say. `S` must be present.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub unsafe fn run<S: Simd>(&self) {
        let mut m = 0;
        // SAFETY: tiles cover the rows once.
        unsafe {
            while m < self.kept.len() {
                let enough = m + 4 * self.apart::<S>() <= self.kept.len();
                m += if enough { self.tile::<S, 4>(m) } else { self.tile::<S, 1>(m) };
            }
        }
    }

    /// Rows of the result from one vector to the next.
    #[inline(always)]
    fn apart<S: Simd>(&self) -> usize {
        if self.along == Along::Summed { 1 } else { S::LANES }
    }

    /// R vectors from row `m`: partial sums of a row each, or rows each; returns how many rows.
    ///
    /// # Safety
    /// As [`Column::run`]; the column must have so many rows from row `m`.
    #[inline(always)]
    unsafe fn tile<S: Simd, const R: usize>(&self, m: usize) -> usize {
        let apart = self.apart::<S>();
        // SAFETY: the tables keep reads inside A and b, and each part has room for a vector.
        unsafe {
            let mut rows = [self.a; R];
            for (r, row) in rows.iter_mut().enumerate() {
                *row = self.a.byte_offset(self.kept[m + r * apart]);
            }
            let mut acc = [S::splat(0.0); R];
            let mut k = 0;
            while k < self.summed.len() {
                let (at, b) = (*self.summed.get_unchecked(k), self.b.add(k));
                let b = if apart == 1 { S::load(b) } else { S::splat(*b) };
                for r in 0..R {
                    acc[r] = acc[r].mul_add(S::load(rows[r].byte_offset(at)), b);
                }
                k += if apart == 1 { S::LANES } else { 1 };
            }
            let mut parts = [[0.0; GROUP]; R];
            for r in 0..R {
                acc[r].store(parts[r].as_mut_ptr());
            }
            self.store(m, &parts, apart);
        }
        R * apart
    }

    /// Writes or adds sums of each vector, or each of its `apart` numbers.
    ///
    /// # Safety
    /// As [`Column::run`]; the column must have so many rows from row `m`.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    unsafe fn store(&self, m: usize, parts: &[[f32; GROUP]], apart: usize) {
        // SAFETY: the caller's rows are the result's.
        unsafe {
            for j in 0..parts.len() * apart {
                let part = &parts[j / apart];
                let x = if apart == 1 { part.iter().sum() } else { part[j % apart] };
                let c = self.c.add((m + j) * self.n);
                *c = if self.add { *c + x } else { x };
            }
        }
    }
}
