//! Matrix products.
//!
//! B is packed into panels as wide as the micro-kernel; A is read where it is. The micro-kernel
//! holds a tile of the result in registers (8 accumulators of SIMD 128, 12 of AVX2) while it runs
//! along the summed dimension. The kernel's elementwise body is applied to the rows of a finished
//! chunk while they are in the cache.

use crate::body::Memory;
use crate::isa::Simd;
use tilde_graph::plan::{Access, Core, Kernel};

/// Rows of B that are packed at a time, so that a panel stays in the cache.
const DEPTH: usize = 512;
/// The widest panel of any instruction set.
const WIDEST: usize = 16;
/// The most numbers of a chunk of rows.
const CHUNK: usize = 32_768;

/// A prepared matrix product.
pub struct Product {
    /// Number of matrices.
    pub batch: usize,
    /// Rows of the result.
    pub m: usize,
    /// Columns of the result.
    pub n: usize,
    k: usize,
    a: Access,
    b: Access,
}

impl Product {
    /// Prepares the core of a product kernel; `None` for any other.
    pub fn new(kernel: &Kernel) -> Option<Product> {
        let Core::Matmul { k, a, b } = kernel.core else { return None };
        let (batch, m, n) = (kernel.domain.dim(0), kernel.domain.dim(1), kernel.domain.dim(2));
        Some(Product { batch, m, n, k: k as usize, a, b })
    }

    /// Rows that are finished together.
    pub fn chunk_rows(&self) -> usize {
        // A multiple of every tile height.
        (CHUNK / self.n.max(1) / 12 * 12).clamp(12, self.m.max(12))
    }

    /// Numbers of a finished chunk.
    pub fn chunk_len(&self) -> usize {
        self.chunk_rows().min(self.m) * self.n
    }

    /// Numbers of packed B.
    pub fn packed_len(&self) -> usize {
        self.n.next_multiple_of(WIDEST) * self.k
    }

    /// Packs B of one matrix of the batch: for each block of [`DEPTH`] rows, panels of the
    /// instruction set's width, zero past the last column.
    ///
    /// # Safety
    /// `memory` must be that of the plan the kernel belongs to, `packed` of [`Product::packed_len`].
    #[inline(always)]
    pub unsafe fn pack<S: Simd>(&self, memory: &Memory, batch: usize, packed: &mut [f32]) {
        let width = 2 * S::LANES;
        let [bs, ks, ns, ..] = self.b.strides.map(|s| s as isize);
        let panels = self.n.div_ceil(width);
        // SAFETY: reads stay inside B.
        unsafe {
            let b = memory.at(self.b.loc).cast::<f32>().offset(batch as isize * bs);
            let mut to = packed.as_mut_ptr();
            let mut k0 = 0;
            while k0 < self.k {
                let depth = DEPTH.min(self.k - k0);
                for p in 0..panels {
                    let n0 = p * width;
                    let cols = width.min(self.n - n0);
                    let from = b.offset(k0 as isize * ks + n0 as isize * ns);
                    if ns == 1 && cols == width {
                        for k in 0..depth {
                            let row = from.offset(k as isize * ks);
                            S::load(row).store(to.add(k * width));
                            S::load(row.add(S::LANES)).store(to.add(k * width + S::LANES));
                        }
                    } else if cols == width {
                        // A transposed B: as many streams as a panel is wide, each read in rows.
                        for k in 0..depth {
                            let row = from.offset(k as isize * ks);
                            for c in 0..2 * S::LANES {
                                *to.add(k * width + c) = *row.offset(c as isize * ns);
                            }
                        }
                    } else {
                        // The last panel: zeros past the last column.
                        for c in 0..width {
                            for k in 0..depth {
                                let x = if c < cols {
                                    *from.offset(k as isize * ks + c as isize * ns)
                                } else {
                                    0.0
                                };
                                *to.add(k * width + c) = x;
                            }
                        }
                    }
                    to = to.add(depth * width);
                }
                k0 += depth;
            }
        }
    }

