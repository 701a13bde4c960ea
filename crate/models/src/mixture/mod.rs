//! Mixtures of Gaussians on points of the plane: k-means, expectation maximisation, variational Bayes.
//!
//! All three take turns: who is responsible for each point (E), then where the components are (M).
//! One iteration is both; either can be stepped alone. Each half may only raise its method's own
//! objective, which is checked every time.
//!
//! N points, K components.

mod card;
mod data;
pub mod em;
mod files;
mod fit;
pub mod gaussian;
mod measure;
mod picture;
pub mod variational;

pub use card::CARD;
pub use data::sixty;

use crate::data::Drawn;
use crate::model::Model;
use crate::prelude::*;
use card::{Input, Method, Phase, Show};
use data::Data;
use fit::{Fit, Task, starting};

/// Half the side of the box that is shown.
const REACH: f32 = 3.0;
/// Held-out points.
const HELD_OUT: usize = 1000;

/// The opened exhibit.
pub struct Mixture {
    /// What the points are of.
    data: Data,
    /// What was painted or brought.
    drawn: Option<Drawn>,
    points: Vec<[f64; 2]>,
    held_out: Vec<[f64; 2]>,
    fit: Fit,
    /// How often the components were put back.
    restarts: u32,
}

/// Points to fit, and held-out ones of the sets that are generated.
fn draw(data: Data, drawn: Option<&Drawn>, settings: &Settings, seed: u64) -> [Vec<[f64; 2]>; 2] {
    let points = data.points(settings.count("points"), drawn, &mut Stream::new(seed, 0xDA7A));
    let held_out = if data.is_generated() {
        data.points(HELD_OUT, None, &mut Stream::new(seed, 0x7E57))
    } else {
        Vec::new()
    };
    [points, held_out]
}

/// Components where the settings say that they start.
fn start(settings: &Settings, seed: u64, restarts: u32, task: &Task) -> Vec<gaussian::Component> {
    let mut stream = Stream::new(seed ^ u64::from(restarts) << 32, 0x57A7);
    starting(settings.get("start"), settings.count("components"), task, &mut stream)
}

impl Mixture {
    /// What the components are fitted to.
    fn task(&self, settings: &Settings) -> Task<'_> {
        Task::new(&self.points, settings)
    }

    /// Takes other points, and lets the components go on from where they are.
    fn take_data(&mut self, live: &Live, data: Data) {
        self.data = data;
        [self.points, self.held_out] = draw(data, self.drawn.as_ref(), live.settings, live.seed);
        self.fit.forget();
    }

    /// Puts the components back to where they start.
    fn place(&mut self, live: &Live) {
        let task = Task::new(&self.points, live.settings);
        self.fit.begin_with(start(live.settings, live.seed, self.restarts, &task), &task);
    }
}

impl Model for Mixture {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Phase;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Mixture, Error> {
        let Setup { settings, seed, sources } = *setup;
        let drawn = match &sources.user {
            None => None,
            Some(UserData::Points(points)) => Some(Drawn::fitted(points)?),
            Some(UserData::Classed { .. } | UserData::Images(_) | UserData::Text(_)) => {
                return Err(Error::BadData("'mixture' takes points: two columns of numbers.".into()));
            }
        };
        let data = settings.get("data");
        let [points, held_out] = draw(data, drawn.as_ref(), settings, seed);
        let task = Task::new(&points, settings);
        let fit = Fit::new(settings.get("method"), start(settings, seed, 0, &task), &task);
        Ok(Mixture { data, drawn, points, held_out, fit, restarts: 0 })
    }

    fn set(&mut self, live: &Live, id: &str) -> Result<(), Error> {
        if id == "data" {
            self.take_data(live, live.settings.get("data"));
            if live.step == 0 {
                // Nothing is learned yet: it begins on these points, as if it were opened with them.
                self.place(live);
            } else if self.fit.method == Method::Variational {
                // Beliefs about the new points.
                self.fit.maximise(&Task::new(&self.points, live.settings));
                self.fit.last = None;
            }
        } else {
            // Another floor: the components are fitted under it from now on.
            let least = live.settings.number("floor");
            self.fit.raise(least);
        }
        Ok(())
    }

    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        let task = Task::new(&self.points, live.settings);
        for _ in 0..n {
            self.fit.expect(&task);
            self.fit.maximise(&task);
        }
        Ok(())
    }

    fn phase(&mut self, live: &Live, phase: Phase) -> Result<u32, Error> {
        let task = Task::new(&self.points, live.settings);
        match phase {
            Phase::E => {
                self.fit.expect(&task);
                Ok(0)
            }
            Phase::M => {
                self.fit.maximise(&task);
                Ok(1)
            }
        }
    }

    fn losses(&self, live: &Live) -> Figures {
        self.curves(live.settings).into_iter().map(|(id, value)| (id, value.unwrap_or(f64::NAN))).collect()
    }

    async fn figures(&self, live: &Live<'_>, _scope: Scope) -> Result<Figures, Error> {
        Ok(self.measure(live.settings))
    }

    async fn sample(&self, _live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        let made = gaussian::sample(self.fit.components(), n, &mut Stream::new(seed, 0x5A4D));
        Ok(Samples::points(made.iter().flatten().map(|&v| v as f32).collect()))
    }

    async fn view(&self, _live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        Ok(match view {
            Show::Plane => self.plane(),
            Show::Density => self.density(),
            Show::Weights => self.weights(),
        })
    }

    fn act(&mut self, live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Restart => {
                self.restarts = self.restarts.wrapping_add(1);
                self.place(live);
                return Ok(());
            }
            Input::Clear => self.drawn = None,
            Input::Brush => {
                let points = payload.points("brush", REACH)?;
                match &mut self.drawn {
                    Some(drawn) => drawn.add(points)?,
                    None => self.drawn = Some(Drawn::new(points)?),
                }
            }
        }
        self.take_data(live, Data::Drawn);
        // The first dab has drawn all components onto itself: from there they would not part again.
        self.place(live);
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        self.tensors()
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        self.take(saved)
    }

    fn inputs(&self) -> Option<Vec<(Input, Payload)>> {
        let points = self.points.iter().flatten().map(|&x| x as f32).collect();
        let brush = (Input::Brush, Payload { points, ..Payload::default() });
        (self.data == Data::Drawn).then(|| vec![(Input::Clear, Payload::default()), brush])
    }
}

#[cfg(test)]
mod tests;
