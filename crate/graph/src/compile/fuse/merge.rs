//! Two groups become one where a single kernel can run both.

use crate::compile::fused::{Fused, Group, Kind};
use crate::graph::NodeId;
use crate::op::Op;
use alloc::vec;
use alloc::vec::Vec;

/// Lets two groups become one, if a kernel can be both.
pub fn merge(f: &mut Fused, consumers: &[Vec<NodeId>], theirs: usize, mine: usize) {
    if mine == theirs || !fit(f, &f.groups[theirs], &f.groups[mine]) {
        return;
    }
    let rows = f.groups[theirs].rows.or(f.groups[mine].rows);
    let inside = |n: NodeId| matches!(f.group[n as usize], Some(g) if g == mine || g == theirs);
    let members = || f.groups[theirs].members.iter().chain(&f.groups[mine].members).copied();
    // Within one kernel values cross in registers only.
    let through_memory = members().any(|m| {
        (0..f.nodes[m as usize].inputs.len()).any(|i| inside(f.base(m, i)) && !f.carried(m, i, rows))
    });
    if through_memory || leads_back(f, consumers, members(), inside) {
        return;
    }
    let Group { members, product, rows } = core::mem::take(&mut f.groups[theirs]);
    members.iter().for_each(|&m| f.group[m as usize] = Some(mine));
    let g = &mut f.groups[mine];
    g.product = g.product.or(product);
    g.rows = g.rows.or(rows);
    for m in members {
        g.members.insert(g.members.partition_point(|&other| other < m), m);
    }
}

/// Whether one kernel can run both groups' domains.
fn fit(f: &Fused, a: &Group, b: &Group) -> bool {
    let Some(rows) = a.rows.or(b.rows) else {
        return (a.product.is_none() || b.product.is_none()) && f.outer(a) == f.outer(b);
    };
    if a.product.is_some() || b.product.is_some() {
        return false;
    }
    let draws = |inner: bool| {
        a.members
            .iter()
            .chain(&b.members)
            .any(|&m| matches!(f.nodes[m as usize].op, Op::RandomBits(_)) && f.is_inner(m, &rows) == inner)
    };
    if draws(true) && !rows.trailing() {
        return false;
    }
    let members = || a.members.iter().chain(&b.members).copied();
    // What a row has drawn must not be drawn again at each of its points.
    if draws(false) && members().any(|m| f.uses_row(m, &rows)) {
        return false;
    }
    // Each group is either reductions over these rows, or elementwise along or across them.
    let alike = |g: &Group| match g.rows {
        Some(other) => other == rows,
        None => [rows.shape, rows.outer()].contains(&f.outer(g)),
    };
    if !alike(a) || !alike(b) {
        return false;
    }
    let passes = members().filter(|&m| f.kinds[m as usize] == Kind::Reduce).count();
    let last = members().filter(|&m| f.kinds[m as usize] == Kind::Reduce).max();
    let one = passes == 1 && members().all(|m| !f.is_inner(m, &rows) || Some(m) < last);
    one || rows.several_passes() && passes <= 8
}

/// Whether data flows from `members` out of the set and back into it.
fn leads_back(
    f: &Fused,
    consumers: &[Vec<NodeId>],
    members: impl Iterator<Item = NodeId>,
    inside: impl Fn(NodeId) -> bool,
) -> bool {
    let mut seen = vec![false; f.nodes.len()];
    let mut stack: Vec<NodeId> = vec![];
    let visit = |stack: &mut Vec<NodeId>, from: NodeId| {
        stack.extend(consumers[from as usize].iter().copied());
    };
    for m in members {
        stack.extend(consumers[m as usize].iter().copied().filter(|&c| !inside(c)));
    }
    while let Some(id) = stack.pop() {
        if inside(id) {
            return true;
        }
        if core::mem::replace(&mut seen[id as usize], true) {
            continue;
        }
        match f.group[id as usize] {
            Some(g) => f.groups[g].members.iter().for_each(|&m| {
                seen[m as usize] = true;
                visit(&mut stack, m);
            }),
            None => visit(&mut stack, id),
        }
    }
    false
}
