//! Products through shared memory.

use super::factor::{Factor, Walk};
use super::{Product, SIDE, Tiling, output, sums, wrapped};
use crate::wgsl::Shader;
use crate::wgsl::source::{Source, fill};

/// Outputs of an invocation along m and n.
const TILE: (u32, u32) = (4, 4);

/// The shader of a product, or of its parts.
pub(super) fn shader(product: &Product, tiling: &Tiling) -> Shader {
    let mut source = product.source(TILE, &[Walk::Out]);
    let (grid, place) = output::place(product, tiling);
    let main = fill(
        kernel!("matmul_tiled"),
        &[
            ("FINISH", &output::finish(&mut source, product, tiling.cut)),
            ("PLACE", &place),
            ("SUMS", &sums(TILE.0)),
            ("LOAD_A", &load(&mut source, "a", "tile_m", &product.a, product.k)),
            ("LOAD_B", &load(&mut source, "b", "tile_n", &product.b, product.k)),
            ("STORE", &output::store(product, TILE, tiling.cut)),
        ],
    );
    source.shader(&main, grid.groups)
}

/// Fills vector number `element` of a shared tile. Neighbouring invocations walk along k or along
/// the output, whichever is contiguous in memory.
fn load(source: &mut Source, name: &str, tile: &str, factor: &Factor, k: u32) -> String {
    let arena = factor.access.loc.arena;
    let offset = source.offset(factor.access.loc);
    let (row, four) = if factor.along.unsigned_abs() == 1 {
        ("element % 32u", "element / 32u")
    } else {
        ("element / 8u", "element % 8u")
    };
    let words: Vec<_> = (0..4)
        .map(|i| {
            let at = if factor.size.is_multiple_of(SIDE) {
                format!("(at + {i}u)")
            } else {
                format!("min(at + {i}u, {}u)", factor.size - 1)
            };
            source.word(arena, &format!("base + {at} * {}", wrapped(factor.out)))
        })
        .collect();
    let value = match factor.walk(TILE.0) {
        // Four whole words are before the end or past it, since the size is a multiple of four.
        Walk::Out => source.vector(arena, &format!("base + min(at, {}u)", factor.size - 4)),
        _ => format!("vec4<f32>({})", words.join(", ")),
    };
    // Past the end of k there must be zeros, unless k ends with a tile.
    let set = if k.is_multiple_of(SIDE) {
        format!("tile_{name}[row * 9u + four] = {value};")
    } else {
        format!(
            "var value = vec4<f32>();
                if (k0 + row < k_end) {{
                    value = {value};
                }}
                tile_{name}[row * 9u + four] = value;"
        )
    };
    format!(
        "            {{
                let row = {row};
                let four = {four};
                let at = {tile} * 32u + four * 4u;
                let base = {offset} + c0 * {} + (k0 + row) * {};
                {set}
            }}
",
        wrapped(factor.access.strides[0]),
        wrapped(factor.along)
    )
}
