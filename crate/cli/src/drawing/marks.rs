//! Points, strokes, curves, bars and letters.

use super::{EDGE, Frame, SIDE, colour, ink, put};
use std::fmt::Write;
use tilde_models::card::{Role, ViewKind};
use tilde_models::exhibit::{Layer, Picture};

/// Points that are drawn of a cloud.
const MOST: usize = 160;
/// Letters in a line, and lines.
const LETTERS: usize = 11;
const LINES: usize = 6;

/// A number as short as it may be.
fn short(x: f32) -> f32 {
    (x * 10.0).round() / 10.0
}

fn place(frame: &Frame, x: f32, y: f32) -> [f32; 2] {
    frame.at(x, y).map(short)
}

/// Dots: a stroke without length, with round ends.
pub fn points(out: &mut String, layer: &Layer, frame: &Frame) {
    let count = layer.data.len() / 2;
    let every = count.div_ceil(MOST).max(1);
    let labelled = layer.labels.len() == count;
    for class in 0..if labelled { 10 } else { 1 } {
        let mut path = String::new();
        for i in (0..count).step_by(every) {
            if !labelled || layer.labels[i] % 10 == class {
                let [x, y] = place(frame, layer.data[2 * i], layer.data[2 * i + 1]);
                put!(path, "M{x} {y}h0");
            }
        }
        if path.is_empty() {
            continue;
        }
        let colour = if labelled { colour::CLASSES[class as usize] } else { ink(layer) };
        let size = match count {
            ..=2 => 6.0,
            // Few that each are looked at.
            3..=16 if !labelled => 4.0,
            _ => 2.4,
        };
        put!(
            out,
            "<path stroke=\"{colour}\" stroke-width=\"{size}\" stroke-linecap=\"round\" opacity=\".8\" d=\"{path}\"/>"
        );
    }
}

fn stroke(out: &mut String, path: &str, colour: &str, width: f32) {
    put!(
        out,
        "<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-linecap=\"round\" stroke-linejoin=\"round\" d=\"{path}\"/>"
    );
}

/// An area in rows of level pieces, of which every third is enough.
fn area(out: &mut String, layer: &Layer, frame: &Frame) {
    let apart = |pair: &[&[f32]]| (pair[1][1] - pair[0][1]).abs();
    let pieces: Vec<&[f32]> = layer.data.chunks_exact(4).collect();
    let step = pieces.windows(2).map(apart).filter(|step| *step > 0.0).fold(f32::MAX, f32::min);
    let row = |piece: &[f32]| ((piece[1] - pieces[0][1]) / step).round() as i32;
    let mut path = String::new();
    for piece in pieces.iter().filter(|piece| row(piece) % 3 == 1) {
        let [x, y] = place(frame, piece[0], piece[1] + 1.5 * step);
        let [to, foot] = place(frame, piece[2], piece[3] - 1.5 * step);
        put!(path, "M{x} {y}H{to}V{foot}H{x}");
    }
    put!(out, "<path fill=\"{}\" opacity=\".2\" d=\"{path}\"/>", ink(layer));
}

/// Straight pieces; those that join are one stroke.
pub fn lines(out: &mut String, layer: &Layer, frame: &Frame) {
    if layer.labels.len() == 1 && layer.data.len() > 4 {
        return area(out, layer, frame);
    }
    let labelled = layer.labels.len() == layer.data.len() / 4;
    let colour_of = |i: usize| if labelled { layer.labels[i] % 10 } else { 10 };
    for class in 0..11 {
        let mut path = String::new();
        let mut end = [f32::NAN; 2];
        for (i, piece) in layer.data.chunks_exact(4).enumerate() {
            if colour_of(i) != class {
                continue;
            }
            let (from, to) = (place(frame, piece[0], piece[1]), place(frame, piece[2], piece[3]));
            if from != end {
                put!(path, "M{} {}", from[0], from[1]);
            }
            if from != to || from != end {
                put!(path, "L{} {}", to[0], to[1]);
            }
            end = to;
        }
        if !path.is_empty() {
            let colour = if class < 10 { colour::CLASSES[class as usize] } else { ink(layer) };
            stroke(out, &path, colour, if layer.role == Role::Other { 0.8 } else { 1.6 });
        }
    }
}

/// Arrows without heads, which would not be seen.
pub fn vectors(out: &mut String, layer: &Layer, frame: &Frame) {
    let longest = layer.data.chunks_exact(4).map(|v| v[2].hypot(v[3])).fold(1e-9f32, f32::max);
    let mut path = String::new();
    for v in layer.data.chunks_exact(4) {
        let scale = 5.0 / (longest * frame.scale[0]);
        let (from, to) = (place(frame, v[0], v[1]), place(frame, v[0] + scale * v[2], v[1] + scale * v[3]));
        put!(path, "M{} {}L{} {}", from[0], from[1], to[0], to[1]);
    }
    stroke(out, &path, ink(layer), 0.8);
}

/// All layers but an upright bar beside the axes and images below them, for which there is no room.
fn along_axes(picture: &Picture) -> impl Iterator<Item = &Layer> {
    picture.layers.iter().filter(|layer| !matches!(layer.kind, ViewKind::Stack | ViewKind::Images))
}

