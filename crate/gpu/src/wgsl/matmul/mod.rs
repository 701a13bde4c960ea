//! Matrix products: a template with or without shared memory, the body run on every output, and
//! the summed dimension cut where there are few outputs with many products to each.

mod direct;
mod factor;
mod output;
mod tiled;

use super::source::Source;
use super::{Shader, Target, split};
use factor::{Factor, Walk};
use tilde_graph::plan::{Core, Kernel};
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
    a: Factor<'a>,
    b: Factor<'a>,
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
    let Core::Matmul { k, a, b } = &kernel.core else { unreachable!("the caller matched a product") };
    let [batch, m, n] = [0, 1, 2].map(|axis| kernel.domain.dim(axis) as u32);
    let a = Factor { access: a, size: m, out: a.strides[1], along: a.strides[2] };
    let b = Factor { access: b, size: n, out: b.strides[2], along: b.strides[1] };
    let product = Product { kernel, batch, m, n, k: *k, a, b };
    let squares = batch * m.div_ceil(SIDE) * n.div_ceil(SIDE);
    let thick = m >= SIDE && n >= SIDE && *k >= SIDE && squares >= 16;
    let (shader, parts) = if target == Target::Hardware && thick {
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

impl Product<'_> {
    /// Tiles of `reach` outputs along m and n.
    fn tiling(&self, reach: (u32, u32), target: Target) -> Tiling {
        let tiles = (self.m.div_ceil(reach.0), self.n.div_ceil(reach.1));
        Tiling { tiles, cut: self.cut(self.batch * tiles.0 * tiles.1, target) }
    }

    /// Cuts k so that the adapter is busy, where `groups` workgroups alone would not keep it so.
    fn cut(&self, groups: u32, target: Target) -> Cut {
        // The workgroups wanted, and the shortest sum worth one.
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

    /// The source of a shader whose invocations compute `tile` outputs and which loads vectors
    /// on the given walks.
    fn source(&self, tile: (u32, u32), vectors: &[Walk]) -> Source {
        let mut source = Source::default();
        for (factor, tile) in [(&self.a, tile.0), (&self.b, tile.1)] {
            if vectors.contains(&factor.walk(tile)) {
                source.vectors(factor.access.loc.arena);
            }
        }
        source
    }
}

/// A stride as an unsigned literal: a negative one wraps, as the addition of its product does.
fn wrapped(stride: i32) -> String {
    format!("{}u", stride as u32)
}

/// The declarations of the sums of `rows` rows of outputs.
fn sums(rows: u32) -> String {
    (0..rows).map(|i| format!("    var sum{i} = Row();\n")).collect()
}
