//! The pictures of mixtures.

use super::Mixture;
use super::card::Method;
use super::gaussian::{Component, log_density, ready};
use crate::prelude::*;

/// Side of the density's field.
const FIELD: usize = 56;

impl Mixture {
    /// The points and the components.
    pub(super) fn plane(&self) -> Picture {
        Picture::plane(self.parts(), self.data.extent())
    }

    /// The shares of the components.
    pub(super) fn weights(&self) -> Picture {
        let components = self.fit.components();
        let mut picture = Picture::bars("weights", components.iter().map(|c| c.weight as f32).collect());
        // The numerals that stand for the components in the plane.
        picture.layers[0].labels = (0..components.len()).map(|k| 48 + k as u32).collect();
        picture
    }

    /// Whether a component has any points to itself; the others stand where the prior puts them, and
    /// are not drawn.
    fn has_points(&self, c: &Component) -> bool {
        c.weight * self.points.len() as f64 > 0.5
    }

    fn means(&self) -> Layer {
        let drawn = self.fit.components().iter().filter(|c| self.has_points(c));
        let data = drawn.flat_map(|c| c.mean.map(|v| v as f32)).collect();
        Layer::points("means", Role::Model, data)
    }

    /// The points, each with the number of who is most responsible for it, and the components.
    fn parts(&self) -> Vec<Layer> {
        let flat: Vec<f32> = self.points.iter().flatten().map(|&v| v as f32).collect();
        let mut points = Layer::points("data", Role::Data, flat);
        let (method, components, responsibilities) =
            (self.fit.method, self.fit.components(), self.fit.responsibilities());
        let k = components.len();
        let most = |row: &[f64]| {
            let mut best = 0;
            for j in 1..row.len() {
                if row[j] > row[best] {
                    best = j;
                }
            }
            best as u32
        };
        points.labels = responsibilities.chunks_exact(k).map(most).collect();
        let (mut pieces, mut labels) = (Vec::new(), Vec::new());
        if method == Method::KMeans {
            for (x, &label) in self.points.iter().zip(&points.labels) {
                let mean = components[label as usize].mean;
                pieces.extend([x[0], x[1], mean[0], mean[1]].map(|v| v as f32));
                labels.push(label);
            }
        } else {
            for (j, c) in components.iter().enumerate().filter(|(_, c)| self.has_points(c)) {
                for radius in [1.0, 2.0] {
                    let ellipse = shapes::ellipse(c.mean, c.covariance, radius);
                    labels.resize(labels.len() + ellipse.len() / 4, j as u32);
                    pieces.extend(ellipse);
                }
            }
        }
        let (id, role) = match method {
            Method::KMeans => ("spokes", Role::Other),
            Method::Em | Method::Variational => ("ellipses", Role::Model),
        };
        // Back to where they were put: each bend is an M step.
        let (mut ways, ends) = (Vec::new(), self.fit.ways());
        for (j, c) in components.iter().enumerate().filter(|(_, c)| self.has_points(c)) {
            let mut way: Vec<f32> = ends
                .chunks_exact(2 * k)
                .flat_map(|row| [row[2 * j], row[2 * j + 1]].map(|v| v as f32))
                .collect();
            way.extend(c.mean.map(|v| v as f32));
            ways.extend(shapes::path(&way));
        }
        let began = ends[..2 * k].iter().map(|&v| v as f32).collect();
        let shares = Layer::bars("shares", Role::Other, responsibilities.iter().map(|&r| r as f32).collect());
        vec![
            points,
            shares,
            Layer::lines(id, role, pieces).labelled(labels),
            Layer::lines("ways", Role::Model, ways),
            Layer::points("began", Role::Truth, began),
            self.means(),
        ]
    }

    /// The mixture's density.
    pub(super) fn density(&self) -> Picture {
        let (mixture, extent) = (ready(self.fit.components()), self.data.extent());
        let at = |p: &[f32]| {
            let x = [f64::from(p[0]), f64::from(p[1])];
            // A collapsed component is higher than the picture can show.
            libm::exp(log_density(&mixture, x).min(40.0)) as f32
        };
        let values: Vec<f32> = shapes::grid(FIELD, extent).chunks_exact(2).map(at).collect();
        let mut sorted = values.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        // The top of the colours: but for the few highest cells, which may be a spike.
        let top = sorted[sorted.len() * 995 / 1000].max(1e-6);
        let layers = vec![Layer::field("density", Role::Model, values), self.means()];
        Picture::plane(layers, extent).ranged([0.0, 0.5 * top, top])
    }
}
