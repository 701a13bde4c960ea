//! Mixtures of Gaussians on points of the plane: k-means, expectation maximisation, variational Bayes.
//!
//! All three take turns: who is responsible for each point (E), then where the components are (M).
//! One iteration is both; either can be stepped alone. Each half may only raise its method's own
//! objective, which is checked every time.

mod card;
mod data;
pub mod em;
pub mod gaussian;
mod picture;
pub mod variational;

pub use card::CARD;
pub use data::sixty;

use crate::data::Drawn;
use crate::exhibit::{Opening, Payload, Picture, Samples, Sources, UserData};
use crate::numeric::scalar::largest;
use crate::plain::{self, Plain};
use crate::settings::Settings;
use crate::{Card, Error, Saved};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use em::Floor;
use gaussian::{Component, eigenvalues, mean_log_density, ready};
use tilde_graph::rng::Stream;
use variational::Belief;

/// Held-out points.
const HELD_OUT: usize = 1000;
/// A component is used if it has at least this share.
const USED: f64 = 0.01;
/// Numbers of a saved component, and of a saved belief.
const COMPONENT: usize = 6;
const BELIEF: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Em,
    KMeans,
    Variational,
}

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Mixture::new`].
pub fn open(settings: &Settings, _seed: u64, sources: Sources) -> Opening {
    plain::open(Box::new(Mixture::new(settings, sources)?))
}

/// The opened exhibit.
pub struct Mixture {
    settings: Settings,
    method: Method,
    drawn: Option<Drawn>,
    points: Vec<[f64; 2]>,
    held_out: Vec<[f64; 2]>,
    truth: Option<f64>,
    components: Vec<Component>,
    /// What variational Bayes believes about each component; else empty.
    beliefs: Vec<Belief>,
    prior: Belief,
    /// `[N, K]`, or empty before the first E step.
    responsibilities: Vec<f64>,
    seed: u64,
    steps: u32,
    restarts: u32,
    /// The objective after the last half step, if the present one can be held against it.
    last: Option<f64>,
    largest_fall: f64,
}

impl Mixture {
    /// Opens it.
    ///
    /// # Errors
    /// [`Error::BadData`] for data that are not points.
    pub fn new(settings: &Settings, sources: Sources) -> Result<Mixture, Error> {
        let drawn = match &sources.user {
            None => None,
            Some(UserData::Points(points)) => Some(Drawn::fitted(points)?),
            Some(_) => return Err(Error::BadData("'mixture' takes points: two columns of numbers.".into())),
        };
        let mut settings = settings.clone();
        if drawn.is_some() {
            settings.set_text("data", "drawn")?;
        }
        let method = match settings.choice("method") {
            "em" => Method::Em,
            "k-means" => Method::KMeans,
            _ => Method::Variational,
        };
        let nothing =
            Belief { count: 1.0, beta: 1.0, mean: [0.0; 2], freedom: 2.0, scatter: [1.0, 0.0, 1.0] };
        let mut mixture = Mixture {
            settings,
            method,
            drawn,
            points: Vec::new(),
            held_out: Vec::new(),
            truth: None,
            components: Vec::new(),
            beliefs: Vec::new(),
            prior: nothing,
            responsibilities: Vec::new(),
            seed: 0,
            steps: 0,
            restarts: 0,
            last: None,
            largest_fall: 0.0,
        };
        mixture.start(0)?;
        Ok(mixture)
    }

    /// Begins with these components instead of its own.
    pub fn begin_with(&mut self, components: &[Component]) {
        self.components = components.to_vec();
        self.beliefs.clear();
        self.responsibilities.clear();
        self.last = None;
        if self.method == Method::Variational {
            // The first beliefs come from the responsibilities of what it begins with.
            self.responsibilities = em::expect(&self.components, &self.points);
            self.maximise();
            self.last = None;
        }
    }

    /// The components as they are; of variational Bayes, at their expected parameters.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// The beliefs of variational Bayes.
    pub fn beliefs(&self) -> &[Belief] {
        &self.beliefs
    }

    fn floor(&self) -> Floor {
        let floor = self.settings.number("floor");
        if self.settings.choice("cure") == "add" { Floor::Add(floor) } else { Floor::Clamp(floor) }
    }

    /// Draws the data set from the seed.
    fn draw_points(&mut self) {
        let (id, n) = (self.settings.choice("data"), self.settings.count("points"));
        self.points = data::points(id, n, self.drawn.as_ref(), &mut Stream::new(self.seed, 0xDA7A));
        let generated = !["sixty", "drawn"].contains(&id);
        let held_out = if generated { HELD_OUT } else { 0 };
        self.held_out = data::points(id, held_out, None, &mut Stream::new(self.seed, 0x7E57));
        if !generated {
            self.held_out.clear();
        }
        self.refer();
    }

    /// What follows from the points.
    fn refer(&mut self) {
        self.truth = data::truth(self.settings.choice("data"), &self.points);
        self.prior = self.make_prior();
        self.responsibilities.clear();
        self.last = None;
    }

    fn make_prior(&self) -> Belief {
        let concentration = self.settings.number("concentration");
        variational::prior(&self.points, concentration, self.settings.number("floor"))
    }

    /// Puts the components where the settings say that they start.
    fn place(&mut self) {
        let k = self.settings.count("components");
        let mut stream = Stream::new(self.seed ^ u64::from(self.restarts) << 32, 0x57A7);
        let ones = vec![1.0; self.points.len()];
        let all = em::moments(&self.points, &ones, 0, 1);
        let floor = self.floor();
        let weight = 1.0 / k as f64;
        let variance = ((all.covariance[0] + all.covariance[2]) / 2.0 * weight).max(1e-12);
        let round = |v: f64| floor.keep([v, 0.0, v]);
        let start = self.settings.choice("start");
        let mut picked: Vec<usize> = Vec::new();
        let components: Vec<Component> = (0..k)
            .map(|j| {
                if start == "same" {
                    return Component { weight, mean: all.mean, covariance: floor.keep(all.covariance) };
                }
                let mut i = stream.below(self.points.len() as u32) as usize;
                // Another point for each component, as long as there are any.
                while picked.contains(&i) && picked.len() < self.points.len() {
                    i = (i + 1) % self.points.len();
                }
                picked.push(i);
                // A hundredth of the others' width: nearer to its point than the next one is.
                let own = if start == "on-a-point" && j == 0 { 1e-4 * variance } else { variance };
                Component { weight, mean: self.points[i], covariance: round(own) }
            })
            .collect();
        self.begin_with(&components);
    }

    /// The E step.
    fn expect(&mut self) {
        self.responsibilities = match self.method {
            Method::Em => em::expect(&self.components, &self.points),
            Method::KMeans => em::assign(&self.components, &self.points),
            Method::Variational => variational::expect(&self.beliefs, &self.points),
        };
        self.check();
    }

    /// The M step; the first one of all needs an E step before it.
    fn maximise(&mut self) {
        if self.responsibilities.is_empty() {
            self.expect();
        }
        let floor = self.floor();
        let (points, r) = (&self.points, &self.responsibilities);
        match self.method {
            Method::Em => em::maximise(&mut self.components, points, r, floor),
            Method::KMeans => em::centre(&mut self.components, points, r),
            Method::Variational => {
                let k = self.components.len();
                self.beliefs = variational::maximise(&self.prior, points, r, k);
                self.components = self.beliefs.iter().map(Belief::component).collect();
                let total: f64 = self.components.iter().map(|c| c.weight).sum();
                self.components.iter_mut().for_each(|c| c.weight /= total);
            }
        }
        self.check();
    }

    /// What every half step may only raise, per point; `None` before there are responsibilities.
    fn objective(&self) -> Option<f64> {
        if self.responsibilities.is_empty() {
            return None;
        }
        let (points, r) = (&self.points, &self.responsibilities);
        Some(match self.method {
            Method::Em => em::free_energy(&self.components, points, r),
            Method::KMeans => -em::assigned_inertia(&self.components, points, r),
            Method::Variational => {
                variational::elbo(&self.prior, &self.beliefs, points, r) / points.len() as f64
            }
        })
    }

    /// Holds the objective against what it was.
    fn check(&mut self) {
        let now = self.objective();
        if let (Some(last), Some(now)) = (self.last, now) {
            self.largest_fall = largest([self.largest_fall, last - now]);
        }
        self.last = now;
    }
}

impl Plain for Mixture {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn start(&mut self, seed: u64) -> Result<(), Error> {
        self.seed = seed;
        (self.steps, self.restarts, self.largest_fall) = (0, 0, 0.0);
        self.draw_points();
        self.place();
        Ok(())
    }

    fn train(&mut self, n: u32) -> Result<(), Error> {
        for _ in 0..n {
            self.expect();
            self.maximise();
            self.steps += 1;
        }
        Ok(())
    }

    fn step(&mut self, phase: &str) -> Result<(), Error> {
        if phase == "e" {
            self.expect()
        } else {
            self.maximise()
        }
        Ok(())
    }

    fn metrics(&mut self, _deep: bool) -> Result<Vec<(&'static str, f64)>, Error> {
        let points = &self.points;
        let mut out = vec![("step", f64::from(self.steps))];
        let mixture = ready(&self.components);
        if self.method == Method::KMeans {
            let inertia = em::inertia(&self.components, points);
            out.extend([("loss", inertia), ("inertia", inertia)]);
        } else {
            let likelihood = mean_log_density(&mixture, points);
            out.push(("log_likelihood", likelihood));
            out.extend(self.truth.map(|truth| ("log_likelihood_reference", truth)));
            if !self.held_out.is_empty() {
                out.push(("test_log_likelihood", mean_log_density(&mixture, &self.held_out)));
            }
            let objective = self.objective();
            let id = if self.method == Method::Em { "bound" } else { "elbo" };
            out.extend(objective.map(|value| (id, value)));
            let loss = match self.method {
                Method::Variational => objective.unwrap_or(likelihood),
                _ => likelihood,
            };
            out.push(("loss", -loss));
        }
        let least =
            self.components.iter().map(|c| eigenvalues(c.covariance)[1]).fold(f64::INFINITY, f64::min);
        out.push(("largest_fall", self.largest_fall));
        out.push(("smallest_deviation", libm::sqrt(least.max(0.0))));
        out.push(("components_used", self.components.iter().filter(|c| c.weight >= USED).count() as f64));
        Ok(out)
    }

    fn sample(&mut self, n: usize, seed: u64) -> Result<Samples, Error> {
        let made = gaussian::sample(&self.components, n, &mut Stream::new(seed, 0x5A4D));
        let data = made.iter().flatten().map(|&v| v as f32).collect();
        Ok(Samples { kind: "points", data, shape: vec![n, 2] })
    }

    fn view(&mut self, id: &str) -> Result<Picture, Error> {
        Ok(self.picture(id))
    }

    fn act(&mut self, id: &str, payload: Payload) -> Result<(), Error> {
        if id == "restart" {
            self.restarts += 1;
            self.place();
            return Ok(());
        }
        if id == "clear" {
            self.drawn = None;
        } else if payload.points.iter().any(|x| x.abs() > 6.0) {
            let message = "'brush' takes points of the picture, which reaches from -3 to 3 both ways.";
            return Err(Error::BadData(message.into()));
        } else if let Some(drawn) = &mut self.drawn {
            drawn.add(&payload.points)?;
        } else {
            self.drawn = Some(Drawn::new(&payload.points)?);
        }
        self.settings.set_text("data", "drawn")?;
        self.draw_points();
        // The first dab has drawn all components onto itself: from there they would not part again.
        self.place();
        Ok(())
    }

    fn set(&mut self, settings: &Settings, id: &str) -> Result<(), Error> {
        self.settings.follow(settings, id);
        match id {
            "" | "data" => self.change_points(),
            _ => {
                // Another floor: the components are fitted under it from now on.
                self.prior = self.make_prior();
                let floor = self.settings.number("floor");
                for c in &mut self.components {
                    c.covariance = gaussian::clamped(c.covariance, floor);
                }
                self.last = None;
            }
        }
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        let (n, k) = (self.points.len(), self.components.len());
        let flat = |points: &[[f64; 2]]| points.iter().flatten().copied().collect::<Vec<f64>>();
        let components: Vec<f64> = (self.components.iter())
            .flat_map(|c| [&[c.weight][..], &c.mean, &c.covariance].concat())
            .collect();
        let beliefs: Vec<f64> = (self.beliefs.iter())
            .flat_map(|b| [&[b.count, b.beta][..], &b.mean, &[b.freedom], &b.scatter].concat())
            .collect();
        let words = [
            self.seed as u32,
            (self.seed >> 32) as u32,
            self.steps,
            self.restarts,
            self.last.is_some().into(),
        ];
        vec![
            Saved::doubles("points", &[n, 2], &flat(&self.points)),
            Saved::doubles("components", &[k, COMPONENT], &components),
            Saved::doubles("beliefs", &[self.beliefs.len(), BELIEF], &beliefs),
            Saved::doubles("responsibilities", &[self.responsibilities.len()], &self.responsibilities),
            Saved::doubles("objective", &[2], &[self.last.unwrap_or(0.0), self.largest_fall]),
            Saved::words("run", &[5], &words),
        ]
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        // A file brings its own points, however many.
        let rows = |name: &str| {
            saved.iter().find(|s| s.name == name).map_or(0, |s| s.shape.first().copied().unwrap_or(0))
        };
        let (n, k) = (rows("points"), self.components.len());
        let points = Saved::find_doubles(saved, "points", &[n, 2])?;
        let components = Saved::find_doubles(saved, "components", &[k, COMPONENT])?;
        let beliefs = Saved::find_doubles(saved, "beliefs", &[self.beliefs.len(), BELIEF])?;
        let assigned = if rows("responsibilities") == 0 { 0 } else { n * k };
        let responsibilities = Saved::find_doubles(saved, "responsibilities", &[assigned])?;
        let objective = Saved::find_doubles(saved, "objective", &[2])?;
        let run = Saved::find_words(saved, "run", &[5])?;
        let all = [points, components, beliefs, responsibilities, objective];
        if n == 0 || all.iter().any(|part| part.iter().any(|v| !v.is_finite())) {
            return Err(Error::BadFile("The file has no points, or numbers that are not finite.".into()));
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
        let fits = components.iter().all(|c| c.weight >= 0.0 && gaussian::is_definite(c.covariance))
            && beliefs.iter().all(Belief::is_proper);
        if !fits {
            let message = "The file's components are no Gaussians with shares. Choose another file.";
            return Err(Error::BadFile(message.into()));
        }
        if self.settings.choice("data") == "drawn" {
            let flat: Vec<f32> = points.iter().map(|&v| v as f32).collect();
            self.drawn = Some(Drawn::new(&flat)?);
        }
        self.seed = u64::from(run[0]) | u64::from(run[1]) << 32;
        self.draw_points();
        self.points = points.chunks_exact(2).map(|p| [p[0], p[1]]).collect();
        self.refer();
        (self.components, self.beliefs) = (components, beliefs);
        self.responsibilities = responsibilities.to_vec();
        (self.steps, self.restarts) = (run[2], run[3]);
        self.last = (run[4] != 0).then_some(objective[0]);
        self.largest_fall = objective[1];
        Ok(())
    }
}

impl Mixture {
    /// Takes other points, and lets the components go on from where they are.
    fn change_points(&mut self) {
        self.draw_points();
        if self.method == Method::Variational {
            self.maximise();
            self.last = None;
        }
    }
}

#[cfg(test)]
mod tests;
