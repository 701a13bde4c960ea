//! Walking a strided access along a domain's row-major order.

use alloc::vec::Vec;
use tilde_graph::Shape;
use tilde_graph::plan::{Access, Guard, Loc};

/// An access with neighbouring axes merged where one stride serves both.
#[derive(Clone, Debug)]
pub struct Strided {
    /// The word at coordinate 0; may wrap for guarded loads.
    pub loc: Loc,
    /// (size, stride), outermost first; empty for a single point.
    pub dims: Vec<(usize, isize)>,
}

impl Strided {
    /// Merges the axes of `access` over `domain`. Guarded axes stay apart.
    pub fn new(access: &Access, domain: &Shape, guards: &[Guard]) -> Strided {
        let mut dims: Vec<(usize, isize)> = Vec::new();
        for a in 0..domain.rank() {
            let (size, stride) = (domain.dim(a), access.strides[a] as isize);
            match dims.last_mut() {
                Some(last) if guards.is_empty() && (last.1 == stride * size as isize || last.0 == 1) => {
                    *last = (if last.0 == 1 { size } else { last.0 * size }, stride);
                }
                _ => dims.push((size, stride)),
            }
        }
        if dims.len() == 1 && dims[0].0 == 1 && guards.is_empty() {
            dims[0].1 = 1;
        }
        Strided { loc: access.loc, dims }
    }

    /// Whether consecutive points are consecutive words.
    pub fn is_dense(&self) -> bool {
        matches!(self.dims[..], [] | [(_, 1)])
    }

    /// Whether every point is the same word.
    pub fn is_constant(&self) -> bool {
        self.dims.iter().all(|&(size, stride)| stride == 0 || size == 1)
    }

    /// As [`Strided::walk`], for rare accesses: it is not inlined in wasm, so that a module has its code
    /// once.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub fn walk_rarely(&self, start: usize, count: usize, run: &mut dyn FnMut(usize, isize, isize, usize)) {
        self.walk(start, count, run);
    }

    /// Calls `run(at, offset, stride, len)` for runs along the innermost axis that cover points
    /// `start .. start + count`: `at` points after `start`, `offset` words from `loc`.
    #[inline(always)]
    pub fn walk(&self, start: usize, count: usize, mut run: impl FnMut(usize, isize, isize, usize)) {
        let rank = self.dims.len();
        if rank == 0 {
            run(0, 0, 0, count);
            return;
        }
        let mut at = [0usize; 6];
        let mut rest = start;
        let mut offset = 0isize;
        for a in (0..rank).rev() {
            let (size, stride) = self.dims[a];
            at[a] = rest % size;
            rest /= size;
            offset += at[a] as isize * stride;
        }
        let (size, stride) = self.dims[rank - 1];
        let mut done = 0;
        while done < count {
            let len = (size - at[rank - 1]).min(count - done);
            run(done, offset, stride, len);
            done += len;
            at[rank - 1] += len;
            offset += len as isize * stride;
            let mut a = rank - 1;
            while at[a] == self.dims[a].0 && a > 0 {
                offset -= at[a] as isize * self.dims[a].1;
                at[a] = 0;
                a -= 1;
                at[a] += 1;
                offset += self.dims[a].1;
            }
        }
    }
}
