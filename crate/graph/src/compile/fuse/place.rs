//! Where each value goes: nowhere if registers carry it to all its users, else to work memory, into a
//! buffer of parts, to a variable or to an output.

use super::parts::part_of;
use crate::compile::fused::{Dest, Fused, Group, Kind};
use crate::compile::order::reaches;
use crate::graph::{Built, NodeId};
use crate::op::{Op, VarId};
use alloc::vec;
use alloc::vec::Vec;

/// Decides which values leave their kernel, and to where.
pub fn place_values(f: &mut Fused, consumers: &[Vec<NodeId>]) {
    for id in 0..f.nodes.len() as NodeId {
        if !f.computed(id) {
            continue;
        }
        let mut dests = vec![];
        let rows = f.group[id as usize].and_then(|g| f.groups[g].rows);
        for &c in &consumers[id as usize] {
            for i in 0..f.nodes[c as usize].inputs.len() {
                if f.base(c, i) != id {
                    continue;
                }
                let dest = match f.kinds[c as usize] {
                    Kind::Parts => match part_of(f, c, i) {
                        Some((_, affine)) => Dest::Part(c, affine),
                        None => continue,
                    },
                    _ if f.group[c as usize] == f.group[id as usize] && f.carried(c, i, rows) => continue,
                    _ => Dest::Work,
                };
                if !dests.contains(&dest) {
                    dests.push(dest);
                }
            }
        }
        f.dests[id as usize] = dests;
    }
}

/// Sends what the entry assigns and gives out to its place.
///
/// A variable is written directly by the kernel that computes its new value if every kernel that
/// reads the old one can run before, else through a copy at the end.
pub fn place_roots(f: &mut Fused, built: &Built) {
    let assigned: Vec<VarId> = built.assigns.iter().map(|a| a.0).collect();
    let mut direct = vec![];
    let mut scalars = Group::default();
    let roots = built.outputs.iter().enumerate().map(|(i, o)| (Dest::Output(i), o.1));
    let roots: Vec<(Dest, NodeId)> =
        roots.chain(built.assigns.iter().map(|a| (Dest::Var(a.0), a.1))).collect();
    for (dest, node) in roots {
        let view = f.views[node as usize];
        let shape = f.nodes[node as usize].shape;
        let whole = view.affine.offset == 0
            && view.affine.is_dense(&shape)
            && shape.len() == f.nodes[view.base as usize].shape.len();
        match dest {
            _ if !(whole && f.computed(view.base)) => {
                let reads_assigned =
                    matches!(f.nodes[view.base as usize].op, Op::Read(v) if assigned.contains(&v));
                if f.computed(view.base) {
                    keep_in_work(f, view.base);
                }
                let mut copy = f.add_copy(node);
                if shape.len() == 1 {
                    scalars.members.push(copy);
                } else {
                    alone(f, copy);
                    if reads_assigned {
                        // Two variables may be exchanged: hold the old value first.
                        f.dests[copy as usize].push(Dest::Work);
                        copy = f.add_copy(copy);
                        alone(f, copy);
                    }
                }
                f.dests[copy as usize].push(dest);
            }
            Dest::Var(var) => direct.push((var, view.base)),
            dest => f.dests[view.base as usize].push(dest),
        }
    }
    // Every scalar update of the entry (step counts and the like) shares one last kernel.
    for &m in &scalars.members {
        f.group[m as usize] = Some(f.groups.len());
    }
    f.groups.push(scalars);
    for g in 0..f.groups.len() {
        for m in f.groups[g].members.clone() {
            for dest in f.dests[m as usize].clone() {
                if let Dest::Var(var) = dest {
                    let readers = (0..f.groups.len()).filter(|&h| h != g && reads(f, h, var));
                    f.before.extend(readers.map(|h| (h, g)).collect::<Vec<_>>());
                }
            }
        }
    }
    for (var, base) in direct {
        let Some(g) = f.group[base as usize] else { continue };
        let readers: Vec<usize> = (0..f.groups.len()).filter(|&h| h != g && reads(f, h, var)).collect();
        if reads_elsewhere(f, g, base, var) || reaches(f, g, &readers) {
            keep_in_work(f, base);
            let copy = f.add_copy(base);
            let own = alone(f, copy);
            f.dests[copy as usize].push(Dest::Var(var));
            let readers = (0..f.groups.len()).filter(|&h| h != own && reads(f, h, var));
            f.before.extend(readers.map(|h| (h, own)).collect::<Vec<_>>());
        } else {
            f.dests[base as usize].push(Dest::Var(var));
            f.before.extend(readers.into_iter().map(|h| (h, g)));
        }
    }
}

fn keep_in_work(f: &mut Fused, id: NodeId) {
    if !f.dests[id as usize].contains(&Dest::Work) {
        f.dests[id as usize].push(Dest::Work);
    }
}

/// Gives a node a kernel of its own.
fn alone(f: &mut Fused, id: NodeId) -> usize {
    f.group[id as usize] = Some(f.groups.len());
    f.groups.push(Group { members: vec![id], ..Group::default() });
    f.groups.len() - 1
}

/// Whether a kernel reads a variable, directly or through a recomputed scalar.
fn reads(f: &Fused, group: usize, var: VarId) -> bool {
    f.groups[group]
        .members
        .iter()
        .any(|&m| (0..f.nodes[m as usize].inputs.len()).any(|i| operand_reads(f, m, i, var)))
}

fn operand_reads(f: &Fused, id: NodeId, i: usize, var: VarId) -> bool {
    let base = f.base(id, i);
    match f.kinds[base as usize] {
        Kind::Leaf => f.nodes[base as usize].op == Op::Read(var),
        Kind::Scalar => (0..f.nodes[base as usize].inputs.len()).any(|j| operand_reads(f, base, j, var)),
        _ => false,
    }
}

/// Whether the kernel that computes `base` reads `var` anywhere but at the very element it is
/// about to write.
fn reads_elsewhere(f: &Fused, group: usize, base: NodeId, var: VarId) -> bool {
    let g = &f.groups[group];
    // A row may be gone over again after its values were written.
    let again = g.rows.is_some_and(|rows| {
        let along = |&m: &NodeId| {
            f.is_inner(m, &rows)
                && (f.uses_row(m, &rows)
                    || (0..f.nodes[m as usize].inputs.len()).any(|i| operand_reads(f, m, i, var)))
        };
        f.is_inner(base, &rows) || g.members.iter().any(along)
    });
    g.members.iter().any(|&m| {
        (0..f.nodes[m as usize].inputs.len()).any(|i| {
            let same_place = f.aligned(m, i)
                && !again
                && f.kinds[m as usize] != Kind::Reduce
                && g.product != Some(m)
                && f.domain(m) == f.domain(base);
            operand_reads(f, m, i, var) && !same_place
        })
    })
}
