//! The held-out loss, and what it is compared with.

use super::model::LENGTH;
use super::{Gpt, OWN_RUNGS, SHOWN, VIEW_SEED};
use crate::data::corpus::Window;
use crate::{Error, drive};
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::Device;

/// Contexts of the n-gram model that is the line to cross where the entropy rate is unknown.
pub(super) const RUNG: usize = 4;

impl Gpt {
    /// The figures; the held-out ones from so many runs of `measure`, if any.
    pub(super) async fn figures(
        &mut self,
        device: &mut dyn Device,
        runs: Option<usize>,
    ) -> Result<Vec<(&'static str, f64)>, Error> {
        let step = drive::read(device, self.model.steps).await?[0];
        // Before the first step, that of the untrained model, which is computed now.
        let entry = if step > 0.0 { self.model.train } else { self.model.untrained };
        if step == 0.0 {
            drive::seed_entry(device, entry, VIEW_SEED);
            drive::run(device, entry)?;
        }
        let loss = drive::output(device, entry, "loss").await?[0];
        let mut out = vec![("step", f64::from(step)), ("loss", f64::from(loss))];
        let windows =
            self.corpus.windows(self.model.sizes.context, runs.unwrap_or(SHOWN) * self.model.measured);
        let rungs: Vec<f64> =
            self.ladder.iter().map(|rung| mean_and_error(&scored(rung, &windows), &windows).0).collect();
        out.extend(OWN_RUNGS.into_iter().zip(rungs.iter().skip(1).copied()));
        out.extend(self.floor.map(|floor| ("test_loss_reference", floor)));
        if runs.is_some() {
            let (mean, error) = mean_and_error(&self.nats(device, &windows).await?, &windows);
            let bits = mean / core::f64::consts::LN_2;
            out.extend([("test_loss", mean), ("bits", bits), ("error", 3.0 * error)]);
            let line = self.floor.or(rungs.get(RUNG).copied());
            out.extend(line.map(|line| ("gap", mean - line)));
        }
        if self.corpus.first().is_some() {
            if runs.is_some() {
                let texts = self.texts(device, LENGTH - 1, VIEW_SEED).await?;
                self.written = self.grammatical(&texts);
            }
            out.push(("grammatical", self.written));
        }
        Ok(out)
    }

    /// The model's loss on each window, nats, summed over what counts there.
    async fn nats(&self, device: &mut dyn Device, windows: &[Window]) -> Result<Vec<f64>, Error> {
        let mut runs = Vec::new();
        let most = self.model.measured;
        for some in windows.chunks(most) {
            let mut rows = vec![0.0; 3 * most];
            for (i, w) in some.iter().enumerate() {
                for (row, value) in [w.start, w.from, w.to].into_iter().enumerate() {
                    rows[row * most + i] = value as f32;
                }
            }
            drive::write(device, self.model.windows, &rows);
            drive::run(device, self.model.measure)?;
            runs.push(drive::output(device, self.model.measure, "nats"));
        }
        let mut nats = Vec::new();
        for run in runs {
            nats.extend(run.await?.into_iter().map(f64::from));
        }
        nats.truncate(windows.len());
        Ok(nats)
    }
}

/// Sums over windows of a loss that is known for every character of the held-out text.
fn scored(loss: &[f32], windows: &[Window]) -> Vec<f64> {
    let sum = |w: &Window| loss[w.start + 1..][w.from..w.to].iter().map(|&x| f64::from(x)).sum();
    windows.iter().map(sum).collect()
}

/// The mean loss of a character and its standard error, from sums over windows: the windows are
/// taken as independent, the characters in them are not.
fn mean_and_error(nats: &[f64], windows: &[Window]) -> (f64, f64) {
    let count = |w: &Window| (w.to - w.from) as f64;
    let total: f64 = windows.iter().map(count).sum();
    let mean = nats.iter().sum::<f64>() / total;
    let squares: f64 =
        nats.iter().zip(windows).map(|(x, w)| (x - mean * count(w)) * (x - mean * count(w))).sum();
    let n = windows.len() as f64;
    (mean, libm::sqrt(squares * n / (n - 1.0).max(1.0)) / total)
}
