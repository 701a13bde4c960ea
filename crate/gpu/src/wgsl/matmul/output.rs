//! What both templates share: which outputs a workgroup has, and what becomes of them.

use super::{Cut, Product, Tiling};
use crate::wgsl::body::{Scope, coordinates, statements};
use crate::wgsl::grid::Grid;
use crate::wgsl::source::Source;
use tilde_graph::DType;
use tilde_graph::plan::Instr;

/// The grid of workgroups, and the statements that define a workgroup's tile, its batch `item`, and
/// its part of k.
pub(super) fn place(product: &Product, tiling: &Tiling) -> (Grid, String) {
    let Tiling { tiles: (down, across), cut: Cut { parts, chunk } } = *tiling;
    let Product { batch, k, .. } = *product;
    let groups = [down, across, batch, parts].map(u64::from).iter().product();
    let grid = Grid::of(groups);
    let mut text = format!("    let number = group.x + group.y * {}u;\n", grid.row());
    if grid.groups[1] > 1 {
        text += &format!("    if (number >= {groups}u) {{\n        return;\n    }}\n");
    }
    text += &format!(
        "    let tile_n = number % {across}u;
    let tile_m = number / {across}u % {down}u;
    let item = number / {}u % {batch}u;
",
        across * down
    );
    if parts > 1 {
        text += &format!(
            "    let part = number / {}u;
    let k_begin = part * {chunk}u;
    let k_end = min(k_begin + {chunk}u, {k}u);
",
            across * down * batch
        );
    }
    (grid, text)
}

/// The function that is called with every output: it runs the body, or keeps a partial sum. `lane`
/// is the column's place among its invocation's.
pub(super) fn finish(source: &mut Source, product: &Product, cut: Cut) -> String {
    let Product { batch, m, n, kernel, .. } = *product;
    let point = format!("(item * {m}u + row) * {n}u + column");
    if cut.parts > 1 {
        let outputs = batch * m * n;
        source.scratch(DType::F32, cut.parts * outputs);
        return format!(
            "fn finish(part: u32, item: u32, row: u32, column: u32, lane: u32, result0: f32) {{
    scratch[part * {outputs}u + {point}] = result0;
}}
"
        );
    }
    let scope = Scope { prefix: 'r', rank: kernel.domain.rank(), linear: "point", indent: 4 };
    let random = kernel.body.instrs.iter().any(|i| matches!(i, Instr::Random { .. }));
    let point = if random { format!("    let point = {point};\n") } else { String::new() };
    let coordinates = domain(product);
    let body = statements(source, &kernel.body, &scope);
    format!(
        "fn finish(item: u32, row: u32, column: u32, lane: u32, result0: f32) {{
{point}{coordinates}{body}}}
"
    )
}

/// The coordinates of an output in the kernel's domain, whose axes divide batch, rows and columns,
/// or reach from one into the next.
fn domain(product: &Product) -> String {
    let dims: Vec<usize> = product.kernel.domain.dims().collect();
    let levels = [("item", product.batch), ("row", product.m), ("column", product.n)];
    let mut levels = levels.into_iter().rev().filter(|level| level.1 > 1);
    let (mut text, mut end) = (String::new(), dims.len());
    while end > 0 {
        // Axes and levels from the innermost, until both have the same number of points.
        let (mut at, mut size) =
            levels.next().map_or(("0u".to_string(), 1), |(name, size)| (name.into(), size));
        let (mut first, mut points) = (end - 1, dims[end - 1] as u32);
        while points != size {
            if points < size {
                first -= 1;
                points *= dims[first] as u32;
            } else {
                let (name, outer) = levels.next().expect("the domain has batch times m times n points");
                at = format!("({name} * {size}u + {at})");
                size *= outer;
            }
        }
        text += &coordinates(&at, first, dims[first..end].iter().copied(), 4);
        end = first;
    }
    text
}

/// Calls `finish` for those of an invocation's `tile.0` × `tile.1` outputs that exist.
pub(super) fn store(product: &Product, tile: (u32, u32), cut: Cut) -> String {
    let (rows, columns) = tile;
    let Product { m, n, .. } = product;
    let sums: Vec<_> = (0..rows).map(|i| format!("sum{i}")).collect();
    let sums = sums.join(", ");
    let part = if cut.parts > 1 { "part, " } else { "" };
    let sum = if columns == 1 { "sums[i]" } else { "sums[i][j]" };
    format!(
        "    var sums = array<Row, {rows}>({sums});
    for (var i = 0u; i < {rows}u; i++) {{
        for (var j = 0u; j < {columns}u; j++) {{
            if (m0 + i < {m}u && n0 + j < {n}u) {{
                finish({part}item, m0 + i, n0 + j, j, {sum});
            }}
        }}
    }}
"
    )
}
