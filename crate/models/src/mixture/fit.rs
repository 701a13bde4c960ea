//! A fit in progress: who is responsible for each point, where the components are, and whether each half of
//! an iteration raises what it should.

use super::card::{Cure, Method, Start};
use super::em::{self, Floor, Scores};
use super::gaussian::{Component, clamped, mean_log_density, ready};
use super::variational::{self, Belief};
use crate::numeric::scalar::largest;
use crate::prelude::*;
use core::cell::OnceCell;

/// Means that are no farther from where they were than this are there; most places that are remembered.
const NEAR: f64 = 0.02;
const LONGEST: usize = 400;

/// What the components are fitted to, and under which constraints.
pub struct Task<'a> {
    /// `[N]`.
    pub points: &'a [[f64; 2]],
    /// What keeps the covariances from collapsing.
    pub floor: Floor,
    /// The share that the Dirichlet prior of variational Bayes gives each component.
    concentration: f64,
    /// See [`Task::prior`], once something has asked.
    prior: OnceCell<Belief>,
}

impl Task<'_> {
    /// The task of these settings.
    pub fn new<'a>(points: &'a [[f64; 2]], settings: &Settings) -> Task<'a> {
        let least = settings.number("floor");
        let floor = match settings.get("cure") {
            Cure::Clamp => Floor::Clamp(least),
            Cure::Add => Floor::Add(least),
        };
        Task { points, floor, concentration: settings.number("concentration"), prior: OnceCell::new() }
    }

    /// The prior of variational Bayes.
    pub fn prior(&self) -> &Belief {
        self.prior.get_or_init(|| variational::prior(self.points, self.concentration, self.floor.size()))
    }
}

/// Components and what they were computed from.
pub struct Fit {
    /// How it is fitted.
    pub method: Method,
    /// `[K]`; of variational Bayes at their expected parameters.
    components: Vec<Component>,
    /// What variational Bayes believes about each component; else empty.
    beliefs: Vec<Belief>,
    /// `[N, K]`, or empty before the first E step.
    responsibilities: Vec<f64>,
    /// Where the means have been since they were put somewhere, `[T, K, 2]`.
    ways: Vec<f64>,
    /// What the present components say of the points, once something has asked.
    scores: OnceCell<Scores>,
    /// The inertia of the present components, once something has asked.
    inertia: OnceCell<f64>,
    /// The objective after the last half step, if the present one can be held against it.
    pub last: Option<f64>,
    /// How far a half step has lowered the objective at most; nothing before two could be compared.
    pub largest_fall: Option<f64>,
}

impl Fit {
    /// Begins with these components.
    pub fn new(method: Method, components: Vec<Component>, task: &Task) -> Fit {
        let mut fit = Fit {
            method,
            components: Vec::new(),
            beliefs: Vec::new(),
            responsibilities: Vec::new(),
            ways: Vec::new(),
            scores: OnceCell::new(),
            inertia: OnceCell::new(),
            last: None,
            largest_fall: None,
        };
        fit.begin_with(components, task);
        fit
    }

    /// Begins with these components instead of its own.
    pub fn begin_with(&mut self, components: Vec<Component>, task: &Task) {
        self.components = components;
        self.beliefs.clear();
        self.forget();
        self.ways = self.means();
        if self.method == Method::Variational {
            // The first beliefs come from the responsibilities of what it begins with.
            self.responsibilities = em::scores(&self.components, task.points).responsibilities();
            self.maximise(task);
            self.last = None;
        }
    }

    /// The points are others now.
    pub fn forget(&mut self) {
        self.responsibilities.clear();
        self.last = None;
        self.moved();
    }

    /// The components are others now, or the points.
    fn moved(&mut self) {
        (self.scores, self.inertia) = (OnceCell::new(), OnceCell::new());
    }

    /// `[K]`; of variational Bayes at their expected parameters.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// `[K, 2]`.
    fn means(&self) -> Vec<f64> {
        self.components.iter().flat_map(|c| c.mean).collect()
    }

    /// Where the means have been since they were put somewhere, the first place first, `[T, K, 2]`.
    pub fn ways(&self) -> &[f64] {
        &self.ways
    }

