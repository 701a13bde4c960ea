//! Products without shared memory.

use super::factor::{Factor, Walk};
use super::{Product, Tiling, output, sums, wrapped};
use crate::wgsl::source::{Source, fill};
use crate::wgsl::{Shader, Target};

/// What a workgroup and an invocation compute, as sizes along (m, n).
pub(super) struct Block {
    /// Invocations in a workgroup.
    threads: (u32, u32),
    /// Outputs of an invocation, each 1, 2 or 4.
    tile: (u32, u32),
}

impl Block {
    /// The block for a product's shape.
    pub(super) fn of(product: &Product, target: Target) -> Block {
        // A vector times a matrix wastes nothing.
        let side = |size: u32| if size > 2 { 4 } else { size };
        let mut tile = (side(product.m), side(product.n));
        if target == Target::Hardware {
            // Smaller tiles load more per product, but idle processors cost more than loads.
            let threads = |t: (u32, u32)| product.batch * product.m.div_ceil(t.0) * product.n.div_ceil(t.1);
            while threads(tile) < 4096 && tile != (1, 1) {
                tile = if tile.0 >= tile.1 { (tile.0 / 2, tile.1) } else { (tile.0, tile.1 / 2) };
            }
        }
        let across = product.n.div_ceil(tile.1).next_power_of_two().min(8);
        let down = product.m.div_ceil(tile.0).next_power_of_two().min(64 / across);
        Block { threads: (down, across), tile }
    }

    /// Outputs of a workgroup.
    pub(super) fn reach(&self) -> (u32, u32) {
        (self.threads.0 * self.tile.0, self.threads.1 * self.tile.1)
    }
}

/// The shader of a product, or of its parts.
pub(super) fn shader(product: &Product, block: &Block, tiling: &Tiling) -> Shader {
    let Block { threads, tile } = *block;
    let mut source = product.source(tile, &[Walk::Along, Walk::Out]);
    let (grid, place) = output::place(product, tiling);
    let addresses = addresses(&mut source, "a", "m0", &product.a, tile.0)
        + &addresses(&mut source, "b", "n0", &product.b, tile.1);
    let main = fill(
        kernel!("matmul_direct"),
        &[
            ("TILE_M", &tile.0),
            ("TILE_N", &tile.1),
            ("THREADS_M", &threads.0),
            ("THREADS_N", &threads.1),
            ("ROW_TYPE", &row_type(tile.1)),
            ("FINISH", &output::finish(&mut source, product, tiling.cut)),
            ("PLACE", &place),
            ("M", &product.m),
            ("N", &product.n),
            ("ADDRESSES", &addresses),
            ("SUMS", &sums(tile.0)),
            ("FOUR_STEPS", &steps(&mut source, product, tile, 4)),
            ("ONE_STEP", &steps(&mut source, product, tile, 1)),
            ("STORE", &output::store(product, tile, tiling.cut)),
        ],
    );
    source.shader(&main, grid.groups)
}

/// Where an invocation's rows of a, or columns of b, begin. Those past the edge are the last one,
/// so that they need no test in the loop; they are not stored.
fn addresses(source: &mut Source, name: &str, first: &str, factor: &Factor, tile: u32) -> String {
    let offset = source.offset(factor.access.loc);
    let batch = wrapped(factor.access.strides[0]);
    let mut text = format!("    let base_{name} = {offset} + c0 * {batch};\n");
    for i in 0..tile {
        let at = if factor.size.is_multiple_of(tile) {
            format!("({first} + {i}u)")
        } else {
            format!("min({first} + {i}u, {}u)", factor.size - 1)
        };
        let stride = wrapped(factor.out);
        text += &format!("    let {name}{i} = base_{name} + {at} * {stride};\n");
    }
    text
}

/// The multiply-adds of `count` values of k from `k` on: four, or the one of the remainder.
fn steps(source: &mut Source, product: &Product, tile: (u32, u32), count: u32) -> String {
    let (mut text, a) = block(source, "a", &product.a, tile.0, count);
    let (loads, b) = block(source, "b", &product.b, tile.1, count);
    text += &loads;
    for k in 0..count {
        let row: Vec<_> = (0..tile.1).map(|j| b(j, k)).collect();
        text += &format!("        let row{k} = Row({});\n", row.join(", "));
        for i in 0..tile.0 {
            text += &format!("        sum{i} += {} * row{k};\n", a(i, k));
        }
    }
    text
}

/// Loads `tile` rows or columns of a factor, `count` elements of each: the statements, and the
/// expression of element `k` of row or column `i`.
fn block(
    source: &mut Source,
    name: &'static str,
    factor: &Factor,
    tile: u32,
    count: u32,
) -> (String, impl Fn(u32, u32) -> String + use<>) {
    let arena = factor.access.loc.arena;
    let along = |k: u32| format!("(k + {k}u) * {}", wrapped(factor.along));
    let mut text = String::new();
    let mut define = |variable: String, value: String| {
        text += &format!("        let {variable} = {value};\n");
    };
    let walk = match (factor.walk(tile), count) {
        // One element is no vector along k.
        (Walk::Along, 1) => Walk::Words,
        (walk, _) => walk,
    };
    match walk {
        Walk::Words => {
            for k in 0..count {
                define(format!("{name}_at{k}"), along(k));
                for i in 0..tile {
                    let word = source.word(arena, &format!("{name}{i} + {name}_at{k}"));
                    define(format!("{name}_{i}_{k}"), word);
                }
            }
        }
        Walk::Along => {
            for i in 0..tile {
                define(format!("{name}_{i}"), source.vector(arena, &format!("{name}{i} + k")));
            }
        }
        Walk::Out => {
            for k in 0..count {
                let index = format!("{name}0 + {}", along(k));
                define(format!("{name}_{k}"), source.vector(arena, &index));
            }
        }
    }
    let element = move |i: u32, k: u32| match walk {
        Walk::Words => format!("{name}_{i}_{k}"),
        Walk::Along => format!("{name}_{i}[{k}]"),
        Walk::Out => format!("{name}_{k}[{i}]"),
    };
    (text, element)
}

/// The type of a row of `columns` outputs.
fn row_type(columns: u32) -> &'static str {
    match columns {
        1 => "f32",
        2 => "vec2<f32>",
        _ => "vec4<f32>",
    }
}
