//! The second half of a split kernel: combines the partial results and runs the body.

use super::combine::combine;
use super::source::Source;
use super::{Shader, map};
use tilde_graph::plan::Kernel;
use tilde_graph::{DType, ReduceOp};

/// Combines `parts` arrays of the domain's size, which lie one after another in the scratch
/// buffer, point by point.
pub(super) fn finish(kernel: &Kernel, parts: u32, op: ReduceOp, dtype: DType) -> Shader {
    let mut source = Source::default();
    let points = kernel.points() as u32;
    source.scratch(dtype, parts * points);
    let combined = combine(op, "result0", &format!("scratch[part * {points}u + point]"));
    let total = format!(
        "    var result0 = scratch[point];
    for (var part = 1u; part < {parts}u; part++) {{
        result0 = {combined};
    }}
"
    );
    map::point(source, kernel, &total)
}
