//! What a checkpoint holds of a mixture: points, components, and how far the fit is.

use super::Mixture;
use super::data::Data;
use super::gaussian::{Component, is_definite};
use super::variational::Belief;
use crate::data::Drawn;
use crate::prelude::*;

/// Numbers of a saved component, and of a saved belief.
const COMPONENT: usize = 6;
const BELIEF: usize = 8;
/// The largest fall where there is none: any is 0 or more.
const NONE: f64 = -1.0;

fn bad<T>(message: &str) -> Result<T, Error> {
    Err(Error::BadFile(message.into()))
}

impl Mixture {
    /// For [`Model::save`](crate::Model::save).
    pub(super) fn tensors(&self) -> Vec<Saved> {
        let fit = &self.fit;
        let components: Vec<f64> = (fit.components().iter())
            .flat_map(|c| [&[c.weight][..], &c.mean, &c.covariance].concat())
            .collect();
        let beliefs: Vec<f64> = (fit.beliefs().iter())
            .flat_map(|b| [&[b.count, b.beta][..], &b.mean, &[b.freedom], &b.scatter].concat())
            .collect();
        let words = [self.restarts, fit.last.is_some().into()];
        vec![
            Saved::doubles("points", &[self.points.len(), 2], &self.points.concat()),
            Saved::doubles("components", &[fit.components().len(), COMPONENT], &components),
            Saved::doubles("beliefs", &[fit.beliefs().len(), BELIEF], &beliefs),
            Saved::doubles("responsibilities", &[fit.responsibilities().len()], fit.responsibilities()),
            Saved::doubles("objective", &[2], &[fit.last.unwrap_or(0.0), fit.largest_fall.unwrap_or(NONE)]),
            Saved::doubles("shown.ways", &[fit.ways().len()], fit.ways()),
            Saved::words("run", &[2], &words),
        ]
    }

    /// For [`Model::load`](crate::Model::load).
    pub(super) fn take(&mut self, saved: &[Saved]) -> Result<(), Error> {
        // A file brings its own points, however many.
        let (n, k) = (Saved::rows(saved, "points"), self.fit.components().len());
        let points = Saved::find_doubles(saved, "points", &[n, 2])?;
        let components = Saved::find_doubles(saved, "components", &[k, COMPONENT])?;
        let beliefs = Saved::find_doubles(saved, "beliefs", &[self.fit.beliefs().len(), BELIEF])?;
        let assigned = if Saved::rows(saved, "responsibilities") == 0 { 0 } else { n * k };
        let responsibilities = Saved::find_doubles(saved, "responsibilities", &[assigned])?;
        let objective = Saved::find_doubles(saved, "objective", &[2])?;
        // Of whole rows; files of before have none.
        let ways = match Saved::rows(saved, "shown.ways") {
            0 => &[],
            long => Saved::find_doubles(saved, "shown.ways", &[long / (2 * k) * (2 * k)])?,
        };
        let run = Saved::find_words(saved, "run", &[2])?;
        let all = [points, components, beliefs, responsibilities, objective, ways];
        if n == 0 || all.iter().any(|part| part.iter().any(|v| !v.is_finite())) {
            return bad("The file has no points, or numbers that are not finite.");
        }
        let components: Vec<Component> = (components.chunks_exact(COMPONENT))
            .map(|c| Component { weight: c[0], mean: [c[1], c[2]], covariance: [c[3], c[4], c[5]] })
            .collect();
        let beliefs: Vec<Belief> = (beliefs.chunks_exact(BELIEF))
            .map(|b| Belief {
                count: b[0],
                beta: b[1],
                mean: [b[2], b[3]],
                freedom: b[4],
                scatter: [b[5], b[6], b[7]],
            })
            .collect();
        let fits = components.iter().all(|c| c.weight >= 0.0 && is_definite(c.covariance))
            && beliefs.iter().all(Belief::is_proper);
        if !fits {
            return bad("The file's components are no Gaussians with shares. Choose another file.");
        }
        if self.data == Data::Drawn {
            let flat: Vec<f32> = points.iter().map(|&v| v as f32).collect();
            let Ok(drawn) = Drawn::new(&flat) else {
                return bad("The file's points are too far out to be points of the plane.");
            };
            self.drawn = Some(drawn);
        }
        self.points = points.chunks_exact(2).map(|p| [p[0], p[1]]).collect();
        self.restarts = run[0];
        let fit = &mut self.fit;
        fit.restore(components, beliefs, responsibilities.to_vec(), ways);
        fit.last = (run[1] != 0).then_some(objective[0]);
        fit.largest_fall = (objective[1] >= 0.0).then_some(objective[1]);
        Ok(())
    }
}
