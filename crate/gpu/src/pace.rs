//! How much work goes into one submit: a browser's watchdog kills a device whose submit runs for
//! seconds, and the page cannot draw in the meantime.

use crate::Target;
use crate::context::{Clock, Context};
use std::sync::{Arc, Mutex, PoisonError};
use tilde_graph::plan::Kernel;

/// Longest a submit should run, in milliseconds.
const LONGEST: f64 = 50.0;

/// Measurements kept. A busy host learns late, and of several submits at once, that work is done. Single
/// times may therefore be far too short or too long, but the sum of a few is right.
const KEPT: usize = 8;

/// What a dispatch of `kernel` is expected to take, where an empty one takes 1.
pub(crate) fn cost(kernel: &Kernel, target: Target) -> f64 {
    // Floating-point operations done in the time of an empty dispatch.
    let unit = match target {
        Target::Hardware => 4e6,
        Target::Software => 4e4,
    };
    1.0 + (kernel.flops() + 4 * kernel.points() as u64) as f64 / unit
}

/// Turns measured times of submits into the cost that the next may have.
#[derive(Debug)]
pub(crate) struct Pace {
    clock: Option<Clock>,
    guess: f64,
    history: Arc<Mutex<History>>,
}

#[derive(Debug, Default)]
struct History {
    /// Milliseconds and cost of the last submits.
    kept: [(f64, f64); KEPT],
    count: usize,
    /// When the last one was done.
    done: f64,
}

impl Pace {
    pub(crate) fn new(context: &Context) -> Pace {
        let guess = match context.target {
            Target::Hardware => 0.005,
            Target::Software => 0.02,
        };
        Pace { clock: context.clock, guess, history: Arc::default() }
    }

    /// The cost that a submit may have, in the units of [`cost`].
    pub(crate) fn budget(&self) -> f64 {
        let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        // A measurement far from the guess is more likely a hiccup than the true speed.
        LONGEST / history.rate(self.guess).max(self.guess / 20.0).min(self.guess * 20.0)
    }

    /// Measures what was just submitted on `queue` at this cost.
    pub(crate) fn submitted(&self, queue: &wgpu::Queue, cost: f64) {
        let Some(clock) = self.clock else { return };
        let start = clock();
        let history = self.history.clone();
        queue.on_submitted_work_done(move || {
            let mut history = history.lock().unwrap_or_else(PoisonError::into_inner);
            history.add(start, clock(), cost);
        });
    }
}

impl History {
    fn rate(&self, guess: f64) -> f64 {
        let sum = |a: (f64, f64), b: &(f64, f64)| (a.0 + b.0, a.1 + b.1);
        let (time, cost) = self.kept.iter().fold((0.0, 0.0), sum);
        if cost > 0.0 { time / cost } else { guess }
    }

    /// Work submitted at `start` and done at `end` began no earlier than the work before it ended.
    fn add(&mut self, start: f64, end: f64, cost: f64) {
        self.kept[self.count % KEPT] = ((end - start.max(self.done)).max(0.0), cost);
        self.count += 1;
        self.done = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_few_submits() {
        let mut history = History::default();
        assert_eq!(history.rate(3.0), 3.0);
        history.add(0.0, 10.0, 5.0);
        // Submitted while the first ran: 10..14 is its own time.
        history.add(1.0, 14.0, 2.0);
        assert_eq!(history.rate(3.0), 2.0);
        for i in 0..KEPT {
            let start = 100.0 * (i + 1) as f64;
            history.add(start, start + 20.0, 4.0);
        }
        assert_eq!(history.rate(3.0), 5.0);
    }
}
