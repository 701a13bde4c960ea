//! Merges neighbouring axes of a kernel that every access can walk with one stride. Each axis less saves
//! a division where an invocation's number is turned into coordinates.

use tilde_graph::Shape;
use tilde_graph::plan::{Access, Body, Core, Instr, Kernel};

/// An equivalent kernel with as few axes as its accesses allow. The row-major number of a point,
/// which random draws count by, stays the same.
pub(super) fn collapse(kernel: &Kernel) -> Kernel {
    let mut kernel = kernel.clone();
    let Kernel { domain, core, body, .. } = &mut kernel;
    match core {
        Core::Map | Core::Matmul { .. } => *domain = merge_axes(domain, 0, &mut [body]),
        Core::Reduce { inner, passes, last } => {
            let mut bodies: Vec<_> = passes.iter_mut().map(|pass| &mut pass.pre).collect();
            bodies.push(last);
            *inner = merge_axes(inner, domain.rank(), &mut bodies);
            bodies.push(body);
            *domain = merge_axes(domain, 0, &mut bodies);
        }
    }
    kernel
}

/// Merges what can be merged among the axes of `shape`, which are `first..` in `bodies`.
fn merge_axes(shape: &Shape, first: usize, bodies: &mut [&mut Body]) -> Shape {
    let mut dims: Vec<usize> = shape.dims().collect();
    for axis in (1..dims.len()).rev() {
        let at = first + axis;
        if bodies.iter().all(|body| mergeable(body, at, dims[axis])) {
            dims[axis - 1] *= dims.remove(axis);
            for body in bodies.iter_mut() {
                merge(body, at);
            }
        }
    }
    Shape::new(&dims)
}

/// Whether `body` treats axis `axis` (of size `dim`) and the one before it as one.
fn mergeable(body: &Body, axis: usize, dim: usize) -> bool {
    let either = |a: u8| a as usize == axis || a as usize + 1 == axis;
    let walks = |a: &Access| a.strides[axis - 1] as i64 == a.strides[axis] as i64 * dim as i64;
    body.stores.iter().all(|s| walks(&s.access))
        && body.instrs.iter().all(|instr| match instr {
            Instr::Load(access, guards) => walks(access) && !guards.iter().any(|g| either(g.axis)),
            Instr::Gather { access, .. } | Instr::GatherByte { access, .. } => walks(access),
            Instr::Index(a) => !either(*a),
            _ => true,
        })
}

/// Drops the axis before `axis`, which was merged into it.
fn merge(body: &mut Body, axis: usize) {
    let shift = |a: &mut Access| {
        a.strides.copy_within(axis.., axis - 1);
        a.strides[a.strides.len() - 1] = 0;
    };
    let renumber = |a: &mut u8| {
        if *a as usize > axis {
            *a -= 1;
        }
    };
    for instr in &mut body.instrs {
        match instr {
            Instr::Load(access, guards) => {
                shift(access);
                guards.iter_mut().for_each(|g| renumber(&mut g.axis));
            }
            Instr::Gather { access, .. } | Instr::GatherByte { access, .. } => shift(access),
            Instr::Index(a) => renumber(a),
            _ => {}
        }
    }
    body.stores.iter_mut().for_each(|s| shift(&mut s.access));
}
