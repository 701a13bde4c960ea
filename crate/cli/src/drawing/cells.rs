//! Grids of coloured cells: fields and images. Cells of one colour are one path.

use super::colour::{self, Map};
use super::{EDGE, SIDE, put};
use std::collections::BTreeMap;
use std::fmt::Write;
use tilde_models::card::{Role, ViewKind};
use tilde_models::exhibit::{Layer, Picture};

/// Shades that are told apart.
const SHADES: f32 = 15.0;
/// Cells of a field along a side.
const CELLS: usize = 28;

/// Cells of shares in 0..=1, `columns` in a row from the top left, `size` wide and high.
fn paint(out: &mut String, shares: &[f32], columns: usize, [left, top]: [f32; 2], size: f32, map: Map) {
    let shade = |i: usize| (shares[i].clamp(0.0, 1.0) * SHADES).round() as u32;
    let mut paths: BTreeMap<u32, String> = BTreeMap::new();
    for row in 0..shares.len() / columns {
        let mut from = 0;
        while from < columns {
            let first = shade(row * columns + from);
            let run = (from..columns).take_while(|&i| shade(row * columns + i) == first).count();
            put!(paths.entry(first).or_default(), "M{from} {row}h{run}v1h-{run}z");
            from += run;
        }
    }
    put!(out, "<g transform=\"translate({left} {top})scale({size})\" stroke-width=\".06\">");
    for (shade, path) in paths {
        // Neighbours overlap a little, so that nothing shines through between them.
        let colour = colour::of(map, shade as f32 / SHADES);
        put!(out, "<path fill=\"{colour}\" stroke=\"{colour}\" d=\"{path}\"/>");
    }
    out.push_str("</g>");
}

/// A field over the whole drawing.
pub fn field(out: &mut String, layer: &Layer, [low, middle, high]: [f32; 3]) {
    let [height, width] = [layer.shape[0], layer.shape[1]];
    let amount = |v: f32, [low, _, high]: [f32; 3]| (v - low) / (high - low).max(1e-9);
    let signed = |v: f32, [low, middle, high]: [f32; 3]| {
        if v < middle {
            0.5 * (v - low) / (middle - low).max(1e-9)
        } else {
            0.5 + 0.5 * (v - middle) / (high - middle).max(1e-9)
        }
    };
    let (map, share): (Map, fn(f32, [f32; 3]) -> f32) = match layer.role {
        _ if layer.labels.len() == 2 => (Map::Classes, signed),
        Role::Other => (Map::Diverging, signed),
        Role::Truth => (Map::Energy, amount),
        Role::Data | Role::Model => (Map::Viridis, amount),
    };
    let value = |i: usize| {
        let (row, column) = (i / CELLS, i % CELLS);
        // Row 0 of a field is at the bottom.
        let y = (CELLS - 1 - row) * height / CELLS;
        share(layer.data[y * width + column * width / CELLS], [low, middle, high])
    };
    let shares: Vec<f32> = (0..CELLS * CELLS).map(value).collect();
    paint(out, &shares, CELLS, [0.0; 2], SIDE / CELLS as f32, map);
}

/// As many images as can be told apart, nine small ones or four larger ones, of the layer that has the most; or layers
/// of units one above the other.
pub fn images(out: &mut String, picture: &Picture) {
    let first = &picture.layers[0];
    // What is among them is not seen at this size.
    let layers = || picture.layers.iter().filter(|layer| layer.kind == ViewKind::Images);
    if layers().any(|layer| layer.shape[1..] != first.shape[1..]) {
        return tower(out, picture);
    }
    let layer = layers().rev().max_by_key(|layer| layer.shape[0]).unwrap_or(first);
    let [count, height, width] = [layer.shape[0], layer.shape[1], layer.shape[2]];
    let across = if width <= 8 { 3 } else { 2 }.min(count.isqrt().max(1));
    let room = (SIDE - 2.0 * EDGE - 2.0 * (across - 1) as f32) / across as f32;
    let size = room / width.max(height) as f32;
    let [low, _, high] = picture.range;
    let map = if low < 0.0 { Map::Diverging } else { Map::Grey };
    for i in 0..across * across {
        let (x, y) = ((i % across) as f32, (i / across) as f32);
        let image = &layer.data[i * height * width..(i + 1) * height * width];
        let shares: Vec<f32> = image.iter().map(|v| (v - low) / (high - low).max(1e-9)).collect();
        let corner = [EDGE + x * (room + 2.0), EDGE + y * (room + 2.0)];
        paint(out, &shares, width, corner, size, map);
    }
}

/// The first image of a layer, in a corner of the plane.
pub fn inset(out: &mut String, layer: &Layer, corner: [f32; 2], side: f32) {
    let [count, height, width] = [layer.shape[0], layer.shape[1], layer.shape[2]];
    if count > 0 {
        paint(out, &layer.data[..height * width], width, corner, side / width as f32, Map::Grey);
    }
}

/// Layers of different sizes, from the top one down, of three of the columns.
fn tower(out: &mut String, picture: &Picture) {
    let columns = picture.columns.max(1);
    let across = columns.min(3);
    let high: f32 = picture.layers.iter().map(|layer| layer.shape[1] as f32 / layer.shape[2] as f32).sum();
    let free = |gap: f32, count: usize| SIDE - 2.0 * EDGE - gap * (count - 1) as f32;
    let cell = (free(2.0, across) / across as f32).min(free(4.0, picture.layers.len()) / high);
    let left = (SIDE - across as f32 * (cell + 2.0) + 2.0) / 2.0;
    let mut y = (SIDE - high * cell - 4.0 * (picture.layers.len() - 1) as f32) / 2.0;
    for layer in &picture.layers {
        let [height, width] = [layer.shape[1], layer.shape[2]];
        let size = cell / width as f32;
        for i in 0..across {
            let image = i * (columns - 1) / (across - 1).max(1);
            let shares = &layer.data[image * height * width..][..height * width];
            paint(out, shares, width, [left + i as f32 * (cell + 2.0), y], size, Map::Grey);
        }
        y += height as f32 * size + 4.0;
    }
}

/// A table as a field, its first row at the top.
pub fn table(out: &mut String, layer: &Layer) {
    let top = layer.data.iter().fold(1e-9f32, |m, x| m.max(*x));
    let shares: Vec<f32> = layer.data.iter().map(|x| x / top).collect();
    let columns = layer.shape[1].max(1);
    let size = (SIDE - 2.0 * EDGE) / columns.max(layer.shape[0]) as f32;
    paint(out, &shares, columns, [EDGE; 2], size, Map::Viridis);
}
