//! Energy-based models of points in the plane.
//!
//! A network gives every place an energy, and low energy means likely:
//!
//! > p(x) = e^{−E(x)} / Z,  Z = ∫ e^{−E(x)} dx.
//!
//! Here x lives in a box, and Z is integrated on a grid, so the likelihood that such models are usually
//! denied is known. Chains walk down E with noise, x ← x − ε∇E(x) + √(2ε)·z (Langevin dynamics). Four
//! ways to learn: chains that go on from step to step (T. Tieleman, "Training restricted Boltzmann
//! machines using approximations to the likelihood gradient", ICML 2008), short ones that begin as
//! noise (E. Nijkamp et al., "Learning non-convergent non-persistent short-run MCMC toward
//! energy-based model", NeurIPS 2019), the likelihood itself with Z from places everywhere, and
//! denoising score matching (P. Vincent, Neural Computation 23, 2011). Persistent chains also jump: in the plane a
//! place anywhere in the box is accepted often enough. Left out: Metropolis corrections of the small steps, replay
//! buffers, images.
//!
//! B batch, C chains.

mod card;
mod measure;
mod model;
mod picture;

pub use card::{CARD, EXACT};

use crate::prelude::*;
use card::{Input, Method, Phase, Show};
use measure::{HELD_OUT, Landscape};
use model::Model;

/// Half the side of the box that x lives in.
const REACH: f32 = 3.0;
const EXTENT: [f32; 4] = [-REACH, REACH, -REACH, REACH];
/// Step sizes of the chains on the standard normal; [`PROBED`] is the one whose variance is shown.
const STEP_SIZES: [f32; 7] = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0];
const PROBED: f64 = 0.5;
const PROBED_AT: usize = 4;

/// The variance that Langevin dynamics without correction has on the standard normal: its fixed point
/// of v = (1 − ε)²v + 2ε.
fn biased_variance(step: f64) -> f64 {
    1.0 / (1.0 - 0.5 * step)
}

/// The opened exhibit.
pub struct Ebm {
    model: Model,
    plane: Plane,
    /// Held-out points, `[HELD_OUT, 2]`.
    held_out: Vec<f32>,
    landscape: Memo<Landscape>,
    /// The page's samples, `[SAMPLED, 2]`.
    samples: Memo<Vec<f32>>,
}

/// Points of the data that are never learned from.
fn held_out(plane: &Plane, seed: u64) -> Vec<f32> {
    plane.fresh(HELD_OUT, &mut Stream::new(seed, 0x7E57))
}

impl Ebm {
    /// The entry that learns, and the Langevin steps before it.
    fn method(&self, live: &Live) -> (EntryId, u32) {
        let steps = live.settings.count("chain_steps") as u32;
        match live.settings.get("method") {
            Method::Persistent | Method::ShortRun => (self.model.contrast, steps),
            // These learn without chains. One step keeps the picture of them moving.
            Method::Grid => (self.model.likelihood, 1),
            Method::ScoreMatching => (self.model.score, 1),
        }
    }

    /// The data are others now.
    fn filled(&mut self, live: &Live) {
        self.model.feed.write_points(live.device, &self.plane);
        self.held_out = held_out(&self.plane, live.seed);
    }
}

impl crate::Model for Ebm {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Phase;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Ebm, Error> {
        let plane = setup.plane()?;
        let held_out = held_out(&plane, setup.seed);
        let model = Model::new(setup.settings)?;
        Ok(Ebm { model, plane, held_out, landscape: Memo::default(), samples: Memo::default() })
    }

    fn program(&self) -> Option<&Program> {
        Some(&self.model.program)
    }

    fn start(&mut self, live: &Live) -> Result<(), Error> {
        self.model.feed.write_points(live.device, &self.plane);
        live.device.run(self.model.scatter)
    }

    fn set(&mut self, live: &Live, id: &str) -> Result<(), Error> {
        if id == "data" {
            self.plane.take(live.settings.choice("data"));
            self.filled(live);
        }
        Ok(())
    }

    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        let (learn, steps) = self.method(live);
        let m = &self.model;
        let before = match live.settings.get("method") {
            Method::ShortRun => (m.scatter, 1),
            Method::Persistent => (m.jump, live.settings.count("jumps") as u32),
            Method::Grid | Method::ScoreMatching => (m.jump, 0),
        };
        live.device.schedule(&[before, (m.langevin, steps), (learn, 1), (m.check, 1)], n)
    }

    fn phase(&mut self, live: &Live, phase: Phase) -> Result<u32, Error> {
        match phase {
            Phase::Langevin => live.device.run(self.model.langevin).map(|()| 0),
            Phase::Update => live.device.run(self.method(live).0).map(|()| 1),
        }
    }

    fn trainer(&self) -> Option<&Trainer> {
        Some(&self.model.trainer)
    }

    async fn figures(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        match scope {
            Scope::Quick | Scope::Page => self.page_figures(live, scope.is_deep()).await,
            Scope::Whole | Scope::All(_) => self.whole_figures(live).await,
        }
    }

    async fn sample(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        Ok(Samples::points(self.draw(live, n, seed).await?))
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        match view {
            Show::Landscape => self.landscape_picture(live).await,
            Show::Cut => self.cut(live).await,
            Show::Density => self.density(live).await,
            Show::Samples => self.samples_picture(live).await,
            Show::Bias => self.bias(live).await,
        }
    }

    fn act(&mut self, live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Brush => self.plane.paint_inside(payload.points("brush", REACH)?, REACH)?,
            Input::Clear => self.plane.clear(),
            Input::Scatter => return live.device.run(self.model.scatter),
        }
        self.filled(live);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fixed point of the variance, stepped to.
    #[test]
    fn the_biased_variance_is_a_fixed_point() {
        for step in STEP_SIZES.map(f64::from) {
            let v = (0..2000).fold(1.0, |v, _| (1.0 - step) * (1.0 - step) * v + 2.0 * step);
            assert!((v - biased_variance(step)).abs() < 1e-9, "{step}: {v}");
        }
        assert!((biased_variance(0.1) - 1.052_631_578_947).abs() < 1e-9);
        assert_eq!(f64::from(STEP_SIZES[PROBED_AT]), PROBED);
    }
}
