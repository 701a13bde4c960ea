//! The order of kernels.

use super::fused::{Fused, Kind};
use alloc::vec;
use alloc::vec::Vec;

/// For each group, the groups that must come after it.
fn successors(f: &Fused) -> Vec<Vec<usize>> {
    let mut out = vec![vec![]; f.groups.len()];
    for id in 0..f.nodes.len() as u32 {
        let Some(to) = f.group[id as usize] else { continue };
        for i in 0..f.nodes[id as usize].inputs.len() {
            producers(f, f.base(id, i), &mut |from| {
                if from != to && !out[from].contains(&to) {
                    out[from].push(to);
                }
            });
        }
    }
    for &(from, to) in &f.before {
        if !out[from].contains(&to) {
            out[from].push(to);
        }
    }
    out
}

/// The groups that compute a node: several for a buffer of parts.
fn producers(f: &Fused, base: u32, visit: &mut impl FnMut(usize)) {
    match (f.group[base as usize], f.kinds[base as usize]) {
        (Some(g), _) => visit(g),
        (None, Kind::Parts) => {
            for i in 0..f.nodes[base as usize].inputs.len() {
                producers(f, f.base(base, i), visit);
            }
        }
        _ => {}
    }
}

/// Whether any of `targets` must come after group `from`.
pub fn reaches(f: &Fused, from: usize, targets: &[usize]) -> bool {
    let next = successors(f);
    let mut seen = vec![false; f.groups.len()];
    let mut stack = vec![from];
    while let Some(g) = stack.pop() {
        for &n in &next[g] {
            if targets.contains(&n) {
                return true;
            }
            if !core::mem::replace(&mut seen[n], true) {
                stack.push(n);
            }
        }
    }
    false
}

/// The non-empty groups in an order that respects data flow; among those that could be next, the
/// one whose first node was written first, and the scalar updates last.
pub fn order(f: &Fused) -> Vec<usize> {
    let next = successors(f);
    let mut waiting = vec![0; f.groups.len()];
    next.iter().flatten().for_each(|&n| waiting[n] += 1);
    let mut out = vec![];
    let mut ready: Vec<usize> = (0..f.groups.len()).filter(|&g| waiting[g] == 0).collect();
    while !ready.is_empty() {
        let first =
            (0..ready.len()).min_by_key(|&i| f.groups[ready[i]].members.first().copied().unwrap_or(u32::MAX));
        let g = ready.swap_remove(first.unwrap_or(0));
        if !f.groups[g].members.is_empty() {
            out.push(g);
        }
        for &n in &next[g] {
            waiting[n] -= 1;
            if waiting[n] == 0 {
                ready.push(n);
            }
        }
    }
    out
}