/// Lines over axes that are not drawn, `along` giving the place on the x axis.
pub fn curves(out: &mut String, picture: &Picture, along: fn(f32) -> f32) {
    let mut extent = picture.extent;
    if extent[1] <= extent[0] || extent[3] <= extent[2] {
        let bound = |axis: usize| {
            let values = along_axes(picture).flat_map(move |l| l.data.iter().skip(axis).step_by(2));
            values.fold((f32::MAX, f32::MIN), |(low, high), &x| (low.min(x), high.max(x)))
        };
        let ((x0, x1), (y0, y1)) = (bound(0), bound(1));
        if extent[1] <= extent[0] {
            extent = [x0, x1, extent[2], extent[3]];
        }
        if extent[3] <= extent[2] {
            extent = [extent[0], extent[1], y0, y1];
        }
    }
    let frame = Frame::new([along(extent[0]), along(extent[1]), extent[2], extent[3]], false);
    for layer in along_axes(picture) {
        let moved: Vec<f32> =
            layer.data.iter().enumerate().map(|(i, &v)| if i % 2 == 0 { along(v) } else { v }).collect();
        let moved = Layer { data: moved, ..layer.clone() };
        match layer.kind {
            ViewKind::Points => points(out, &moved, &frame),
            ViewKind::Lines => lines(out, &moved, &frame),
            // At their true lengths.
            ViewKind::Vectors => {
                let pieces = moved.data.chunks_exact(4).flat_map(|v| [v[0], v[1], v[0] + v[2], v[1] + v[3]]);
                lines(out, &Layer { data: pieces.collect(), ..moved.clone() }, &frame);
            }
            _ => {
                let mut path = String::new();
                for (i, p) in moved.data.chunks_exact(2).enumerate() {
                    let [x, y] = place(&frame, p[0], p[1]);
                    put!(path, "{}{x} {y}", if i == 0 { 'M' } else { 'L' });
                }
                // Those of before are faint.
                let thin = layer.role == Role::Truth || layer.labels.first() == Some(&1);
                stroke(out, &path, ink(layer), if thin { 1.0 } else { 2.0 });
            }
        }
    }
}

fn rectangle(out: &mut String, [x, y, width, height]: [f32; 4], colour: &str, opacity: f32) {
    let [x, y, width, height] = [x, y, width, height].map(short);
    put!(
        out,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{colour}\" opacity=\"{opacity}\"/>"
    );
}

/// Bars of the first layer.
pub fn bars(out: &mut String, layers: &[Layer]) {
    let layer = &layers[0];
    let top = layer.data.iter().fold(1e-9f32, |m, x| m.max(*x));
    let room = SIDE - 2.0 * EDGE;
    let step = room / layer.data.len() as f32;
    // Numerals in order are classes.
    let classes =
        layer.labels.len() > 1 && layer.labels.iter().zip(48..).all(|(&code, numeral)| code == numeral);
    for (i, value) in layer.data.iter().enumerate() {
        let height = value.max(0.0) / top * room;
        let colour = if classes { colour::CLASSES[i % 10] } else { ink(layer) };
        rectangle(out, [EDGE + i as f32 * step, SIDE - EDGE - height, step * 0.85, height], colour, 1.0);
    }
}

/// Parts laid end to end.
pub fn stack(out: &mut String, picture: &Picture) {
    let [x0, x1, ..] = picture.extent;
    let room = SIDE - 2.0 * EDGE;
    let at = |v: f32| EDGE + (v - x0) / (x1 - x0).max(1e-9) * room;
    let rows = picture.layers[0].data.len();
    let line = room / rows as f32;
    for row in 0..rows {
        let top = EDGE + row as f32 * line;
        let mut from = x0;
        let mut opacity = 1.0;
        for layer in &picture.layers {
            let value = layer.data[row];
            if layer.role == Role::Truth {
                rectangle(out, [at(value), top, 1.5, line], colour::TRUTH, 1.0);
                continue;
            }
            let to = if opacity == 1.0 { value } else { from + value };
            rectangle(out, [at(from), top + 0.2 * line, at(to) - at(from), 0.6 * line], ink(layer), opacity);
            (from, opacity) = (to, 0.5);
        }
    }
}

/// The first letters of the first lines.
pub fn text(out: &mut String, layer: &Layer) {
    let whole: String = layer
        .data
        .chunks(layer.shape[1].max(1))
        .flat_map(|line| line.iter().filter_map(|&c| char::from_u32(c as u32)).chain(['\n']))
        .collect();
    let lines = whole.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES);
    put!(out, "<g font-family=\"ui-monospace,monospace\" font-size=\"7.4\" fill=\"{}\">", ink(layer));
    for (i, line) in lines.enumerate() {
        let start: String = line.chars().take(LETTERS).collect();
        let safe = start.replace('&', "&amp;").replace('<', "&lt;");
        put!(out, "<text x=\"{EDGE}\" y=\"{}\">{safe}</text>", short(EDGE + 7.0 + 8.2 * i as f32));
    }
    out.push_str("</g>");
}
