//! Matrix products, convolutions among them.
//!
//! Either factor is addressed by two tables: where each kept row or column begins, and how far each
//! summed step is from there. A convolution is thereby a product like any other, of windows that
//! overlap in memory, and no matrix of patches is ever written.
//!
//! B is packed into panels as wide as the micro-kernel; A is read where it is. The micro-kernel
//! holds a tile of the result in registers (8 accumulators of SIMD 128, 12 of AVX2) while it runs
//! along the summed dimension. The kernel's elementwise body is applied to the rows of a finished
//! chunk while they are in the cache.
//!
//! A summed dimension longer than the result has rows (gradients of weights) is walked once, over
//! the whole result, and a panel lives no longer than its turn. Otherwise panels are kept for the
//! chunks to come.

use crate::isa::Simd;
use crate::memory::Memory;
use crate::narrow::{Along, COLUMNS, Column, in_runs};
use alloc::vec::Vec;
use core::slice;
use tilde_graph::plan::{Axes, Core, Factor, Kernel, Loc};

/// Rows of B that are packed at a time, at most, so that a panel stays in the cache.
const DEPTH: usize = 512;
/// The widest panel of any instruction set.
const WIDEST: usize = 16;
/// The most numbers of a chunk of rows.
const CHUNK: usize = 32_768;

/// A prepared matrix product.
pub struct Product {
    /// Rows of the result.
    m: usize,
    /// Columns of the result.
    n: usize,
    /// Rows that are finished together.
    chunk: usize,
    k: usize,
    /// Rows of B in a panel, but for the last ones.
    depth: usize,
    a: Side,
    b: Side,
    /// A's summed dimension: bytes between most neighbours, and the runs of each block of rows of B.
    step: isize,
    runs: Vec<Vec<Run>>,
    /// Whether B's summed dimension comes in runs of four words.
    b_in_fours: bool,
    /// How a product of few columns is computed.
    narrow: Option<Along>,
}

/// A factor, its addresses as tables of bytes.
struct Side {
    loc: Loc,
    batch: Axes,
    kept: Vec<isize>,
    summed: Vec<isize>,
}

impl Side {
    fn new(factor: &Factor) -> Side {
        Side {
            loc: factor.loc,
            batch: factor.batch.clone(),
            kept: offsets(&factor.kept),
            summed: offsets(&factor.summed),
        }
    }

    /// The first element of a matrix of the batch.
    ///
    /// # Safety
    /// `memory` must be that of the plan the factor belongs to, and the batch must have the matrix.
    #[inline(always)]
    unsafe fn at(&self, memory: &Memory, batch: usize) -> *const f32 {
        // SAFETY: the caller's plan keeps the matrix inside its arena.
        unsafe { memory.at(self.loc).cast::<f32>().offset(self.batch.offset(batch as u32) as isize) }
    }
}

/// A part of the summed dimension whose steps are all alike.
#[derive(Clone, Copy)]
struct Run {
    /// Where it begins, in bytes.
    at: isize,
    len: usize,
}

/// The blocks of a summed dimension as runs of steps of so many bytes.
fn runs(summed: &[isize], depth: usize, step: isize) -> Vec<Vec<Run>> {
    let mut blocks = Vec::new();
    for block in summed.chunks(depth) {
        let mut runs: Vec<Run> = Vec::new();
        for &at in block {
            match runs.last_mut() {
                Some(run) if run.at + run.len as isize * step == at => run.len += 1,
                _ => runs.push(Run { at, len: 1 }),
            }
        }
        blocks.push(runs);
    }
    blocks
}

/// [`Axes::offset`] of every point, in bytes.
fn offsets(axes: &Axes) -> Vec<isize> {
    (0..axes.points()).map(|at| 4 * axes.offset(at) as isize).collect()
}

impl Product {
    /// Prepares the core of a product kernel; `None` for any other.
    #[inline(never)]
    pub fn new(kernel: &Kernel) -> Option<Product> {
        let Core::Matmul { m, n, k, a, b, .. } = &kernel.core else { return None };
        let [m, n, k] = [*m, *n, *k].map(|x| x as usize);
        // A multiple of every tile height and vector.
        let rows = (CHUNK / n.max(1) / 24 * 24).max(24);
        let chunk = if k > m { m } else { rows.min(m) };
        // Blocks of equal depth, whole runs of either factor.
        let depth = k.div_ceil(k.div_ceil(DEPTH).max(1)).max(1).next_multiple_of(8);
        let step = a.summed.0.last().map_or(0, |axis| 4 * axis.1 as isize);
        let (a, b) = (Side::new(a), Side::new(b));
        let runs = runs(&a.summed, depth, step);
        let b_in_fours = in_runs(&b.summed, 4);
        let narrow = if n <= COLUMNS { Along::new(&a.kept, &a.summed) } else { None };
        Some(Product { m, n, chunk, k, depth, a, b, step, runs, b_in_fours, narrow })
    }

