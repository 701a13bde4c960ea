//! Losses that stay on the device in a ring until they are read.

use super::Run;
use crate::Error;
use crate::driver::Answer;
use crate::history::History;
use crate::nn::{RING, Recorded};
use alloc::vec::Vec;

/// The steps `first..=last` of a ring that was asked for.
pub(super) struct Unread {
    first: u32,
    last: u32,
    width: usize,
    columns: usize,
    ring: Answer<Vec<f32>>,
}

impl Run {
    /// Enqueues a read of the losses that are on the device and were not asked for yet.
    pub(super) fn ask_losses(&mut self) {
        let live = self.place.live();
        let Some(Recorded { recorder, columns }) = self.exhibit.recorded(&live) else { return };
        if self.asked < live.step {
            self.unread.push(Unread {
                first: self.asked + 1,
                last: live.step,
                width: recorder.names().len(),
                columns,
                ring: recorder.read(live.device),
            });
            self.asked = live.step;
        }
    }

    /// The losses of the steps after `step`, a point for each or evenly thinned.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn losses(&mut self, step: u32) -> Result<History, Error> {
        self.ask_losses();
        self.read_losses().await?;
        Ok(self.history.after(step))
    }

    pub(super) async fn read_losses(&mut self) -> Result<(), Error> {
        for Unread { first, last, width, columns, ring } in core::mem::take(&mut self.unread) {
            // What was not read is asked for again.
            let ring = ring.await.inspect_err(|_| self.asked = self.asked.min(first - 1))?;
            for step in first..=last {
                let mut row = ring[((step - 1) % RING) as usize * width..][..width].to_vec();
                row[columns..].fill(f32::NAN);
                self.history.push(step, &row);
            }
        }
        Ok(())
    }
}
