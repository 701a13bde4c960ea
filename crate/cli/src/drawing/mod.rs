//! A picture of an exhibit as a small SVG: no text beside what the picture itself holds, few shapes,
//! the colours that the page gives to data and to models.

mod cells;
mod colour;
mod marks;
mod network;

use tilde_models::card::{Role, ViewKind};
use tilde_models::exhibit::{Layer, Picture};

/// Side of the drawing.
const SIDE: f32 = 56.0;
/// What is left free around it.
const EDGE: f32 = 4.0;

/// Side of an image in a corner of the plane.
const INSET: f32 = 14.0;

/// Where data coordinates lie in the drawing.
struct Frame {
    extent: [f32; 4],
    scale: [f32; 2],
    corner: [f32; 2],
}

impl Frame {
    /// The whole box, as large as it fits; with both axes alike if `square`.
    fn new(extent: [f32; 4], square: bool) -> Frame {
        let [x0, x1, y0, y1] = extent;
        let room = SIDE - 2.0 * EDGE;
        let free = [room / (x1 - x0).max(1e-9), room / (y1 - y0).max(1e-9)];
        let scale = if square { [free[0].min(free[1]); 2] } else { free };
        let corner = [(SIDE - scale[0] * (x1 - x0)) / 2.0, (SIDE - scale[1] * (y1 - y0)) / 2.0];
        Frame { extent, scale, corner }
    }

    /// A place of the drawing, y downwards.
    fn at(&self, x: f32, y: f32) -> [f32; 2] {
        let [x0, _, _, y1] = self.extent;
        [self.corner[0] + (x - x0) * self.scale[0], self.corner[1] + (y1 - y) * self.scale[1]]
    }
}

/// The drawing of a picture of a view of this kind.
pub fn svg(kind: ViewKind, picture: &Picture) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIDE} {SIDE}\"><clipPath id=\"c\"><rect width=\"{SIDE}\" height=\"{SIDE}\" rx=\"8\"/></clipPath><rect width=\"{SIDE}\" height=\"{SIDE}\" rx=\"8\" fill=\"{}\"/><g clip-path=\"url(#c)\">",
        colour::PAPER
    );
    // Points may be images where the data are, and images points.
    let images = picture.layers.first().is_some_and(|layer| layer.kind == ViewKind::Images);
    let kind = match kind {
        ViewKind::Curves | ViewKind::LogCurves => kind,
        _ if images => ViewKind::Images,
        ViewKind::Images => ViewKind::Points,
        other => other,
    };
    match kind {
        ViewKind::Images => cells::images(&mut out, picture),
        ViewKind::Text => marks::text(&mut out, &picture.layers[0]),
        ViewKind::Bars => marks::bars(&mut out, &picture.layers),
        ViewKind::Network => network::draw(&mut out, &picture.layers),
        ViewKind::Table => cells::table(&mut out, &picture.layers[0]),
        ViewKind::Stack => marks::stack(&mut out, picture),
        ViewKind::Curves => marks::curves(&mut out, picture, |x| x),
        ViewKind::LogCurves => marks::curves(&mut out, picture, |x| x.max(1e-9).ln()),
        _ => plane(&mut out, picture),
    }
    out += "</g></svg>\n";
    out
}

/// One field at most, and everything else over it.
fn plane(out: &mut String, picture: &Picture) {
    let field = picture.layers.iter().find(|layer| layer.kind == ViewKind::Field);
    let frame = match field {
        // A field has no edge of paper.
        Some(field) => {
            cells::field(out, field, picture.range);
            let [x0, x1, y0, y1] = picture.extent;
            Frame { extent: picture.extent, scale: [SIDE / (x1 - x0), SIDE / (y1 - y0)], corner: [0.0; 2] }
        }
        None => Frame::new(bounds(&picture.layers), true),
    };
    for layer in &picture.layers {
        match layer.kind {
            ViewKind::Points => marks::points(out, layer, &frame),
            ViewKind::Vectors => marks::vectors(out, layer, &frame),
            ViewKind::Lines => marks::lines(out, layer, &frame),
            _ => {}
        }
    }
    let insets = picture.layers.iter().filter(|layer| layer.kind == ViewKind::Images);
    insets
        .zip([[EDGE; 2], [SIDE - EDGE - INSET, EDGE]])
        .for_each(|(layer, corner)| cells::inset(out, layer, corner, INSET));
}

/// The box of all places but the outermost hundredth on each side.
fn bounds(layers: &[Layer]) -> [f32; 4] {
    let between = |axis: usize| {
        let mut values: Vec<f32> = layers
            .iter()
            .filter(|layer| !matches!(layer.kind, ViewKind::Vectors | ViewKind::Images))
            .flat_map(|layer| layer.data.iter().skip(axis).step_by(2).copied())
            .collect();
        values.sort_by(f32::total_cmp);
        match values.len() {
            0 => [-1.0, 1.0],
            n => [values[n / 100], values[n - 1 - n / 100]],
        }
    };
    let [[x0, x1], [y0, y1]] = [between(0), between(1)];
    [x0, x1.max(x0 + 1e-3), y0, y1.max(y0 + 1e-3)]
}

