//! The lab's pictures.

use super::guide::{Estimator, Guide, Rule};
use super::model::Model;
use super::{Elbo, START, bounds};
use crate::prelude::*;

/// Points of a curve over z, and where they end.
const CURVE: usize = 240;
const REACH: f64 = 4.0;
/// Side of the landscape's field.
const FIELD: usize = 40;
/// Nats below log p(x) at which the landscape's colours end, and of their middle.
const DEPTH: [f64; 2] = [12.0, 2.0];
/// Bins of the histograms of gradients.
const BINS: usize = 36;
/// Numbers of importance samples.
const KS: [u32; 4] = [1, 5, 50, 500];
/// Draws for their estimates.
const DRAWS: usize = 4000;

/// The bound over the box of parameters, `[FIELD, FIELD]`; `guide` says of which kind z is.
pub(super) fn landscape(model: &Model, guide: Guide) -> Vec<f32> {
    // Coarser than that of the figures, and as fine as the eye.
    let rule = Rule::new(0.4);
    let bound = |p: &[f32]| {
        let guide = Guide { at: [f64::from(p[0]), f64::from(p[1])], ..guide };
        guide.elbo(model, &rule) as f32
    };
    shapes::grid(FIELD, guide.bounds().map(|v| v as f32)).chunks_exact(2).map(bound).collect()
}

/// A part of a bar.
fn stacked(id: &'static str, role: Role, value: f64) -> Layer {
    Layer::new(id, role, ViewKind::Stack, vec![value as f32], &[1])
}

impl Elbo {
    /// A function of z as a curve, or as one box for each discrete z, `half` wide to either side.
    fn over_z(&self, id: &'static str, role: Role, half: f64, f: impl Fn(f64) -> f64) -> Layer {
        let mut data = Vec::with_capacity(2 * CURVE + 2);
        let mut push = |z: f64, y: f64| data.extend([z as f32, y as f32]);
        if self.guide.discrete {
            for z in [1.0, 2.0, 3.0] {
                push(z - half, 0.0);
                push(z - half, f(z));
                push(z + half, f(z));
                push(z + half, 0.0);
            }
        } else {
            for i in 0..=CURVE {
                let z = (2.0 * i as f64 / CURVE as f64 - 1.0) * REACH;
                push(z, f(z));
            }
        }
        Layer::curve(id, role, data)
    }

    /// q as it was when it was last put somewhere.
    fn began(&self) -> Guide {
        Guide { at: self.trail.began(), ..self.guide }
    }

    /// The prior, the posterior, and q, now and at first; beside them the bound, which rises towards log p(x).
    pub(super) fn fit(&self) -> Picture {
        let (q, m) = (&self.guide, &self.model);
        let mut layers = vec![
            self.over_z("prior", Role::Other, 0.4, |z| libm::exp(m.log_prior(z))),
            self.over_z("posterior", Role::Truth, 0.34, |z| libm::exp(m.log_joint(z) - m.log_evidence)),
            self.over_z("q", Role::Model, 0.26, |z| libm::exp(q.log_density(z))),
        ];
        // The height stays while q moves, unless q is the higher.
        let top = |layer: &Layer| layer.data.iter().skip(1).step_by(2).fold(0.0f32, |m, y| m.max(*y));
        let high = layers.iter().map(top).fold(0.0, f32::max).max(1.3 * top(&layers[1]));
        let [low, end] = if q.discrete { [0.4, 3.6] } else { [-REACH as f32, REACH as f32] };
        let (bar, [foot, head]) = self.bar();
        layers.extend(bar);
        if self.trail.has_moved() {
            let began = self.began();
            layers.push(stacked("began_elbo", Role::Other, began.elbo(m, &self.rule)));
            let mut curve = self.over_z("began", Role::Model, 0.26, |z| libm::exp(began.log_density(z)));
            curve.labels = vec![1];
            layers.push(curve);
        }
        Picture::plane(layers, [low, end, 0.0, 1.05 * high]).ranged([foot, 0.5 * (foot + head), head])
    }

    /// The prior, the likelihood, and their product.
    pub(super) fn parts(&self) -> Picture {
        let m = &self.model;
        let layers = vec![
            self.over_z("prior", Role::Other, 0.4, |z| libm::exp(m.log_prior(z))),
            self.over_z("likelihood", Role::Data, 0.34, |z| libm::exp(m.log_likelihood(z))),
            self.over_z("joint", Role::Truth, 0.26, |z| libm::exp(m.log_joint(z))),
        ];
        Picture::of(layers)
    }

    /// The bound over the parameters, and the way of q.
    pub(super) fn landscape(&self) -> Picture {
        let (q, m) = (&self.guide, &self.model);
        // Its axes are those of q's parameters.
        let axes = if q.discrete { "odds" } else { "landscape" };
        let field = Layer::field(axes, Role::Model, self.landscape.clone());
        let mut layers = vec![field, Layer::lines("trail", Role::Data, self.trail.pieces())];
        if !q.discrete {
            // The forward divergence is least where the moments are the posterior's.
            let at = [m.mean as f32, (0.5 * libm::log(m.variance)) as f32];
            layers.push(Layer::points("moments", Role::Truth, at.to_vec()));
        }
        layers.push(Layer::points("q", Role::Model, q.at.map(|v| v as f32).to_vec()));
        let top = m.log_evidence as f32;
        let range = [top - DEPTH[0] as f32, top - DEPTH[1] as f32, top];
        Picture::plane(layers, q.bounds().map(|v| v as f32)).ranged(range)
    }