    /// Computes rows `m0 .. m0 + rows` of one matrix into `c`, dense.
    ///
    /// # Safety
    /// After [`Product::pack`] of the same matrix; `c` has `rows · n` numbers.
    #[inline(always)]
    pub unsafe fn rows<S: Simd>(
        &self,
        memory: &Memory,
        batch: usize,
        packed: &[f32],
        m0: usize,
        rows: usize,
        c: *mut f32,
    ) {
        let width = 2 * S::LANES;
        let panels = self.n.div_ceil(width);
        let [bs, ms, ks, ..] = self.a.strides.map(|s| s as isize);
        // SAFETY: tiles stay inside A, the packed B and c.
        unsafe {
            let a = memory.at(self.a.loc).cast::<f32>().offset(batch as isize * bs + m0 as isize * ms);
            let mut k0 = 0;
            while k0 < self.k {
                let depth = DEPTH.min(self.k - k0);
                let block = packed.as_ptr().add(k0 * panels * width);
                let a = a.offset(k0 as isize * ks);
                for p in 0..panels {
                    let panel = block.add(p * depth * width);
                    let cols = width.min(self.n - p * width);
                    let mut m = 0;
                    while m < rows {
                        let tile = Tile {
                            a: a.offset(m as isize * ms),
                            ms,
                            ks,
                            panel,
                            depth,
                            c: c.add(m * self.n + p * width),
                            n: self.n,
                            cols,
                            add: k0 > 0,
                        };
                        let left = rows - m;
                        m += match (S::ROWS, left) {
                            (6, 6..) => tile.run::<S, 6>(),
                            (_, 4..) => tile.run::<S, 4>(),
                            // Three rows are these two and one: a tile of their own is rarely worth
                            // its code.
                            (_, 2..) => tile.run::<S, 2>(),
                            _ => tile.run::<S, 1>(),
                        };
                    }
                }
                k0 += depth;
            }
        }
    }
}

/// One tile of the result.
struct Tile {
    a: *const f32,
    ms: isize,
    ks: isize,
    panel: *const f32,
    depth: usize,
    c: *mut f32,
    /// Row length of c.
    n: usize,
    /// Columns that exist.
    cols: usize,
    /// Whether c holds the sum so far.
    add: bool,
}

impl Tile {
    /// Σ over the depth, for R rows and two vectors of columns; returns R.
    #[inline(always)]
    unsafe fn run<S: Simd, const R: usize>(&self) -> usize {
        let width = 2 * S::LANES;
        // SAFETY: the caller's tile lies inside its matrices.
        unsafe {
            let zero = S::splat(0.0);
            let mut acc = [[zero; 2]; R];
            let mut rows = [self.a; R];
            for (r, row) in rows.iter_mut().enumerate() {
                *row = self.a.offset(r as isize * self.ms);
            }
            let mut b = self.panel;
            let mut at = 0isize;
            for _ in 0..self.depth {
                let (b0, b1) = (S::load(b), S::load(b.add(S::LANES)));
                for r in 0..R {
                    let x = S::splat(*rows[r].offset(at));
                    acc[r][0] = acc[r][0].mul_add(x, b0);
                    acc[r][1] = acc[r][1].mul_add(x, b1);
                }
                b = b.add(width);
                at += self.ks;
            }
            for (r, [lo, hi]) in acc.into_iter().enumerate() {
                self.store(self.c.add(r * self.n), lo, hi);
            }
        }
        R
    }

    /// Writes or adds one row of the tile.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    unsafe fn store<S: Simd>(&self, c: *mut f32, mut lo: S, mut hi: S) {
        // SAFETY: the caller's row lies inside the result.
        unsafe {
            if self.cols == 2 * S::LANES {
                if self.add {
                    lo = lo.add(S::load(c));
                    hi = hi.add(S::load(c.add(S::LANES)));
                }
                lo.store(c);
                hi.store(c.add(S::LANES));
            } else {
                let mut row = [0.0f32; WIDEST];
                lo.store(row.as_mut_ptr());
                hi.store(row.as_mut_ptr().add(S::LANES));
                for i in 0..self.cols {
                    *c.add(i) = if self.add { *c.add(i) + row[i] } else { row[i] };
                }
            }
        }
    }
}
