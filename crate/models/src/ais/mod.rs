//! A thermometer for log Z: annealed importance sampling of a restricted Boltzmann machine.
//!
//! Chains walk from independent pixels to the machine through many temperatures; their weights
//! estimate Z without bias, so log Ẑ is too low on average (Jensen), and much too low without any sign
//! of it where the base misses the machine's mass. See [`Anneal`](crate::boltzmann::Anneal) for the
//! method. Two bases run side by side, every pixel fair and every pixel with its mean, beside the exact
//! value by enumeration.
//!
//! One iteration is one *rung*, a fiftieth of a run from β = 0 to 1. The machine of the digits learns
//! meanwhile, by CD-1; each run measures the machine as it was when the run began.

mod card;
mod measure;
mod model;
mod picture;
mod progress;
mod target;

pub use card::CARD;

use crate::prelude::*;
use card::{Base, Input, Kind, Phase, Show};
use measure::Exact;
use model::Model;
use progress::Progress;

/// The most temperatures of a run.
const MOST_TEMPERATURES: u32 = 10_000;

/// The opened exhibit.
pub struct Ais {
    model: Model,
    progress: Progress,
    exact: Exact,
}

/// Temperatures of the next run.
fn temperatures(live: &Live) -> u32 {
    live.settings.count("temperatures") as u32
}

/// The base that is shown.
fn shown(live: &Live) -> usize {
    live.settings.get::<Base>("base") as usize
}

impl Ais {
    /// Enqueues at most `n` iterations of one run, each of `updates` updates of the machine and a rung;
    /// gives how many.
    fn advance(&mut self, live: &Live, updates: usize, n: u32) -> Result<u32, Error> {
        let (m, device) = (&self.model, live.device);
        let mut schedule = m.learn(updates);
        let rungs = match self.progress.left() {
            0 => {
                self.progress.begin(temperatures(live));
                schedule.extend(m.begin());
                1
            }
            left => left.min(n),
        };
        schedule.extend(m.anneal.rung(self.progress.each()));
        schedule.push((m.remember, 1));
        // The run may have come out of a checkpoint, which has no knobs.
        m.anneal.set_temperatures(device, self.progress.temperatures());
        device.schedule(&schedule, rungs)?;
        if self.progress.advance(rungs) {
            m.finish(device)?;
        }
        Ok(rungs)
    }
}

impl crate::Model for Ais {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Phase;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Ais, Error> {
        let settings = setup.settings;
        let given = match settings.get("machine") {
            Kind::Digits => None,
            Kind::Trap => Some(target::trap()?),
            Kind::Tiny => Some(target::tiny()?),
        };
        let model = match given {
            None => Model::learning(settings, setup.images_of("digits8-binary")?.binarised())?,
            Some(_) if setup.sources.user.is_some() => {
                let message = "Only the machine of the digits learns from data; choose it first.";
                return Err(Error::BadData(message.into()));
            }
            Some(given) => Model::given(settings, given)?,
        };
        let progress = Progress::new(settings.count("temperatures") as u32);
        Ok(Ais { model, progress, exact: Exact::default() })
    }

    fn program(&self) -> Option<&Program> {
        Some(&self.model.program)
    }

    fn start(&mut self, live: &Live) -> Result<(), Error> {
        let m = &self.model;
        self.progress = Progress::new(temperatures(live));
        m.write(live.device);
        m.anneal.set_temperatures(live.device, temperatures(live));
        // Chains to look at, until the first run begins.
        live.device.schedule(&[(m.anneal.begin, 1), (m.remember, 1)], 1)
    }

    fn set(&mut self, _live: &Live, id: &str) -> Result<(), Error> {
        if id == "temperatures" {
            // A run keeps the temperatures that it began with.
            self.progress.abandon();
        }
        Ok(())
    }

    /// Splits where a run ends: what follows is begun by other entries.
    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        let mut left = n;
        while left > 0 {
            left -= self.advance(live, live.settings.count("updates"), left)?;
        }
        Ok(())
    }

    fn phase(&mut self, live: &Live, phase: Phase) -> Result<u32, Error> {
        match phase {
            Phase::Learn => {
                live.device.schedule(&self.model.learn(live.settings.count("updates")), 1).map(|()| 0)
            }
            Phase::Anneal => self.advance(live, 0, 1),
        }
    }

    async fn figures(&self, live: &Live<'_>, _scope: Scope) -> Result<Figures, Error> {
        self.measure(live).await
    }

    async fn sample(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        let m = &self.model;
        let values = m.machine.values(&live.device.read(m.finished_machine).await?);
        Ok(Samples::images(values.exact().sample(n, &mut Stream::new(seed, 0x5A4D), false), &m.blank))
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        match view {
            Show::Running => self.running(live).await,
            Show::Particles => self.particles(live).await,
            Show::Weights => Ok(self.histograms(&self.reading(live.device).await?)),
            Show::Few => Ok(self.few(shown(live), &self.reading(live.device).await?)),
        }
    }

    fn act(&mut self, _live: &Live, action: Input, _payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Begin => self.progress.abandon(),
        }
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        vec![self.progress.saved()]
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        self.progress = Progress::load(saved, MOST_TEMPERATURES)?;
        Ok(())
    }
}
