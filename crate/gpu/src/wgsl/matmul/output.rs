//! What both templates share: which outputs a workgroup has, and what becomes of them.

use super::{Cut, Product, Tiling};
use crate::wgsl::body::{Scope, statements};
use crate::wgsl::grid::Grid;
use crate::wgsl::source::Source;
use tilde_graph::DType;
use tilde_graph::plan::Instr;

/// The grid of workgroups, and the statements that define a workgroup's tile, its batch `c0`, and
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
    let c0 = number / {}u % {batch}u;
",
        across * down
    );
    text += &if parts > 1 {
        format!(
            "    let part = number / {}u;
    let k_begin = part * {chunk}u;
    let k_end = min(k_begin + {chunk}u, {k}u);
",
            across * down * batch
        )
    } else {
        format!("    let k_begin = 0u;\n    let k_end = {k}u;\n")
    };
    (grid, text)
}

/// The function that is called with every output: it runs the body, or keeps a partial sum.
pub(super) fn finish(source: &mut Source, product: &Product, cut: Cut) -> String {
    let Product { batch, m, n, kernel, .. } = *product;
    let point = format!("(c0 * {m}u + c1) * {n}u + c2");
    if cut.parts > 1 {
        let outputs = batch * m * n;
        source.scratch(DType::F32, cut.parts * outputs);
        return format!(
            "fn finish(part: u32, c0: u32, c1: u32, c2: u32, core: f32) {{
    scratch[part * {outputs}u + {point}] = core;
}}
"
        );
    }
    let scope = Scope { prefix: 'r', rank: 3, linear: "point", indent: 4 };
    let random = kernel.body.instrs.iter().any(|i| matches!(i, Instr::Random { .. }));
    let point = if random { format!("    let point = {point};\n") } else { String::new() };
    let body = statements(source, &kernel.body, &scope);
    format!("fn finish(c0: u32, c1: u32, c2: u32, core: f32) {{\n{point}{body}}}\n")
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
                finish({part}c0, m0 + i, n0 + j, {sum});
            }}
        }}
    }}
"
    )
}
