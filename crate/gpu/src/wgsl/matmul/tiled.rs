//! Products through shared memory.

use super::factor::{Side, Walk};
use super::{Product, SIDE, Tiling, output, sums};
use crate::wgsl::Shader;
use crate::wgsl::axes::{step, walk};
use crate::wgsl::source::{Source, fill};

/// Outputs of an invocation along m and n.
const TILE: (u32, u32) = (4, 4);

/// Vectors that an invocation loads of each factor in a step along k.
const LOADS: u32 = 4;

/// The shader of a product, or of its parts.
pub(super) fn shader(product: &Product, tiling: &Tiling) -> Shader {
    let (mut source, walks) = product.source(TILE, &[Walk::Out], tiling.cut);
    let (grid, place) = output::place(product, tiling);
    let a = Load { name: 'a', tile: "tile_m", side: &product.a, walk: walks[0] };
    let b = Load { name: 'b', tile: "tile_n", side: &product.b, walk: walks[1] };
    let addresses = a.addresses(&mut source) + &b.addresses(&mut source);
    let [k_begin, k_end] = tiling.cut.range();
    let main = fill(
        kernel!("matmul_tiled"),
        &[
            ("FINISH", &output::finish(&mut source, product, tiling.cut)),
            ("PLACE", &place),
            ("ADDRESSES", &addresses),
            ("SUMS", &sums(TILE.0)),
            ("K_BEGIN", &k_begin),
            ("K_END", &k_end),
            ("LOAD_A", &a.load(&mut source, product.k, &k_end)),
            ("LOAD_B", &b.load(&mut source, product.k, &k_end)),
            ("STORE", &output::store(product, TILE, tiling.cut)),
        ],
    );
    source.shader(&main, grid.groups)
}

/// How a workgroup fills a shared tile of 32 values of k by eight vectors along the output.
struct Load<'a> {
    name: char,
    /// The number of the tile.
    tile: &'a str,
    side: &'a Side<'a>,
    walk: Walk,
}

impl Load<'_> {
    /// Whether neighbouring invocations walk along k, and an invocation's vectors are two apart;
    /// else they walk along the output, and its vectors are eight values of k apart.
    fn along(&self) -> bool {
        self.side.along().unsigned_abs() == 1
    }

    /// An invocation's place in the tile, and where the rows or columns that it loads begin.
    fn addresses(&self, source: &mut Source) -> String {
        let Load { name, tile, side, .. } = *self;
        let (row, four) = if self.along() { ("% 32u", "/ 32u") } else { ("/ 8u", "% 8u") };
        let edge = !side.size.is_multiple_of(SIDE);
        let mut text = side.base(source, name);
        text += &format!("    let {name}_row = index {row};\n    let {name}_four = index {four};\n");
        for load in 0..if self.along() { LOADS } else { 1 } {
            let at = format!("({tile} * 32u + {name}_four * 4u + {}u)", 8 * load);
            text += &side.tile(name, 4 * load, &at, 4, edge);
        }
        text
    }

    /// Fills the tile with the values of k from `k0` on.
    fn load(&self, source: &mut Source, k: u32, k_end: &str) -> String {
        let Load { name, side, .. } = *self;
        let summed = &side.summed.0;
        let ragged = !k.is_multiple_of(SIDE);
        // Where a step stays on the last axis, what it divides is the same for all invocations.
        let at = if summed.len() > 1 && summed.last().is_some_and(|axis| axis.0.is_multiple_of(SIDE)) {
            walk(summed, "k0") + &step("row", side.along())
        } else {
            walk(summed, "k")
        };
        let mut text = String::new();
        for load in 0..LOADS {
            let (below, beside, first) =
                if self.along() { (0, 2 * load, 4 * load) } else { (8 * load, 0, 0) };
            let mut value = match self.walk {
                Walk::Out => source.vector(side.arena(), &format!("{name}0 + at")),
                _ => {
                    let word = |i| source.word(side.arena(), &format!("{name}{} + at", first + i));
                    format!("vec4<f32>({})", (0..4).map(word).collect::<Vec<_>>().join(", "))
                }
            };
            let mut this = "k0 + row".to_string();
            if ragged {
                // Past the end of k there must be zeros.
                value = format!("select(vec4<f32>(), {value}, k0 + row < {k_end})");
                this = format!("min(k0 + row, {}u)", k - 1);
            }
            text += &format!(
                "        {{
            let row = {name}_row + {below}u;
            let k = {this};
            let at = 0u{at};
            tile_{name}[row * 9u + {name}_four + {beside}u] = {value};
        }}
"
            );
        }
        text
    }
}
