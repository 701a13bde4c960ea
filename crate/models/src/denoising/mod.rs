//! Denoising autoencoders, on points of the plane and on images.
//!
//! P. Vincent et al., "Extracting and composing robust features with denoising autoencoders", ICML
//! 2008. Data x are corrupted by a known process C(x̃ | x), and a network r learns to undo it,
//!
//! > L = E ‖x − r(x̃)‖².
//!
//! The best r is the mean E[x | x̃]. Where the noise is Gaussian, r(x̃) − x̃ = σ²∇log p_σ(x̃) then: a
//! denoiser knows the score of the noised data (G. Alain, Y. Bengio, JMLR 15, 2014; the formula is
//! Tweedie's). For the plane's sets it is known exactly. Corrupting and reconstructing in turn is a
//! Markov chain whose stationary distribution is that of the data if the reconstruction is drawn from
//! p(x | x̃) (Y. Bengio et al., "Generalized denoising auto-encoders as generative models", NeurIPS
//! 2013); here it is drawn from N(r(x̃), s²(x̃)), s² learned by maximum likelihood. Left out: walkback
//! training, more than one level of noise.
//!
//! B batch, D numbers in a point or image.

mod card;
mod measure;
mod model;
mod network;
mod pad;
mod picture;
#[cfg(test)]
mod tests;

pub use card::CARD;

use crate::prelude::*;
use card::{Input, Phase, Reconstruct, Show};
use measure::{Answers, Probes};
use model::Model;
use pad::Pad;

/// Half the side of the box that is shown.
const REACH: f32 = 3.0;

/// The opened exhibit.
pub struct Denoising {
    model: Model,
    domain: Domain,
    probes: Probes,
    /// The network's answers to the probes.
    answers: Memo<Answers>,
    /// The page's samples, `[n, D]`.
    samples: Memo<Vec<f32>>,
    /// What is drawn on, where the data are images.
    pad: Option<Pad>,
}

impl Denoising {
    /// r of rows `[n, D]`.
    fn ask(&self, device: &Driver, rows: &[f32]) -> Answer<Vec<f32>> {
        device.over_rows(self.model.ask, self.model.probe, rows, "answer")
    }

    /// `n` samples `[n, D]`: ends of chains that began as noise. Of images, the mean that the last
    /// pixels would be drawn around.
    fn draw(&self, live: &Live, n: usize, seed: u64) -> Answer<Vec<f32>> {
        let m = &self.model;
        let length = live.settings.count("chain_length") as u32;
        let result = match self.domain {
            Domain::Plane(_) => m.sample,
            Domain::Images(_) => m.sample_mean,
        };
        let schedule = [(m.sample_begin, 1), (m.sample_step, length)];
        live.device.draws(&schedule, seed, result, n * self.domain.dims())
    }

    /// The corruption, or the data, are others now.
    fn corrupt_anew(&mut self, live: &Live) {
        self.probes = Probes::new(&self.domain, live.settings, live.seed, self.model.sizes.probes);
    }

    fn set_draw(&self, live: &Live) {
        let drawn = match live.settings.get("reconstruct") {
            Reconstruct::Draw => 1.0,
            Reconstruct::Mean => 0.0,
        };
        live.device.knob(self.model.draw, drawn);
    }
}

/// What is drawn on.
fn given(pad: &mut Option<Pad>) -> Result<&mut Pad, Error> {
    let none = || Error::BadData("Draw on the pad where 'data' is images, not points.".into());
    pad.as_mut().ok_or_else(none)
}

impl crate::Model for Denoising {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Phase;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Denoising, Error> {
        let domain = Domain::new(setup, false)?;
        let model = Model::new(setup.settings, &domain)?;
        let probes = Probes::new(&domain, setup.settings, setup.seed, model.sizes.probes);
        let pad = match &domain {
            Domain::Plane(_) => None,
            Domain::Images(sets) => Some(Pad::new(sets, &probes.clean)),
        };
        Ok(Denoising { model, domain, probes, answers: Memo::default(), samples: Memo::default(), pad })
    }

    fn program(&self) -> Option<&Program> {
        Some(&self.model.program)
    }

    fn start(&mut self, live: &Live) -> Result<(), Error> {
        self.domain.write(&self.model.feed, live.device);
        self.set_draw(live);
        live.device.run(self.model.begin)
    }

    fn set(&mut self, live: &Live, id: &str) -> Result<(), Error> {
        self.set_draw(live);
        if matches!(id, "sigma" | "masked") {
            self.corrupt_anew(live);
        }
        Ok(())
    }

    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        let m = &self.model;
        live.device.schedule(&[(m.trainer.train, 1), (m.corrupt, 1), (m.reconstruct, 1)], n)
    }

    fn phase(&mut self, live: &Live, phase: Phase) -> Result<u32, Error> {
        let half = match phase {
            Phase::Corrupt => self.model.corrupt,
            Phase::Reconstruct => self.model.reconstruct,
        };
        live.device.run(half).map(|()| 0)
    }

    fn trainer(&self) -> Option<&Trainer> {
        Some(&self.model.trainer)
    }

    async fn figures(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        match scope {
            Scope::Quick | Scope::Page => self.page_figures(live, scope.is_deep()).await,
            Scope::Whole => self.whole_figures(live).await,
            Scope::All(_) => self.gate_figures(live).await,
        }
    }

    async fn sample(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        Ok(self.domain.samples(self.draw(live, n, seed).await?))
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        match &self.domain {
            Domain::Plane(plane) => self.points_picture(live, plane, view).await,
            Domain::Images(sets) => self.image_picture(live, sets, view).await,
        }
    }

    fn act(&mut self, live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Brush => self.domain.canvas()?.paint(payload.points("brush", REACH)?)?,
            Input::Clear => self.domain.canvas()?.clear(),
            Input::Restart => return live.device.run(self.model.begin),
            Input::Draw => return given(&mut self.pad)?.paint(&payload.points),
            Input::Erase => return given(&mut self.pad).map(Pad::erase),
            Input::Next => return given(&mut self.pad).map(|pad| pad.take_next(&self.probes.clean)),
        }
        self.domain.write(&self.model.feed, live.device);
        self.corrupt_anew(live);
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        self.pad.iter().flat_map(Pad::save).collect()
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        self.pad.as_mut().map_or(Ok(()), |pad| pad.load(saved))
    }
}
