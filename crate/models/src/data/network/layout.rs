//! Where the nodes of a file are drawn.

use super::Network;
use super::plain::PLACES;
use alloc::vec;
use alloc::vec::Vec;

/// Where nodes are drawn: where the file says, if it says so of all; else in rows from the top, at
/// most three in each, parents above children.
pub fn lay_out(network: &mut Network, places: &[Option<[f32; 2]>]) {
    let n = network.nodes.len();
    let known: Vec<[f32; 2]> = places.iter().flatten().copied().collect();
    let different = |a: &[f32; 2]| known.iter().filter(|b| a == *b).count() == 1;
    if known.len() == n && known.iter().all(different) {
        for axis in 0..2 {
            let all = known.iter().map(|p| p[axis]);
            let (low, high) = (all.clone().fold(f32::MAX, f32::min), all.fold(f32::MIN, f32::max));
            // Thousandths of our own are kept; the pixels of others are stretched over the picture.
            let own = low >= 0.0 && high <= PLACES;
            for (node, p) in network.nodes.iter_mut().zip(&known) {
                let at = if own { p[axis] / PLACES } else { (p[axis] - low) / (high - low).max(1e-6) };
                node.at[axis] = at.clamp(0.0, 1.0);
            }
        }
        return;
    }
    let mut rows: Vec<Vec<usize>> = Vec::new();
    let mut depth = vec![0; n];
    for i in network.order() {
        let above = network.nodes[i].parents.iter().map(|&p| depth[p] + 1).max().unwrap_or(0);
        let at = (above..).find(|&r| rows.get(r).is_none_or(|row| row.len() < 3)).unwrap_or(above);
        rows.resize(rows.len().max(at + 1), Vec::new());
        rows[at].push(i);
        depth[i] = at;
    }
    let last = (rows.len() - 1).max(1) as f32;
    for (y, row) in rows.iter().enumerate() {
        for (x, &i) in row.iter().enumerate() {
            network.nodes[i].at = [(x as f32 + 0.5) * 1.5 / row.len() as f32 - 0.25, y as f32 / last];
        }
    }
}
