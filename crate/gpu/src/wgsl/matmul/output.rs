//! What both templates share: which outputs a workgroup computes, and the epilogue that stores them.

use super::{Cut, Product, Tiling};
use crate::wgsl::body::{Scope, coordinates, statements};
use crate::wgsl::grid::Grid;
use crate::wgsl::source::Source;
use tilde_graph::DType;

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
    let (domain, outputs) = (&kernel.domain, batch * m * n);
    let (part, body) = if cut.parts > 1 {
        source.scratch(DType::F32, cut.parts * outputs);
        ("part: u32, ", format!("    scratch[part * {outputs}u + point] = result0;\n"))
    } else {
        // The last axes are those of the columns, unless one of them reaches into the rows.
        let (mut rows, mut points, mut at) = (domain.rank(), 1, "line");
        while points < n {
            rows -= 1;
            points *= domain.dim(rows) as u32;
        }
        if points > n {
            (rows, at) = (domain.rank(), "point");
        }
        let scope = Scope { prefix: 'r', rank: domain.rank(), linear: "point", indent: 4 };
        let coordinates = coordinates(at, 0, &domain.without(|axis| axis >= rows), 4)
            + &coordinates("column", rows, &domain.without(|axis| axis < rows), 4);
        ("", coordinates + &statements(source, &kernel.body, &scope))
    };
    format!(
        "fn finish({part}item: u32, row: u32, column: u32, lane: u32, result0: f32) {{
    let line = item * {m}u + row;
    let point = line * {n}u + column;
{body}}}
"
    )
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