    /// Remembers where the means are, if that can be told from where they were.
    fn track(&mut self) {
        let now = self.means();
        let last = &self.ways[self.ways.len() - now.len()..];
        if now.iter().zip(last).any(|(a, b)| (a - b).abs() > NEAR) && self.ways.len() < LONGEST * now.len() {
            self.ways.extend(now);
        }
    }

    /// What variational Bayes believes about each component; else empty.
    pub fn beliefs(&self) -> &[Belief] {
        &self.beliefs
    }

    /// `[N, K]`, or empty before the first E step.
    pub fn responsibilities(&self) -> &[f64] {
        &self.responsibilities
    }

    /// Takes back what a checkpoint holds; one of before has no ways.
    pub fn restore(
        &mut self,
        components: Vec<Component>,
        beliefs: Vec<Belief>,
        responsibilities: Vec<f64>,
        ways: &[f64],
    ) {
        (self.components, self.beliefs, self.responsibilities) = (components, beliefs, responsibilities);
        self.ways = if ways.is_empty() { self.means() } else { ways.to_vec() };
        self.moved();
    }

    /// Raises the components to another floor.
    pub fn raise(&mut self, least: f64) {
        self.components.iter_mut().for_each(|c| c.covariance = clamped(c.covariance, least));
        self.last = None;
        self.moved();
    }

    /// What the method compares: log π N of each point, or what variational Bayes expects of it.
    fn scores(&self, task: &Task) -> &Scores {
        self.scores.get_or_init(|| match self.method {
            Method::Variational => variational::scores(&self.beliefs, task.points),
            Method::Em | Method::KMeans => em::scores(&self.components, task.points),
        })
    }

    /// The mean squared distance of the points to their nearest means.
    pub fn inertia(&self, task: &Task) -> f64 {
        *self.inertia.get_or_init(|| em::inertia(&self.components, task.points))
    }

    /// The log-likelihood per point of the mixture.
    pub fn log_likelihood(&self, task: &Task) -> f64 {
        match self.method {
            Method::Em => self.scores(task).mean(),
            Method::KMeans | Method::Variational => mean_log_density(&ready(&self.components), task.points),
        }
    }

    /// The E step.
    pub fn expect(&mut self, task: &Task) {
        self.responsibilities = match self.method {
            Method::Em | Method::Variational => self.scores(task).responsibilities(),
            Method::KMeans => em::assign(&self.components, task.points),
        };
        self.check(task);
    }

    /// The M step; the first one of all needs an E step before it.
    pub fn maximise(&mut self, task: &Task) {
        if self.responsibilities.is_empty() {
            self.expect(task);
        }
        self.moved();
        let (points, r) = (task.points, &self.responsibilities);
        match self.method {
            Method::Em => em::maximise(&mut self.components, points, r, task.floor),
            Method::KMeans => self.inertia = em::centre(&mut self.components, points, r).into(),
            Method::Variational => {
                let k = self.components.len();
                self.beliefs = variational::maximise(task.prior(), points, r, k);
                self.components = self.beliefs.iter().map(Belief::component).collect();
                let total: f64 = self.components.iter().map(|c| c.weight).sum();
                self.components.iter_mut().for_each(|c| c.weight /= total);
            }
        }
        self.track();
        self.check(task);
    }

    /// What every half step may only raise, per point; `None` before there are responsibilities.
    pub fn objective(&self, task: &Task) -> Option<f64> {
        if self.responsibilities.is_empty() {
            return None;
        }
        let (points, r) = (task.points, &self.responsibilities);
        Some(match self.method {
            Method::Em => self.scores(task).bound(r) / points.len() as f64,
            Method::KMeans => -em::assigned_inertia(&self.components, points, r),
            Method::Variational => {
                let scores = self.scores(task);
                variational::elbo(task.prior(), &self.beliefs, scores, r) / points.len() as f64
            }
        })
    }

    /// Holds the objective against what it was.
    fn check(&mut self, task: &Task) {
        let now = self.objective(task);
        if let (Some(last), Some(now)) = (self.last, now) {
            self.largest_fall = Some(largest([self.largest_fall.unwrap_or(0.0), last - now]));
        }
        self.last = now;
    }
}

