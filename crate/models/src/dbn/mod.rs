//! The deep belief net: a directed layer below a restricted Boltzmann machine, stacked greedily.
//!
//! G. Hinton, S. Osindero, Y.-W. Teh, "A fast learning algorithm for deep belief nets", Neural
//! Computation 18, 2006. A first machine learns pixels. A second one, turned over and with the first
//! one's weights, is put on top: together they are the same model as before, so that the bound
//!
//! > log p(v) ≥ E_q [log p(v|h) + log p*(h) − log q(h|v)] − log Z_top
//!
//! begins at the first machine's log-likelihood, and grows as the second one learns the first one's
//! hidden states. Labels are ten more units of the top machine's visible layer, of which one is
//! on: held at a class, it generates that class. Fine-tuning is the up–down algorithm of the same
//! paper, a contrastive wake–sleep.
//!
//! One iteration is one of the first machine (then tied anew), or of the top one, or of all.

mod card;
mod measure;
mod model;
mod net;
mod picture;

pub use card::CARD;

use crate::metrics::dbn::{self as exact, Exact};
use crate::prelude::*;
use card::{Digit, Input, Phase, Show};
use model::{DREAMS, Model};

/// Label units.
const CLASSES: usize = 10;

/// Held-out images that are shown.
const SHOWN: usize = 40;

/// What the next steps do.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// Train the first machine.
    First,
    /// Train the top machine.
    Top,
    /// Train all layers.
    All,
}

/// The opened exhibit.
pub struct Dbn {
    model: Model,
    sets: ImageSets,
}

/// What the step after `step` others does, and the step before which that changes.
fn stage(settings: &Settings, step: u32) -> (Stage, u32) {
    let first = settings.count("first_steps") as u32;
    let tuned = match settings.flag("fine_tune") {
        true => first + settings.count("top_steps") as u32,
        false => u32::MAX,
    };
    if step < first {
        (Stage::First, first)
    } else if step < tuned {
        (Stage::Top, tuned)
    } else {
        (Stage::All, u32::MAX)
    }
}

impl Dbn {
    /// The class of an image: those beyond the tenth share it; images without labels are all of one.
    fn class(labels: &[u8], i: usize) -> u32 {
        labels.get(i).map_or(0, |&label| u32::from(label).min(CLASSES as u32 - 1))
    }

    /// The parameters on the host.
    fn net(&self, device: &Driver) -> Answer<exact::Net> {
        let net = self.model.net;
        let (down, top) = (device.read(self.model.down), device.read(self.model.top));
        Box::pin(async move { Ok(net.values(&down.await?, &top.await?)) })
    }

    /// Writes the classes that the chains are held at.
    fn clamp(&self, device: &Driver, digit: Digit) {
        let class = |chain: usize| match digit {
            Digit::Free => None,
            Digit::Each => Some(chain / (DREAMS / CLASSES)),
            Digit::Zero => Some(0),
            Digit::One => Some(1),
            Digit::Two => Some(2),
            Digit::Three => Some(3),
            Digit::Four => Some(4),
            Digit::Five => Some(5),
            Digit::Six => Some(6),
            Digit::Seven => Some(7),
            Digit::Eight => Some(8),
            Digit::Nine => Some(9),
        };
        let mut rows = vec![0.0; DREAMS * CLASSES];
        for (chain, row) in rows.chunks_mut(CLASSES).enumerate() {
            class(chain).into_iter().for_each(|class| row[class] = 1.0);
        }
        device.write(self.model.clamp, &rows);
    }
}

impl crate::Model for Dbn {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Phase;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Dbn, Error> {
        let (settings, sets) = (setup.settings, setup.images()?.binarised());
        Ok(Dbn { model: Model::new(settings, &sets)?, sets })
    }

    fn program(&self) -> Option<&Program> {
        Some(&self.model.program)
    }

    fn start(&mut self, live: &Live) -> Result<(), Error> {
        let (m, train) = (&self.model, &self.sets.train);
        m.feed.write_images(live.device, &self.sets);
        let labels: Vec<u32> = (0..train.n).map(|i| Dbn::class(&train.labels, i)).collect();
        live.device.write_u(m.train_labels, &labels);
        self.clamp(live.device, live.settings.get("digit"));
        live.device.schedule(&[(m.tie, 1), (m.noise, 1), (m.dream_top, 1), (m.dream_down, 1)], 1)
    }

    fn set(&mut self, live: &Live, _id: &str) -> Result<(), Error> {
        self.clamp(live.device, live.settings.get("digit"));
        Ok(())
    }

    /// Splits where another machine begins to learn.
    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        let (m, k) = (&self.model, live.settings.count("k") as u32);
        let l = &m.learner;
        let dreams = [(m.dream_top, 1), (m.dream_down, 1)];
        let first = [&[(l.positive, 1), (l.gibbs, 1), (l.update, 1), (m.tie, 1)], &dreams[..]].concat();
        let top = [&[(m.positive, 1), (m.gibbs, k), (m.update, 1)], &dreams[..]].concat();
        let all = [&top[..], &[(m.fine, 1)]].concat();
        let (mut step, end) = (live.step, live.step + n);
        while step < end {
            let (stage, until) = stage(live.settings, step);
            let until = until.min(end);
            let schedule = match stage {
                Stage::First => &first,
                Stage::Top => &top,
                Stage::All => &all,
            };
            live.device.schedule(schedule, until - step)?;
            step = until;
        }
        Ok(())
    }

    fn phase(&mut self, live: &Live, phase: Phase) -> Result<u32, Error> {
        let entry = match phase {
            Phase::Top => self.model.dream_top,
            Phase::Down => self.model.dream_down,
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
        let net = self.net(live.device).await?;
        let data = Exact::new(&net).sample(&net, n, &mut Stream::new(seed, 0x5A4D));
        Ok(Samples::images(data, &self.sets.train))
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        match view {
            Show::Copy => self.turned_over(live).await,
            Show::Fantasies => self.fantasies(live).await,
            Show::Layers => self.layers(live).await,
            Show::First => self.first_units(live).await,
            Show::Top => self.top_units(live).await,
            Show::Data => Ok(Picture::held_out(&self.sets, SHOWN, 10)),
        }
    }

    fn act(&mut self, live: &Live, action: Input, _payload: &Payload) -> Result<(), Error> {
        let m = &self.model;
        match action {
            Input::Restart => live.device.schedule(&[(m.noise, 1), (m.dream_top, 1), (m.dream_down, 1)], 1),
        }
    }
}