    /// Numbers of a finished chunk.
    pub fn chunk_len(&self) -> usize {
        self.chunk * self.n
    }

    /// Whether panels are used again by a later chunk.
    fn keeps_panels(&self) -> bool {
        self.chunk < self.m
    }

    /// Numbers of packed B.
    pub fn packed_len(&self) -> usize {
        if self.keeps_panels() { self.n.next_multiple_of(WIDEST) * self.k } else { WIDEST * self.depth }
    }

    /// The matrix and the row that point `first` of the domain, the first of a chunk, belongs to, and
    /// how many rows the chunk has.
    fn place(&self, first: usize) -> [usize; 3] {
        let row = first / self.n;
        let m0 = row % self.m;
        [row / self.m, m0, self.chunk.min(self.m - m0)]
    }

    /// The point after a chunk.
    pub fn end_of_chunk(&self, first: usize) -> usize {
        first + self.place(first)[2] * self.n
    }

    /// Computes the chunk that begins at point `first` of the domain into `c`, dense.
    ///
    /// # Safety
    /// `memory` must be that of the plan the kernel belongs to, `packed` of [`Product::packed_len`],
    /// `c` of [`Product::chunk_len`] numbers. The chunks of a matrix come in order.
    #[inline(always)]
    pub unsafe fn chunk<S: Simd>(&self, memory: &Memory, first: usize, packed: *mut f32, c: *mut f32) {
        let [batch, m0, rows] = self.place(first);
        let width = 2 * S::LANES;
        let keeps = self.keeps_panels();
        // SAFETY: tiles stay inside A, the packed B and c.
        unsafe {
            let (a, b) = (self.a.at(memory, batch), self.b.at(memory, batch));
            let kept = &self.a.kept[m0..m0 + rows];
            let mut panel = packed;
            let mut k0 = 0;
            while k0 < self.k {
                let depth = self.depth.min(self.k - k0);
                let summed = &self.a.summed[k0..k0 + depth];
                let add = k0 > 0;
                let mut n0 = 0;
                if let Some(along) = self.narrow {
                    while n0 < self.n {
                        for k in 0..depth {
                            *packed.add(k) = *b.byte_offset(self.b.kept[n0] + self.b.summed[k0 + k]);
                        }
                        let c = c.add(n0);
                        Column { along, a, kept, summed, b: packed, c, n: self.n, add }.run::<S>();
                        n0 += 1;
                    }
                }
                while n0 < self.n {
                    if !keeps || m0 == 0 {
                        self.pack::<S>(b, k0, depth, n0, panel);
                    }
                    let cols = width.min(self.n - n0);
                    let (c, n, step) = (c.add(n0), self.n, self.step);
                    let runs = &self.runs[k0 / self.depth][..];
                    Strip { a, kept, summed, step, runs, panel, c, n, cols, add }.run::<S>();
                    if keeps {
                        panel = panel.add(depth * width);
                    }
                    n0 += width;
                }
                k0 += depth;
            }
        }
    }

    /// Packs a panel: `depth` rows of B from `k0`, columns from `n0`, zeros past the last one.
    ///
    /// # Safety
    /// `b` must be the first element of B, which must have the rows and the first column; `panel` must
    /// have room for `depth` rows of two vectors. `S` must be present.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    unsafe fn pack<S: Simd>(&self, b: *const f32, k0: usize, depth: usize, n0: usize, panel: *mut f32) {
        let width = 2 * S::LANES;
        let kept = &self.b.kept[n0..self.n.min(n0 + width)];
        let summed = &self.b.summed[k0..k0 + depth];
        // SAFETY: the tables keep reads inside B, and the caller gives room for the panel.
        unsafe {
            if kept.len() == width && in_runs(kept, S::LANES) {
                let halves = [kept[0], kept[S::LANES]].map(|column| b.byte_offset(column));
                for (k, &from) in summed.iter().enumerate() {
                    let to = panel.add(k * width);
                    S::load(halves[0].byte_offset(from)).store(to);
                    S::load(halves[1].byte_offset(from)).store(to.add(S::LANES));
                }
                return;
            }
            if kept.len() == width && self.b_in_fours {
                for k in (0..depth).step_by(4) {
                    for (c, columns) in kept.chunks_exact(4).enumerate() {
                        let from = [0, 1, 2, 3].map(|i| b.byte_offset(columns[i] + summed[k]));
                        S::transpose(from, panel.add(k * width + 4 * c), width);
                    }
                }
                return;
            }
            if kept.len() < width {
                slice::from_raw_parts_mut(panel, depth * width).fill(0.0);
            }
            for (c, &column) in kept.iter().enumerate() {
                for (k, &from) in summed.iter().enumerate() {
                    *panel.add(k * width + c) = *b.byte_offset(column + from);
                }
            }
        }
    }
}

