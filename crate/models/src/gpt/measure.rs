//! The held-out loss, and what it is compared with.

use super::model::LENGTH;
use super::{Gpt, OWN_RUNGS};
use crate::data::corpus::Window;
use crate::prelude::*;

/// Contexts of the n-gram model that is the reference where the entropy rate is unknown.
pub(super) const RUNG: usize = 4;
/// Runs of the measuring entry that the figures on the page are computed from, of a thousand characters
/// each.
const PAGE: usize = 8;
/// The same for an evaluation, or as many as there are characters for.
const EVALUATED: usize = 64;

impl Gpt {
    /// The loss of the last step; the held-out loss too, on the first of the windows, and the texts; and the
    /// same on many windows.
    pub(super) async fn measure(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        let (d, m) = (live.device, &self.model);
        let runs = match scope {
            Scope::Quick | Scope::Page => PAGE,
            Scope::All(_) => EVALUATED,
        };
        let windows = self.corpus.windows(m.sizes.context, runs * m.measured);
        let loss = m.recorder.last(live, m.untrained);
        let held_out = match scope {
            Scope::Quick => None,
            Scope::Page | Scope::All(_) => {
                let row = |w: &Window| [w.start as f32, w.from as f32, w.to as f32];
                let nats = m.nats(d, &windows.iter().flat_map(row).collect::<Vec<f32>>());
                let texts = match self.corpus.first() {
                    Some(_) => Some(self.texts(d, LENGTH - 1, VIEW_SEED)?),
                    None => None,
                };
                Some((nats, texts))
            }
        };

        let mut out = vec![("loss", loss.await?[0])];
        let rungs: Vec<f64> =
            self.ladder.iter().map(|rung| mean_and_error(&scored(rung, &windows), &windows).0).collect();
        out.extend(OWN_RUNGS.into_iter().zip(rungs.iter().skip(1).copied()));
        out.extend(self.floor.map(|floor| ("test_loss_reference", floor)));
        if let Some((nats, texts)) = held_out {
            let nats: Vec<f64> = nats.await?.into_iter().map(f64::from).collect();
            let (mean, error) = mean_and_error(&nats, &windows);
            let bits = mean / core::f64::consts::LN_2;
            out.extend([("test_loss", mean), ("bits", bits), ("error", 3.0 * error)]);
            let reference = self.floor.or(rungs.get(RUNG).copied());
            out.extend(reference.map(|reference| ("gap", mean - reference)));
            if let Some(texts) = texts {
                out.push(("grammatical", self.grammatical(&texts.await?)));
            }
        }
        Ok(out)
    }
}

/// Sums over windows of a loss that is known for every character of the held-out text.
fn scored(loss: &[f32], windows: &[Window]) -> Vec<f64> {
    let sum = |w: &Window| loss[w.start + 1..][w.from..w.to].iter().map(|&x| f64::from(x)).sum();
    windows.iter().map(sum).collect()
}

/// The mean loss of a character and its standard error, from sums over windows. The windows are taken as
/// independent, the characters within one are not.
fn mean_and_error(nats: &[f64], windows: &[Window]) -> (f64, f64) {
    let count = |w: &Window| (w.to - w.from) as f64;
    let total: f64 = windows.iter().map(count).sum();
    let mean = nats.iter().sum::<f64>() / total;
    let squares: f64 =
        nats.iter().zip(windows).map(|(x, w)| (x - mean * count(w)) * (x - mean * count(w))).sum();
    let n = windows.len() as f64;
    (mean, libm::sqrt(squares * n / (n - 1.0).max(1.0)) / total)
}