/// Iterations of EM that a start which is spread is judged by; most tries of it, and densities that an iteration of
/// all of them computes, so that it takes a moment whatever the points.
const JUDGED_BY: usize = 30;
const JUDGED_WITH: Floor = Floor::Clamp(1e-6);
const MOST_TRIES: usize = 20;
const DENSITIES: usize = 20_000;

/// `k` components where a setting says that they start. Of those that are spread, the start that EM makes the most
/// of in a few iterations (C. Biernacki, G. Celeux, G. Govaert, "Choosing starting values for the EM algorithm",
/// Computational Statistics & Data Analysis 41, 2003).
pub fn starting(start: Start, k: usize, task: &Task, stream: &mut Stream) -> Vec<Component> {
    if start != Start::Spread {
        return placed(start, k, task, stream);
    }
    // Whatever the floor, the same start is the best.
    let trial = Task {
        points: task.points,
        floor: JUDGED_WITH,
        concentration: task.concentration,
        prior: OnceCell::new(),
    };
    let mut best = placed(start, k, &trial, stream);
    let mut reached = promise(&best, &trial);
    let tries = MOST_TRIES.min(DENSITIES / (k * task.points.len()).max(1));
    for _ in 1..tries {
        let other = placed(start, k, &trial, stream);
        let its = promise(&other, &trial);
        if its > reached {
            (best, reached) = (other, its);
        }
    }
    best.iter_mut().for_each(|c| c.covariance = task.floor.keep(c.covariance));
    best
}

/// The log-likelihood that EM reaches from these components in [`JUDGED_BY`] iterations.
fn promise(components: &[Component], task: &Task) -> f64 {
    let mut components = components.to_vec();
    for _ in 0..JUDGED_BY {
        let responsibilities = em::scores(&components, task.points).responsibilities();
        em::maximise(&mut components, task.points, &responsibilities, task.floor);
    }
    em::scores(&components, task.points).mean()
}

/// `k` components, placed once.
fn placed(start: Start, k: usize, task: &Task, stream: &mut Stream) -> Vec<Component> {
    let points = task.points;
    let all = em::moments(points, &vec![1.0; points.len()], 0, 1);
    let weight = 1.0 / k as f64;
    let variance = ((all.covariance[0] + all.covariance[2]) / 2.0 * weight).max(1e-12);
    let round = |v: f64| task.floor.keep([v, 0.0, v]);
    let mut picked: Vec<usize> = Vec::new();
    let one = |j: usize| {
        if start == Start::Same {
            return Component { weight, mean: all.mean, covariance: task.floor.keep(all.covariance) };
        }
        let mut i = match start {
            Start::Spread => far(points, &picked, stream),
            Start::Points | Start::Same | Start::OnAPoint => stream.below(points.len() as u32) as usize,
        };
        // Another point for each component, as long as there are any.
        while picked.contains(&i) && picked.len() < points.len() {
            i = (i + 1) % points.len();
        }
        picked.push(i);
        // A hundredth of the others' width: nearer to its point than the next one is.
        let own = if start == Start::OnAPoint && j == 0 { 1e-4 * variance } else { variance };
        Component { weight, mean: points[i], covariance: round(own) }
    };
    (0..k).map(one).collect()
}

/// A point, drawn in proportion to its squared distance from the nearest of those that were picked (D. Arthur,
/// S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007); any at first, or if all points are
/// picked ones.
fn far(points: &[[f64; 2]], picked: &[usize], stream: &mut Stream) -> usize {
    let square = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]);
    let nearest = |x: [f64; 2]| picked.iter().map(|&i| square(x, points[i])).fold(f64::INFINITY, f64::min);
    let mut total = 0.0;
    let mut below = Vec::with_capacity(points.len());
    for &x in points {
        total += if picked.is_empty() { 1.0 } else { nearest(x) };
        below.push(total);
    }
    if total == 0.0 {
        return stream.below(points.len() as u32) as usize;
    }
    let u = f64::from(stream.uniform()) * total;
    below.partition_point(|&sum| sum <= u).min(points.len() - 1)
}
