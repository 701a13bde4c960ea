//! What a run shows at one time: figures, pictures and losses.

use super::Run;
use crate::exhibit::Picture;
use crate::history::History;
use crate::model::{Figures, Scope, Task};
use crate::{Error, join};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

/// What is on show at one time: figures, pictures, and the losses of the steps since.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Figures by id.
    pub figures: Figures,
    /// The pictures that were asked for, in that order.
    pub pictures: Vec<Picture>,
    /// Losses of the steps after the one that was named.
    pub losses: History,
}

impl Run {
    /// All figures; `deep` asks for the costly ones too.
    ///
    /// # Errors
    /// [`Error::NotFinite`] if training diverged.
    pub async fn metrics(&mut self, deep: bool) -> Result<Figures, Error> {
        let weights = self.finite();
        let live = self.place.live();
        let (weights, figures) = join::both(weights, self.exhibit.figures(&live, scope(deep))).await;
        self.given_up(weights)?;
        let figures = self.given_up(figures)?;
        finite(self.counting(figures))
    }

    /// All figures over the whole held-out set, of which the page measures a sample: for the end of a run.
    ///
    /// # Errors
    /// As [`Run::metrics`].
    pub async fn whole(&mut self) -> Result<Figures, Error> {
        let weights = self.finite();
        let live = self.place.live();
        let (weights, figures) = join::both(weights, self.exhibit.figures(&live, Scope::Whole)).await;
        weights?;
        finite(self.counting(figures?))
    }

    /// The figures that gates are held against, over the whole held-out set.
    ///
    /// # Errors
    /// As [`Run::metrics`].
    #[cfg(feature = "gates")]
    pub async fn evaluate(&mut self) -> Result<Figures, Error> {
        let figures = self.exhibit.figures(&self.place.live(), Scope::ALL).await?;
        finite(self.counting(figures))
    }

    /// With the step before all others.
    fn counting(&self, figures: Figures) -> Figures {
        if figures.iter().any(|f| f.0 == "step") {
            return figures;
        }
        let step = ("step", f64::from(self.place.step));
        core::iter::once(step).chain(figures).collect()
    }

    /// Figures, pictures, and the losses after step `since`: one round trip to the device.
    ///
    /// # Errors
    /// [`Error::BadData`] if the card has no such picture, [`Error::NotFinite`] if training diverged.
    pub async fn frame(&mut self, views: &[&str], deep: bool, since: u32) -> Result<Frame, Error> {
        let frame = self.look(views, deep, since).await;
        self.given_up(frame)
    }

    /// An answer that was given up in the middle leaves work undone on the device: a model that remembers
    /// what it did there for the present generation has to do it again.
    pub(super) fn given_up<T>(&mut self, answer: Result<T, Error>) -> Result<T, Error> {
        if let Err(Error::Aborted) = answer {
            self.place.generation += 1;
        }
        answer
    }

    async fn look(&mut self, views: &[&str], deep: bool, since: u32) -> Result<Frame, Error> {
        self.ask_losses();
        let weights = self.finite();
        let (figures, pictures) = {
            let live = self.place.live();
            let exhibit = &*self.exhibit;
            let mut parts: Vec<Task<'_, Part>> = Vec::new();
            parts.push(Box::pin(async { weights.await.map(|()| Part::Finite) }));
            parts.push(Box::pin(async { exhibit.figures(&live, scope(deep)).await.map(Part::Figures) }));
            for id in views {
                let live = &live;
                parts.push(Box::pin(async move { exhibit.view(live, id).await.map(Part::Picture) }));
            }
            let (mut figures, mut pictures) = (Vec::new(), Vec::new());
            for part in join::all(parts).await {
                match part? {
                    Part::Finite => {}
                    Part::Figures(of) => figures = of,
                    Part::Picture(of) => pictures.push(of),
                }
            }
            (figures, pictures)
        };
        self.read_losses().await?;
        let figures = finite(self.counting(figures))?;
        Ok(Frame { figures, pictures, losses: self.history.after(since) })
    }
}

/// A part of a frame.
enum Part {
    Finite,
    Figures(Figures),
    Picture(Picture),
}

/// What the page asks for.
fn scope(deep: bool) -> Scope {
    if deep { Scope::Page } else { Scope::Quick }
}

fn finite(metrics: Figures) -> Result<Figures, Error> {
    match metrics.iter().find(|m| !m.1.is_finite()) {
        Some((id, _)) => Err(Error::NotFinite(format!(
            "'{id}' is no longer a finite number. Start again with a smaller learning rate."
        ))),
        None => Ok(metrics),
    }
}
