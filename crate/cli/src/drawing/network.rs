//! Nodes and arrows of a directed graph, each node as full as its first state is likely.

use super::{EDGE, SIDE, colour, put};
use std::fmt::Write;
use tilde_models::exhibit::Layer;

/// Radius of a node.
const RADIUS: f32 = 5.0;

/// Draws the layers of a network.
pub fn draw(out: &mut String, layers: &[Layer]) {
    let layer = |id: &str| layers.iter().find(|layer| layer.id == id);
    let Some(nodes) = layer("nodes") else { return };
    let room = SIDE - 2.0 * (EDGE + RADIUS);
    let places: Vec<[f32; 2]> = nodes
        .data
        .chunks_exact(3)
        .map(|n| [n[0], n[1]].map(|at| ((EDGE + RADIUS + at * room) * 10.0).round() / 10.0))
        .collect();
    let arrows = layer("arrows").map_or(&[][..], |layer| &layer.data);
    put!(out, "<g stroke=\"{}\" stroke-width=\"1.4\">", colour::SOFT);
    for arrow in arrows.chunks_exact(2) {
        let [from, to] = [arrow[0], arrow[1]].map(|i| places[i as usize]);
        put!(out, "<path d=\"M{} {}L{} {}\"/>", from[0], from[1], to[0], to[1]);
    }
    put!(out, "</g>");
    let shares = layer("exact").map_or(&[][..], |layer| &layer.data);
    let mut first = 0;
    for (place, node) in places.iter().zip(nodes.data.chunks_exact(3)) {
        let share = shares.get(first).copied().unwrap_or(0.0);
        first += node[2] as usize;
        put!(
            out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{RADIUS}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"1.4\"/>",
            place[0],
            place[1],
            colour::PAPER,
            colour::TRUTH
        );
        put!(
            out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{:.1}\" fill=\"{}\"/>",
            place[0],
            place[1],
            // The area is the share.
            (RADIUS - 0.7) * share.clamp(0.0, 1.0).sqrt(),
            colour::MODEL
        );
    }
}
