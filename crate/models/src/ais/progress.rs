//! Where a run stands, rung by rung.

use super::model::RUNGS;
use crate::prelude::*;

/// The progress of the present run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Temperatures that the run began with, at least 1.
    temperatures: u32,
    /// Rungs whose increments are known.
    done: u32,
    /// Whether the next rung belongs to this run; otherwise it begins another.
    under_way: bool,
    /// Whether a run has come to its end.
    pub finished: bool,
}

impl Progress {
    /// Before the first run.
    pub fn new(temperatures: u32) -> Progress {
        Progress { temperatures, done: 0, under_way: false, finished: false }
    }

    /// Temperatures of a rung.
    pub fn each(&self) -> u32 {
        self.temperatures.div_ceil(RUNGS as u32)
    }

    /// Temperatures of the run.
    pub fn temperatures(&self) -> u32 {
        self.temperatures
    }

    /// Rungs of the run.
    pub fn rungs(&self) -> u32 {
        self.temperatures.div_ceil(self.each())
    }

    /// Rungs whose increments are known.
    pub fn done(&self) -> u32 {
        self.done
    }

    /// Rungs until the run is at its end; none if the next one begins another run.
    pub fn left(&self) -> u32 {
        if self.under_way { self.rungs() - self.done } else { 0 }
    }

    /// β after so many rungs.
    pub fn beta(&self, rungs: u32) -> f64 {
        (f64::from(rungs * self.each()) / f64::from(self.temperatures)).min(1.0)
    }

    /// Begins a run.
    pub fn begin(&mut self, temperatures: u32) {
        *self = Progress { temperatures, done: 0, under_way: true, finished: self.finished };
    }

    /// Gives the run up: the next rung begins another.
    pub fn abandon(&mut self) {
        self.under_way = false;
    }

    /// Does so many rungs; says whether the run is at its end.
    pub fn advance(&mut self, rungs: u32) -> bool {
        self.done += rungs;
        let ended = self.done >= self.rungs();
        if ended {
            (self.under_way, self.finished) = (false, true);
        }
        ended
    }

    /// For a checkpoint.
    pub fn saved(&self) -> Saved {
        let [under_way, finished] = [self.under_way, self.finished].map(u32::from);
        Saved::words("progress", &[4], &[self.temperatures, self.done, under_way, finished])
    }

    /// From a checkpoint.
    ///
    /// # Errors
    /// [`Error::BadFile`] if it holds none, or no possible one with at most `most` temperatures.
    pub fn load(saved: &[Saved], most: u32) -> Result<Progress, Error> {
        let words = Saved::find_words(saved, "progress", &[4])?;
        let [temperatures, done, under_way, finished] = [0, 1, 2, 3].map(|i| words[i]);
        let wrong = || Error::BadFile("The file's 'progress' is that of no run.".into());
        if !(1..=most).contains(&temperatures) || under_way.max(finished) > 1 {
            return Err(wrong());
        }
        let progress = Progress { temperatures, done, under_way: under_way == 1, finished: finished == 1 };
        let rungs = progress.rungs();
        if done > rungs || (progress.under_way && done == rungs) {
            return Err(wrong());
        }
        Ok(progress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_as_many_rungs_as_its_temperatures_need() {
        for (temperatures, each, rungs) in [(10, 1, 10), (50, 1, 50), (70, 2, 35), (1000, 20, 50)] {
            let mut progress = Progress::new(temperatures);
            progress.begin(temperatures);
            assert_eq!((progress.each(), progress.left()), (each, rungs));
            assert!(!progress.advance(rungs - 1) && progress.advance(1) && progress.finished);
            assert_eq!((progress.left(), progress.beta(rungs)), (0, 1.0));
        }
    }

    #[test]
    fn it_is_saved_and_impossible_progress_is_refused() {
        let mut progress = Progress::new(70);
        progress.begin(70);
        progress.advance(3);
        assert_eq!(Progress::load(&[progress.saved()], 10_000), Ok(progress));
        for words in [[0, 0, 0, 0], [70, 35, 1, 0], [70, 36, 0, 1], [70, 3, 2, 0], [u32::MAX, 1, 1, 1]] {
            assert!(Progress::load(&[Saved::words("progress", &[4], &words)], 10_000).is_err());
        }
    }
}
