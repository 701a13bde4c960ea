//! Products without shared memory.

use super::factor::{Side, Walk};
use super::{Cut, Product, Tiling, output, sums};
use crate::wgsl::axes::{step, walk};
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
        // A product of one or two rows or columns gets a tile of as many, which computes nothing in vain.
        let side = |size: u32| if size > 2 { 4 } else { size };
        let mut tile = (side(product.m), side(product.n));
        if target == Target::Hardware {
            // Smaller tiles load more per product, but idle processors cost more than loads. Rows
            // go first: four columns are a vector.
            let parts = (product.k / 128).max(1);
            let tiles = |t: (u32, u32)| product.batch * product.m.div_ceil(t.0) * product.n.div_ceil(t.1);
            while tiles(tile) * parts < 4096 && tile != (1, 1) {
                tile = if tile.0 > 1 { (tile.0 / 2, tile.1) } else { (1, tile.1 / 2) };
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
    let (mut source, walks) = product.source(tile, &[Walk::Along, Walk::Out], tiling.cut);
    let (grid, place) = output::place(product, tiling);
    let a = Part { name: 'a', side: &product.a, tile: tile.0, walk: walks[0] };
    let b = Part { name: 'b', side: &product.b, tile: tile.1, walk: walks[1] };
    let addresses = a.addresses(&mut source, "m0") + &b.addresses(&mut source, "n0");
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
            ("LOOPS", &loops(&mut source, product.k, tiling.cut, &a, &b)),
            ("STORE", &output::store(product, tile, tiling.cut)),
        ],
    );
    source.shader(&main, grid.groups)
}

/// The sum over k: a loop over one run, within a loop over runs where there are several.
fn loops(source: &mut Source, k: u32, cut: Cut, a: &Part, b: &Part) -> String {
    let run = a.side.run;
    let (starts, runs) = (a.start() + &b.start(), k / run);
    match (runs, cut.parts) {
        (1, _) => {
            let [begin, end] = cut.range();
            starts + &one_run(source, run, cut, &begin, &end, a, b)
        }
        (_, 1) => {
            let sum = one_run(source, run, cut, "0u", &format!("{run}u"), a, b);
            format!("    for (var run = 0u; run < {runs}u; run++) {{\n{starts}{sum}    }}\n")
        }
        _ => {
            let sum = one_run(source, run, cut, "begin", "end", a, b);
            format!(
                "    for (var run = k_begin / {run}u; run * {run}u < k_end; run++) {{
    let begin = max(k_begin, run * {run}u) - run * {run}u;
    let end = min(k_end - run * {run}u, {run}u);
{starts}{sum}    }}
"
            )
        }
    }
}

/// The sum over the values of k from `begin` to `end` of a run of `run` values.
fn one_run(source: &mut Source, run: u32, cut: Cut, begin: &str, end: &str, a: &Part, b: &Part) -> String {
    // Values of k in a step: four, unless a short run has a better divisor.
    let step = match run {
        1..4 => run,
        6 | 9 | 15 => 3,
        _ => 4,
    };
    let mut text = format!("    var k = {begin};\n");
    let mut some = |step, head: String| {
        text += &format!("    {head}{{\n{}    }}\n", steps(source, step, a, b));
    };
    let once = cut.parts == 1 && run == step;
    some(step, if once { String::new() } else { format!("for (; k + {step}u <= {end}; k += {step}u) ") });
    if !run.is_multiple_of(step) || !cut.chunk.is_multiple_of(step) {
        some(1, format!("for (; k < {end}; k++) "));
    }
    text
}

/// The multiply-adds of `count` values of k from `k` on.
fn steps(source: &mut Source, count: u32, a: &Part, b: &Part) -> String {
    let mut text = a.load(source, count) + &b.load(source, count);
    for k in 0..count {
        let row: Vec<_> = (0..b.tile).map(|j| b.element(j, k, count)).collect();
        text += &format!("        let row{k} = Row({});\n", row.join(", "));
        for i in 0..a.tile {
            text += &format!("        sum{i} += {} * row{k};\n", a.element(i, k, count));
        }
    }
    text
}

/// What an invocation loads of one factor.
struct Part<'a> {
    name: char,
    side: &'a Side<'a>,
    /// Rows or columns.
    tile: u32,
    walk: Walk,
}

impl Part<'_> {
    /// Where its rows or columns, of which `first` is the first, begin.
    fn addresses(&self, source: &mut Source, first: &str) -> String {
        self.side.base(source, self.name) + &self.side.tile(self.name, 0, first, self.tile, false)
    }

    /// Where a run begins, relative to those.
    fn start(&self) -> String {
        format!("    let {}_run = 0u{};\n", self.name, walk(&self.side.runs(), "run"))
    }

    /// One element is no vector along k.
    fn walk(&self, count: u32) -> Walk {
        if self.walk == Walk::Along && count != 4 { Walk::Words } else { self.walk }
    }

    /// Loads `count` elements, from `k` on, of every row or column.
    fn load(&self, source: &mut Source, count: u32) -> String {
        let Part { name, side, tile, .. } = *self;
        let (rows, values) = match self.walk(count) {
            Walk::Words => (tile, count),
            Walk::Along => (tile, 1),
            Walk::Out => (1, count),
        };
        let mut text = String::new();
        for (k, i) in (0..values).flat_map(|k| (0..rows).map(move |i| (k, i))) {
            let at = format!("{name}{i} + {name}_run{}", step(&format!("(k + {k}u)"), side.along()));
            let value = match self.walk(count) {
                Walk::Words => source.word(side.arena(), &at),
                _ => source.vector(side.arena(), &at),
            };
            text += &format!("        let {name}_{i}_{k} = {value};\n");
        }
        text
    }

    /// Element `k` of row or column `i`, of `count` that were loaded.
    fn element(&self, i: u32, k: u32, count: u32) -> String {
        let name = self.name;
        match self.walk(count) {
            Walk::Words => format!("{name}_{i}_{k}"),
            Walk::Along => format!("{name}_{i}_0[{k}]"),
            Walk::Out => format!("{name}_0_{k}[{i}]"),
        }
    }
}

/// The type of a row of `columns` outputs.
fn row_type(columns: u32) -> &'static str {
    match columns {
        1 => "f32",
        2 => "vec2<f32>",
        _ => "vec4<f32>",
    }
}