/// The columns of the result that a panel gives.
struct Strip<'a> {
    /// The first element of A.
    a: *const f32,
    /// Where its rows begin.
    kept: &'a [isize],
    /// Where each step along the summed dimension is.
    summed: &'a [isize],
    /// The same in runs, whose steps are of so many bytes.
    step: isize,
    runs: &'a [Run],
    panel: *const f32,
    c: *mut f32,
    /// Row length of c.
    n: usize,
    /// Columns that exist.
    cols: usize,
    /// Whether c holds the sum so far.
    add: bool,
}

impl Strip<'_> {
    /// All rows, a tile at a time. A wasm engine finds more registers in a function of its own.
    ///
    /// # Safety
    /// The tables must lead to elements of A, the panel must have `summed.len()` rows of two vectors, and
    /// `c` must have `kept.len()` rows of `n` numbers, of which the first `cols` are this strip's. `S`
    /// must be present.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    unsafe fn run<S: Simd>(&self) {
        let mut m = 0;
        // SAFETY: the caller's strip lies inside its matrices.
        unsafe {
            while m < self.kept.len() {
                m += match (S::ROWS, self.kept.len() - m) {
                    (6, 6..) => self.tile::<S, 6>(m),
                    (_, 4..) => self.tile::<S, 4>(m),
                    // Three rows are these two and one: a tile of their own is rarely worth its code.
                    (_, 2..) => self.tile::<S, 2>(m),
                    _ => self.tile::<S, 1>(m),
                };
            }
        }
    }

    /// Σ over the depth, for R rows from row `m` and two vectors of columns; returns R.
    ///
    /// # Safety
    /// As [`Strip::run`]; the strip must have R rows from row `m`.
    #[inline(always)]
    #[allow(clippy::manual_memcpy, reason = "a copy of the whole would keep the sums in memory all along")]
    unsafe fn tile<S: Simd, const R: usize>(&self, m: usize) -> usize {
        let width = 2 * S::LANES;
        // SAFETY: the caller's strip has the rows.
        unsafe {
            let zero = S::splat(0.0);
            let mut acc = [[zero; 2]; R];
            let mut rows = [self.a; R];
            for (r, row) in rows.iter_mut().enumerate() {
                *row = self.a.byte_offset(*self.kept.get_unchecked(m + r));
            }
            let mut b = self.panel;
            if S::TABLE {
                for &at in self.summed {
                    step(&mut acc, &rows, at, b);
                    b = b.add(width);
                }
            } else {
                for run in self.runs {
                    let mut at = run.at;
                    for _ in 0..run.len {
                        step(&mut acc, &rows, at, b);
                        b = b.add(width);
                        at += self.step;
                    }
                }
            }
            // A copy, so that the sums may stay in registers until here.
            let mut tile = [[S::splat(0.0); 2]; R];
            for r in 0..R {
                tile[r] = acc[r];
            }
            self.store(m, &tile);
        }
        R
    }

    /// Writes or adds the rows of a tile.
    ///
    /// # Safety
    /// As [`Strip::run`]; the strip must have the tile's rows from row `m`.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    unsafe fn store<S: Simd>(&self, m: usize, tile: &[[S; 2]]) {
        // SAFETY: the caller's rows lie inside the result.
        unsafe {
            let mut c = self.c.add(m * self.n);
            for &[mut lo, mut hi] in tile {
                if self.cols == 2 * S::LANES {
                    if self.add {
                        lo = lo.add(S::load(c));
                        hi = hi.add(S::load(c.add(S::LANES)));
                    }
                    lo.store(c);
                    hi.store(c.add(S::LANES));
                } else {
                    // A row that is cut off is completed aside.
                    let mut row = [0.0f32; WIDEST];
                    let [first, second] = [0, S::LANES].map(|i| row.as_mut_ptr().add(i));
                    if self.add {
                        c.copy_to_nonoverlapping(first, self.cols);
                    }
                    lo.add(S::load(first)).store(first);
                    hi.add(S::load(second)).store(second);
                    c.copy_from_nonoverlapping(first, self.cols);
                }
                c = c.add(self.n);
            }
        }
    }
}

/// One summed step of a tile: `at` bytes after the beginning of each row, row `b` of the panel.
///
/// # Safety
/// Each row must have an element of A there, and `b` two vectors. `S` must be present.
#[inline(always)]
unsafe fn step<S: Simd, const R: usize>(
    acc: &mut [[S; 2]; R],
    rows: &[*const f32; R],
    at: isize,
    b: *const f32,
) {
    // SAFETY: the caller's step lies inside A and the panel.
    unsafe {
        let (b0, b1) = (S::load(b), S::load(b.add(S::LANES)));
        for r in 0..R {
            let x = S::splat(*rows[r].byte_offset(at));
            acc[r][0] = acc[r][0].mul_add(x, b0);
            acc[r][1] = acc[r][1].mul_add(x, b1);
        }
    }
}
