//! The held-out loss, and what it is compared with.

use super::model::LENGTH;
use super::{Gpt, OWN_RUNGS, RUNG_ERRORS};
use crate::data::corpus::Window;
use crate::data::spread;
use crate::prelude::*;

/// Contexts of the n-gram model that is the reference where the entropy rate is unknown.
pub(super) const RUNG: usize = 4;
/// Runs of the measuring entry that the figures on the page are computed from, of a thousand characters
/// each.
const PAGE: usize = 8;

impl Gpt {
    /// The loss of the last step; the held-out loss too, on the first of the windows, and the texts; and the
    /// same on many windows.
    pub(super) async fn measure(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        let (d, m) = (live.device, &self.model);
        let most = match scope {
            Scope::Quick | Scope::Page => PAGE * m.measured,
            Scope::Whole | Scope::All(_) => usize::MAX,
        };
        let windows: Vec<Window> =
            spread::sample(self.windows.len(), most).map(|i| self.windows[i]).collect();
        let loss = m.recorder.last(live, m.untrained);
        let held_out = match scope {
            Scope::Quick => None,
            Scope::Page | Scope::Whole | Scope::All(_) => {
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
        for (rung, ids) in self.ladder.iter().skip(1).zip(OWN_RUNGS.into_iter().zip(RUNG_ERRORS)) {
            mean(&scored(rung, &windows), &windows).report(&mut out, [ids.0, ids.1]);
        }
        out.extend(self.floor.map(|floor| ("test_loss_reference", floor)));
        if let Some((nats, texts)) = held_out {
            let nats: Vec<f64> = nats.await?.into_iter().map(f64::from).collect();
            let test = mean(&nats, &windows);
            test.report(&mut out, ["test_loss", "test_loss_se"]);
            test.times(1.0 / core::f64::consts::LN_2).report(&mut out, ["bits", "bits_se"]);
            let gap = match (self.floor, self.ladder.get(RUNG)) {
                (Some(floor), _) => Some(test.plus(-floor, 0.0)),
                // On the same windows, whose difficulty then cancels.
                (None, Some(rung)) => {
                    let known = scored(rung, &windows);
                    let apart: Vec<f64> = nats.iter().zip(known).map(|(a, b)| a - b).collect();
                    Some(mean(&apart, &windows))
                }
                (None, None) => None,
            };
            if let Some(gap) = gap {
                gap.report(&mut out, ["gap", "gap_se"]);
            }
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

/// The mean of a character, from sums over windows. The windows are taken as independent, the characters
/// within one are not.
fn mean(sums: &[f64], windows: &[Window]) -> Estimate {
    Estimate::ratio(sums.iter().zip(windows).map(|(sum, w)| (*sum, (w.to - w.from) as f64)))
}
