//! The restricted Boltzmann machine on binary images.
//!
//! E(v, h) = −bᵀv − cᵀh − vᵀWh, so that p(h|v) and p(v|h) factorise. The gradient of the
//! log-likelihood is ⟨vhᵀ⟩ under the data minus ⟨vhᵀ⟩ under the model; see
//! [`Learner`](crate::boltzmann::Learner) for how the second is estimated, and `temper.rs` for chains at
//! several temperatures. With at most 20 hidden units the partition function is enumerated, and the
//! log-likelihood is exact; beyond, annealed importance sampling estimates it.
//!
//! One iteration is "positive" once, "gibbs" k times, "update" once: k is live.
//!
//! B batch, V visible, H hidden.

mod card;
mod measure;
mod model;
mod picture;
mod temper;
mod tiny;

pub use card::CARD;
pub use tiny::{TINY_B, TINY_C, TINY_DATA, TINY_W};

use crate::boltzmann::log_odds;
use crate::numeric::scalar::logistic;
use crate::prelude::*;
use card::{Algorithm, Input, Phase, Show};
use model::{FANTASIES, Model};
use picture::FILTERS;

/// The opened exhibit.
pub struct Rbm {
    model: Model,
    sets: ImageSets,
    hidden: usize,
    /// What the machine draws before it has learned anything, `[FANTASIES, V]`. Its weights are next to nothing then, so
    /// its biases alone draw, each pixel for itself.
    untrained: Vec<f32>,
    /// The hidden unit that is picked.
    unit: Option<usize>,
}

impl Rbm {
    /// Sets whether chains continue from step to step.
    fn follow(&self, device: &Driver, settings: &Settings) {
        let persistent = match settings.get("algorithm") {
            Algorithm::Persistent => 1.0,
            Algorithm::ContrastiveDivergence | Algorithm::Tempering => 0.0,
        };
        device.knob(self.model.learner.persistent, persistent);
    }
}

impl crate::Model for Rbm {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Phase;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Rbm, Error> {
        let (settings, sets) = (setup.settings, setup.images()?.binarised());
        let mut stream = Stream::new(setup.seed, 0xFA57);
        let odds = log_odds(&sets.train.mean(), sets.train.n);
        let draw = |odds: &f32| f32::from(f64::from(stream.uniform()) < logistic(f64::from(*odds)));
        Ok(Rbm {
            model: Model::new(settings, &sets)?,
            hidden: settings.count("hidden"),
            untrained: odds.repeat(FANTASIES).iter().map(draw).collect(),
            unit: None,
            sets,
        })
    }

    fn program(&self) -> Option<&Program> {
        Some(&self.model.program)
    }

    fn start(&mut self, live: &Live) -> Result<(), Error> {
        let m = &self.model;
        m.feed.write_images(live.device, &self.sets);
        live.device.write(m.untrained, &self.untrained);
        self.follow(live.device, live.settings);
        // The fantasies begin with what the untrained machine makes of empty images.
        live.device.schedule(&[(m.fantasy_hidden, 1), (m.fantasy_visible, 1)], 1)
    }

    fn set(&mut self, live: &Live, _id: &str) -> Result<(), Error> {
        self.follow(live.device, live.settings);
        Ok(())
    }

    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        let (m, k) = (&self.model, live.settings.count("k") as u32);
        let (l, t) = (&m.learner, &m.tempering);
        let fantasies = [(m.fantasy_hidden, 1), (m.fantasy_visible, 1)];
        let update = match live.settings.get("algorithm") {
            Algorithm::ContrastiveDivergence | Algorithm::Persistent => {
                vec![(l.positive, 1), (l.gibbs, k), (l.update, 1)]
            }
            Algorithm::Tempering => vec![(l.positive, 1), (t.step, k), (t.give, 1), (l.update, 1)],
        };
        live.device.schedule(&[&update[..], &fantasies].concat(), n)
    }

    fn phase(&mut self, live: &Live, phase: Phase) -> Result<u32, Error> {
        let entry = match phase {
            Phase::Hidden => self.model.fantasy_hidden,
            Phase::Visible => self.model.fantasy_visible,
        };
        live.device.run(entry).map(|()| 0)
    }

    fn recorded(&self, _live: &Live) -> Option<Recorded<'_>> {
        Some(self.model.recorder.all())
    }

    async fn figures(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        self.measure(live, scope).await
    }

    async fn sample(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        Ok(Samples::images(self.draws(live.device, n, seed).await?, &self.sets.train))
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        match view {
            Show::Fantasies => self.fantasies(live).await,
            Show::Machine => self.machine(live).await,
            Show::Energies => self.energies(live).await,
            Show::Filters => self.filters(live).await,
            Show::Slice => self.slice(live).await,
            Show::Data => Ok(Picture::held_out(&self.sets, FANTASIES, 6)),
            Show::Hidden => self.hidden_means(live).await,
        }
    }

    fn act(&mut self, live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Unit => {
                let count = self.hidden.min(FILTERS);
                let unit = payload.picks.first().copied().filter(|unit| *unit < count);
                let wrong = || Error::BadData(format!("'unit' takes the number of a filter below {count}."));
                self.unit = Some(unit.ok_or_else(wrong)?);
                Ok(())
            }
            Input::Restart => {
                live.device.write(self.model.fantasy_h, &vec![0.0; FANTASIES * self.hidden]);
                live.device.run(self.model.fantasy_visible)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Model as _;
    use crate::data::strokes;
    use pollster::block_on;
    use tilde_cpu::Cpu;
    use tilde_graph::compile;

    /// Untrained, the machine gives what it draws the energies of data; training parts them, by as much as arrows are long.
    #[test]
    fn training_pushes_up_what_was_drawn_at_first_against_the_data() {
        let settings = Settings::new(&CARD);
        let images = strokes::digits(800, 8, &mut Stream::new(1, 0));
        let sources = Sources { user: Some(UserData::Images(images)), ..Sources::default() };
        let mut rbm = Rbm::new(&Setup { settings: &settings, seed: 1, sources: &sources }).unwrap();
        let device = Driver::new(Box::new(Cpu::load(compile(&rbm.model.program)).unwrap()));
        device.start(&rbm.model.program, 1);
        device.knobs(&rbm.model.program, &settings);
        let live =
            |step| Live { device: &device, settings: &settings, seed: 1, step, generation: u64::from(step) };
        rbm.start(&live(0)).unwrap();
        let layers = |rbm: &Rbm, step| block_on(rbm.view(&live(step), Show::Energies)).unwrap().layers;
        let of = |layers: &[Layer], id: &str| {
            layers.iter().find(|layer| layer.id == id).map(|layer| layer.data.clone())
        };
        assert_eq!(of(&layers(&rbm, 0), "pushed"), None);
        rbm.train(&live(0), 1000).unwrap();
        let learned = layers(&rbm, 1000);
        let [pushed, pulled] = ["pushed", "pulled"].map(|id| of(&learned, id).unwrap());
        let mean = |id| {
            let marks = of(&learned, id).unwrap();
            marks.chunks_exact(2).map(|mark| mark[1]).sum::<f32>() * 2.0 / marks.len() as f32
        };
        let gap = mean("untrained") - mean("data");
        assert!(gap > 1.0 && (pushed[3] - pulled[3] - gap).abs() < 1e-2, "{gap} {pushed:?} {pulled:?}");
    }
}