/// The colour of a layer.
fn ink(layer: &Layer) -> &'static str {
    match layer.role {
        Role::Data => colour::DATA,
        Role::Model => colour::MODEL,
        Role::Truth => colour::TRUTH,
        Role::Other => colour::SOFT,
    }
}

/// Appends formatted text: writing to a string cannot fail.
macro_rules! put {
    ($out:expr, $($args:tt)*) => { write!($out, $($args)*).expect("a string takes everything") };
}
use put;

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(layers: Vec<Layer>, extent: [f32; 4]) -> Picture {
        Picture { layers, extent, range: [0.0, 0.5, 1.0], columns: 0 }
    }

    #[test]
    fn y_points_upwards() {
        let layer =
            Layer::new("p", Role::Model, ViewKind::Points, vec![0.0, 0.0, 1.0, 1.0, 0.5, 0.5], &[3, 2]);
        let made = svg(ViewKind::Points, &picture(vec![layer], [0.0, 1.0, 0.0, 1.0]));
        assert!(made.contains("M4 52") && made.contains("M52 4"), "{made}");
    }

    #[test]
    fn fields_and_bars_of_classes_have_the_colours_of_the_classes() {
        let field = Layer::new("f", Role::Other, ViewKind::Field, vec![0.0, 0.0, 1.0, 1.0], &[2, 2]);
        let of = |layer: Layer, kind| svg(kind, &picture(vec![layer], [0.0, 1.0, 0.0, 1.0]));
        let [signed, classes] =
            [field.clone(), field.labelled(vec![0, 1])].map(|layer| of(layer, ViewKind::Field));
        assert!(classes.contains("#a9a2cd") && classes.contains("#98c7bc"), "{classes}");
        assert!(!signed.contains("#a9a2cd"), "{signed}");
        let bars = |labels: Vec<u32>| {
            let layer = Layer::new("b", Role::Model, ViewKind::Bars, vec![0.2, 0.8], &[2]).labelled(labels);
            of(layer, ViewKind::Bars).matches(colour::MODEL).count()
        };
        // Letters are no classes.
        assert_eq!([bars(vec![48, 49]), bars(vec![97, 98])], [0, 2]);
    }

    #[test]
    fn every_kind_is_drawn() {
        let layers = [
            Layer::new("a", Role::Data, ViewKind::Vectors, vec![0.0, 0.0, 1.0, 0.0], &[1, 4]),
            Layer::new("b", Role::Data, ViewKind::Lines, vec![0.0, 0.0, 1.0, 0.0], &[1, 4]),
            Layer::new("c", Role::Data, ViewKind::Field, vec![0.0, 0.2, 0.4, 1.0], &[2, 2]),
            Layer::new("d", Role::Data, ViewKind::Images, vec![0.0, 0.2, 0.4, 1.0], &[1, 2, 2]),
            Layer::new("e", Role::Data, ViewKind::Bars, vec![0.0, 0.2, 0.4, 1.0], &[4]),
            Layer::new("f", Role::Data, ViewKind::Text, vec![97.0, 60.0], &[1, 2]),
            Layer::new("g", Role::Data, ViewKind::Curves, vec![0.0, 0.0, 1.0, 2.0], &[2, 2]),
            Layer::new("h", Role::Data, ViewKind::LogCurves, vec![1.0, 0.0, 10.0, 2.0], &[2, 2]),
            Layer::new("i", Role::Data, ViewKind::Stack, vec![0.5], &[1]),
            Layer::new("nodes", Role::Data, ViewKind::Network, vec![0.5, 0.5, 2.0], &[1, 3]),
            Layer::new("j", Role::Data, ViewKind::Table, vec![0.5, 0.1], &[1, 2]),
        ];
        let tower = ["top", "bottom"].into_iter().zip([[3, 1, 2], [3, 2, 2]]);
        let tower = tower.map(|(id, shape): (_, [usize; 3])| {
            Layer::new(id, Role::Other, ViewKind::Images, vec![0.5; shape.iter().product()], &shape)
        });
        let made = svg(ViewKind::Images, &Picture { columns: 3, ..picture(tower.collect(), [0.0; 4]) });
        assert_eq!(made.matches("<path").count(), 6, "{made}");
        // Images below a curve are left out.
        let curve = Layer::new("g", Role::Data, ViewKind::Curves, vec![0.0, 0.0, 1.0, 2.0], &[2, 2]);
        let strip = Layer::new("d", Role::Data, ViewKind::Images, vec![0.5; 4], &[1, 2, 2]);
        let [with, without] = [vec![curve.clone(), strip], vec![curve]]
            .map(|layers| svg(ViewKind::Curves, &picture(layers, [0.0; 4])));
        assert_eq!(with, without);
        let empty = svg(ViewKind::Points, &picture(vec![], [0.0; 4])).len();
        for layer in layers {
            let made = svg(layer.kind, &picture(vec![layer.clone()], [0.0, 1.0, 0.0, 1.0]));
            assert!(made.len() > empty + 20, "{}: {made}", layer.id);
            assert!(!made.contains("NaN") && !made.contains("<<"), "{made}");
        }
    }
}
