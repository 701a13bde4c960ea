//! The pictures.

use super::joint::{Joint, Part};
use super::measure::{ALARM, BOX, FIELD, decide, hidden};
use super::table::REACH;
use super::{Boundary, odd};
use crate::prelude::*;

/// Draws from a generative model.
const SAMPLES: usize = 300;
/// Images that are drawn or filled in.
const IMAGES: usize = 30;
/// Places of a curve.
const ALONG: usize = 120;

/// Layers of images, whose rows take turns.
fn images(columns: usize, layers: Vec<(&'static str, Role, Vec<f64>)>) -> Picture {
    let layer = |(id, role, data): (&'static str, Role, Vec<f64>)| {
        let data: Vec<f32> = data.iter().map(|&x| x.clamp(0.0, 1.0) as f32).collect();
        let shape = [data.len() / (odd::SIDE * odd::SIDE), odd::SIDE, odd::SIDE];
        Layer::new(id, role, ViewKind::Images, data, &shape)
    };
    Picture { columns, ..Picture::of(layers.into_iter().map(layer).collect()) }
}

/// Words in the key, and nothing to see: what a model cannot do.
fn nothing(id: &'static str, kind: ViewKind) -> Layer {
    Layer::new(id, Role::Model, kind, Vec::new(), &[0, 2])
}

fn points(id: &'static str, role: Role, x: &[f64], y: &[usize]) -> Layer {
    Layer::points(id, role, floats(x)).labelled(y.iter().map(|&y| y as u32).collect())
}

impl Boundary {
    /// The training points, and the probe: a place, or a line where the second feature is hidden.
    fn over(&self, live: &Live, layers: &mut Vec<Layer>) {
        layers.push(points("data", Role::Data, &self.table.x, &self.table.y));
        let at = floats(&self.probe());
        layers.push(match hidden(live) {
            true => Layer::lines("probe", Role::Truth, vec![at[0], -REACH, at[0], REACH]),
            false => Layer::points("probe", Role::Truth, at),
        });
    }

    /// P(y = 1 | x) with the line where it is one half, and where the best line is.
    pub(super) async fn plane(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let to_one =
            |field: &[f64]| field.chunks_exact(2).map(|f| libm::exp(f[1]) as f32).collect::<Vec<f32>>();
        let field = to_one(&self.measured(live, false).await?.field);
        let line = shapes::contour(&field, FIELD, BOX, 0.5);
        let mut layers = vec![
            Layer::field("field", Role::Other, field).labelled(vec![0, 1]),
            Layer::lines("line", Role::Model, line),
        ];
        if let Some(truth) = &self.truth {
            let best = to_one(&truth.best[usize::from(hidden(live))]);
            layers.push(Layer::lines("best", Role::Truth, shapes::contour(&best, FIELD, BOX, 0.5)));
        }
        self.over(live, &mut layers);
        Ok(Picture::plane(layers, BOX))
    }

    /// p(x) with the line of the alarm; of a discriminative model, the points and words.
    pub(super) async fn density(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let mut layers = Vec::new();
        let mut top = 1.0;
        match self.model.joint() {
            Some(joint) => {
                let at = shapes::grid(FIELD, BOX);
                let place = |p: &[f32]| joint.log_density(&[f64::from(p[0]), f64::from(p[1])]);
                let field: Vec<f32> = at.chunks_exact(2).map(|p| libm::exp(place(p)) as f32).collect();
                top = field.iter().copied().fold(1e-6, f32::max);
                let measured = self.measured(live, false).await?;
                let known = &measured.densities;
                let level =
                    known.get((ALARM * known.len() as f64) as usize).map_or(0.0, |log| libm::exp(*log));
                let line = shapes::contour(&field, FIELD, BOX, level as f32);
                layers.push(Layer::field("density", Role::Model, field));
                layers.push(Layer::lines("alarm", Role::Model, line));
            }
            None => layers.push(nothing("no_density", ViewKind::Points)),
        }
        self.over(live, &mut layers);
        Ok(Picture::plane(layers, BOX).ranged([0.0, top / 2.0, top]))
    }

    /// Draws of a generative model; of a discriminative one, words.
    pub(super) fn samples(&self, live: &Live) -> Picture {
        let mut layers = Vec::new();
        match self.model.joint() {
            Some(joint) => {
                let mut stream = Stream::new(live.seed, 0x5A4D);
                let (mut x, mut y) = (Vec::new(), Vec::new());
                for _ in 0..SAMPLES {
                    let (point, class) = joint.sample(&mut stream);
                    x.extend(point);
                    y.push(class);
                }
                layers.push(points("samples", Role::Model, &x, &y));
            }
            None => {
                layers.push(nothing("no_samples", ViewKind::Points));
                layers.push(Layer::points("data", Role::Data, floats(&self.table.x)));
            }
        }
        Picture::plane(layers, BOX)
    }

    /// p(x₂ | x₁) at the probe's x₁: the truth's, and the model's if it has one.
    pub(super) fn conditional(&self) -> Picture {
        let mut layers = Vec::new();
        let first = self.probe()[0];
        let mut add = |id, role, joint: &Joint| {
            let whole = joint.marginal(&[0]).log_density(&[first]);
            let mut data = Vec::new();
            for i in 0..ALONG {
                let second = f64::from(REACH) * (2.0 * i as f64 / (ALONG - 1) as f64 - 1.0);
                data.extend([second as f32, libm::exp(joint.log_density(&[first, second]) - whole) as f32]);
            }
            layers.push(Layer::curve(id, role, data));
        };
        if let Some(truth) = &self.truth {
            add("truth", Role::Truth, &truth.joint);
        }
        match self.model.joint() {
            Some(joint) => add("model", Role::Model, joint),
            None => layers.push(nothing("no_filling", ViewKind::Curves)),
        }
        Picture::plane(layers, [-REACH, REACH, 0.0, 0.0])
    }

    /// P(y | x) of each class at the probe.
    pub(super) fn bars(&self, live: &Live) -> Picture {
        let mut out = vec![0.0; self.table.classes];
        self.judge(hidden(live), &self.probe(), &mut out);
        let mut picture = Picture::bars("bars", out.iter().map(|log| libm::exp(*log) as f32).collect());
        picture.layers[0].labels = (0..self.table.classes as u32).map(|k| 48 + k).collect();
        picture
    }

    /// The mean image of each class, `[10, 64]`.
    fn class_means(&self) -> Vec<f64> {
        let (d, counts) = (self.table.d, self.table.counts());
        let mut means = vec![0.0; d * counts.len()];
        for i in 0..self.table.n() {
            let y = self.table.y[i];
            for (m, x) in means[y * d..(y + 1) * d].iter_mut().zip(self.table.row(i)) {
                *m += x / counts[y] as f64;
            }
        }
        means
    }

    /// Images to point at; below each the mean image of the class it is taken for, as bright as the
    /// model is sure.
    pub(super) fn gallery(&self, live: &Live) -> Picture {
        let (means, d) = (self.class_means(), self.table.d);
        let mut out = vec![0.0; self.table.classes];
        let mut answers = Vec::with_capacity(self.shown.x.len());
        for i in 0..self.shown.n() {
            self.judge(hidden(live), self.shown.row(i), &mut out);
            let class = decide(&out);
            let sure = libm::exp(out[class]);
            answers.extend(means[class * d..(class + 1) * d].iter().map(|m| m * sure));
        }
        images(
            odd::COLUMNS,
            vec![("shown", Role::Data, self.shown.x.clone()), ("answers", Role::Model, answers)],
        )
    }

    /// What a generative model knows of each class: mean and deviation of every pixel.
    pub(super) fn moments(&self) -> Picture {
        let Some(joint) = self.model.joint() else {
            let means = self.class_means();
            let blank = vec![0.0; means.len()];
            return images(10, vec![("class_means", Role::Data, means), ("no_density", Role::Model, blank)]);
        };
        let d = self.table.d;
        let means = joint.parts.iter().flat_map(|p| p.gaussian.mean.clone()).collect();
        let spread =
            |p: &Part| (0..d).map(|i| tilde_graph::real::sqrt(p.covariance[i * d + i])).collect::<Vec<_>>();
        let deviations = joint.parts.iter().flat_map(spread).collect();
        images(10, vec![("means", Role::Model, means), ("deviations", Role::Other, deviations)])
    }

    /// Drawn digits; of a discriminative model, words beside some of the data.
    pub(super) fn drawn_digits(&self, live: &Live) -> Picture {
        let mut stream = Stream::new(live.seed, 0x5A4D);
        match self.model.joint() {
            Some(joint) => {
                let data = (0..IMAGES).flat_map(|_| joint.sample(&mut stream).0).collect();
                images(10, vec![("samples", Role::Model, data)])
            }
            None => {
                let data = self.table.sample(10).x;
                let blank = vec![0.0; data.len()];
                images(10, vec![("data", Role::Data, data), ("no_samples", Role::Model, blank)])
            }
        }
    }

    /// The probe and other digits with their lower half hidden, and filled in.
    pub(super) fn filled(&self) -> Picture {
        let half = self.visible();
        let (mut covered, mut filled) = (Vec::new(), Vec::new());
        let rows = [self.probe()].into_iter().chain((0..4).map(|i| self.shown.row(i).to_vec()));
        for mut row in rows {
            filled.extend(match self.model.joint() {
                Some(joint) => joint.fill(&row, half),
                None => [&row[..half], &self.mean[half..]].concat(),
            });
            row[half..].fill(0.0);
            covered.extend(row);
        }
        let id = if self.model.joint().is_some() { "filled" } else { "no_filling" };
        images(5, vec![("seen", Role::Data, covered), (id, Role::Model, filled)])
    }
}
