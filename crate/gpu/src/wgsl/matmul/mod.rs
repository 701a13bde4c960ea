//! Matrix products: a template with or without shared memory, the body run on every output, and
//! the summed dimension cut where there are few outputs with many products to each.
//!
//! A convolution is a product whose factors have several axes in a dimension. Rows and columns
//! find their addresses once per invocation. Along the summed dimension a factor of several axes
//! has one stride within a *run* only, so that the sum is a loop over runs of a loop.

mod direct;
mod factor;
mod output;
mod tiled;

use super::source::Source;
use super::{Shader, Target, split};
use factor::{Side, Walk};
use tilde_graph::plan::{Access, Axes, Core, Kernel, Store};
use tilde_graph::{DType, ReduceOp};

/// Side of the square of outputs that a workgroup of the tiled template computes, and its step
/// along k. Cuts of k are multiples of it.
const SIDE: u32 = 32;

/// A product taken apart.
struct Product<'a> {
    kernel: &'a Kernel,
    batch: u32,
    m: u32,
    n: u32,
    k: u32,
    a: Side<'a>,
    b: Side<'a>,
}

/// How the summed dimension is cut: `parts` workgroups each sum `chunk` products of an output.
#[derive(Clone, Copy)]
struct Cut {
    parts: u32,
    chunk: u32,
}

/// The workgroups of a dispatch: what each computes, and how many there are.
struct Tiling {
    /// Tiles along m and n.
    tiles: (u32, u32),
    cut: Cut,
}

/// The shaders of a product kernel.
pub(super) fn shaders(kernel: &Kernel, target: Target) -> Vec<Shader> {
    let Core::Matmul { batch, m, n, k, a, b } = &kernel.core else {
        unreachable!("the caller matched a product")
    };
    let run = gcd(last(&a.summed, *k), last(&b.summed, *k));
    let side = |factor, size| Side { factor, size, run };
    let (a, b) = (side(a, *m), side(b, *n));
    let product = Product { kernel, batch: *batch, m: *m, n: *n, k: *k, a, b };
    let (shader, parts) = if target == Target::Hardware && product.thick() {
        let tiling = product.tiling((SIDE, SIDE), target);
        (tiled::shader(&product, &tiling), tiling.cut.parts)
    } else {
        let block = direct::Block::of(&product, target);
        let tiling = product.tiling(block.reach(), target);
        (direct::shader(&product, &block, &tiling), tiling.cut.parts)
    };
    match parts {
        1 => vec![shader],
        _ => vec![shader, split::finish(kernel, parts, ReduceOp::Sum, DType::F32)],
    }
}

/// Points of the innermost axis of the summed dimension.
fn last(summed: &Axes, k: u32) -> u32 {
    summed.0.last().map_or(k, |axis| axis.0)
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Product<'_> {
    /// Whether there is work enough for the tiled template: squares of outputs, counting long sums
    /// several times because they can be cut.
    fn thick(&self) -> bool {
        let Product { batch, m, n, k, .. } = *self;
        let squares = batch * m.div_ceil(SIDE) * n.div_ceil(SIDE);
        m >= SIDE && n >= SIDE && k >= SIDE && squares * (k / 256).max(1) >= 16
    }

    /// Tiles of `reach` outputs along m and n.
    fn tiling(&self, reach: (u32, u32), target: Target) -> Tiling {
        let tiles = (self.m.div_ceil(reach.0), self.n.div_ceil(reach.1));
        Tiling { tiles, cut: self.cut(self.batch * tiles.0 * tiles.1, target) }
    }

    /// Cuts k so that the adapter is busy, where `groups` workgroups alone would not keep it so.
    fn cut(&self, groups: u32, target: Target) -> Cut {
        // The workgroups that keep the adapter busy, and the shortest sum for one of them.
        let (busy, least) = match target {
            Target::Hardware => (128, 128),
            Target::Software => (4, 1024),
        };
        let wanted = (busy / groups).min(self.k / least).max(1);
        if wanted == 1 {
            return Cut { parts: 1, chunk: self.k };
        }
        let chunk = self.k.div_ceil(wanted).next_multiple_of(SIDE);
        Cut { parts: self.k.div_ceil(chunk), chunk }
    }

    /// The source of a shader whose invocations compute `tile` outputs, and how it loads the
    /// factors: by vectors on the given walks, where its stores are vectors, too.
    fn source(&self, tile: (u32, u32), walks: &[Walk], cut: Cut) -> (Source, [Walk; 2]) {
        let mut source = Source::default();
        let walks = [(&self.a, tile.0), (&self.b, tile.1)].map(|(side, size)| {
            let (walk, arena) = (side.walk(size), side.arena());
            let mut stores = self.kernel.body.stores.iter().filter(|s| s.access.loc.arena == arena);
            let whole = cut.parts > 1 || stores.all(|store| tile.1 == 4 && self.quad(store));
            if !whole || !walks.contains(&walk) {
                return Walk::Words;
            }
            source.vectors(arena);
            walk
        });
        (source, walks)
    }

    /// Whether four columns of which the first is a multiple of four are stored as one vector.
    fn quad(&self, store: &Store) -> bool {
        let Access { loc, strides } = &store.access;
        let dims = &self.kernel.domain;
        let Some(last) = dims.rank().checked_sub(1) else { return false };
        [self.n, dims.dim(last) as u32, loc.offset].iter().all(|size| size.is_multiple_of(4))
            && strides[last] == 1
            && strides[..last].iter().all(|stride| stride % 4 == 0)
    }
}

impl Cut {
    /// The first value of k of a part, and the one after its last.
    fn range(&self) -> [String; 2] {
        match self.parts {
            1 => ["0u".to_string(), format!("{}u", self.chunk)],
            _ => ["k_begin".to_string(), "k_end".to_string()],
        }
    }
}

/// The declarations of the sums of `rows` rows of outputs.
fn sums(rows: u32) -> String {
    (0..rows).map(|i| format!("    var sum{i} = Row();\n")).collect()
}