    /// The bound and the gap, which together are log p(x), and the axis for them.
    fn bar(&self) -> (Vec<Layer>, [f32; 2]) {
        let elbo = self.guide.elbo(&self.model, &self.rule);
        let gap = self.guide.kl(&self.model);
        let truth = self.model.log_evidence;
        let layers = vec![
            stacked("elbo", Role::Model, elbo),
            stacked("gap", Role::Data, gap),
            stacked("log_evidence", Role::Truth, truth),
        ];
        // The scale stays while q moves, so that a gap that closes is seen to: that of where q starts is within it, and
        // that of where it was put.
        let start = Guide { at: START, ..self.guide }.kl(&self.model);
        let low = truth - 1.1 * start.max(self.began().kl(&self.model)).max(gap);
        (layers, [low, truth + 0.2 * (truth - low)].map(|v| v as f32))
    }

    /// The bar by itself.
    pub(super) fn balance(&self) -> Picture {
        let (layers, [low, high]) = self.bar();
        Picture::plane(layers, [low, high, 0.0, 0.0])
    }

    /// The importance-weighted bounds: exact ones, and estimates with two standard errors.
    pub(super) fn bounds(&self, live: &Live) -> Picture {
        let (q, m) = (&self.guide, &self.model);
        let mut stream = Stream::new(live.seed ^ 0x1AE, live.step);
        let made = bounds::estimated(q, m, &KS, DRAWS, &mut stream);
        let place = |k: &u32, y: f64| [*k as f32, y as f32];
        let known = |k: &u32| bounds::exact(q, m, *k).map(|bound| place(k, bound));
        let exact: Vec<f32> = KS.iter().filter_map(known).flatten().collect();
        let dots: Vec<f32> = KS.iter().zip(&made).flat_map(|(k, b)| place(k, b[0])).collect();
        let errors: Vec<f32> = (KS.iter().zip(&made))
            .flat_map(|(k, [mean, error])| {
                [place(k, mean - 2.0 * error), place(k, mean + 2.0 * error)].concat()
            })
            .collect();
        let truth = m.log_evidence as f32;
        // Where all bounds are one, rounding is not blown up to fill the picture.
        let low = (errors.iter().chain(&exact).skip(1).step_by(2)).fold(truth - 0.02, |m, y| m.min(*y));
        let high = errors.iter().skip(1).step_by(2).fold(truth, |m, y| m.max(*y));
        let room = 0.06 * (high - low);
        let layers = vec![
            Layer::level("log_evidence", Role::Truth, [KS[0] as f32, KS[3] as f32], truth),
            Layer::curve("exact", Role::Other, exact),
            Layer::lines("errors", Role::Model, errors),
            Layer::points("estimates", Role::Model, dots),
        ];
        Picture::plane(layers, [KS[0] as f32, KS[3] as f32, low - room, high + room])
    }

    /// Histograms of single-draw gradients around the exact one.
    pub(super) fn gradients(&self, live: &Live) -> Picture {
        let exact = self.exact_gradient()[0];
        let all = [Estimator::Score, Estimator::Reparameterised];
        let count = if self.guide.discrete { 1 } else { 2 };
        let baseline = self.baseline(live.settings);
        let score = self.guide.moments_of(&self.model, Estimator::Score, baseline, &self.rule)[1][0];
        let reach = (3.0 * tilde_graph::real::sqrt(score)).max(1e-3);
        let mut layers: Vec<Layer> = Vec::new();
        for (how, (id, role)) in
            all.into_iter().zip([("score", Role::Other), ("reparameterised", Role::Model)]).take(count)
        {
            let draws = self.single_draws(live, how);
            let mut bins = [0.0f32; BINS];
            for g in &draws {
                let at = ((g - exact) / reach + 1.0) * 0.5 * BINS as f64;
                // What lies outside is counted at the ends.
                bins[(at.max(0.0) as usize).min(BINS - 1)] += 1.0 / draws.len() as f32;
            }
            let edge = |i: usize| (exact + (2.0 * i as f64 / BINS as f64 - 1.0) * reach) as f32;
            let steps = |i: usize| [edge(i), bins[i], edge(i + 1), bins[i]];
            layers.push(Layer::curve(id, role, (0..BINS).flat_map(steps).collect()));
        }
        let high =
            layers.iter().flat_map(|l| l.data.iter().skip(1).step_by(2)).fold(0.0f32, |m, y| m.max(*y));
        layers.push(Layer::lines("gradient", Role::Truth, vec![exact as f32, 0.0, exact as f32, high]));
        Picture::of(layers)
    }
}
