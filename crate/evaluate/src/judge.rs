//! Samples of strokes before a classifier. No figure of an exhibit says what an image shows, so these
//! few gates need code beside their rows: a classifier is trained on the same strokes first.

use crate::figure::Figures;
use crate::host::Host;
use crate::imitation::Imitation;
use tilde_graph::compile;
use tilde_graph::rng::Stream;
use tilde_models::classifier::{Classifier, recognised};
use tilde_models::data::{Images, strokes};
use tilde_models::{Driver, Error, Run};

/// Samples that are looked at.
const JUDGED: usize = 500;
/// Pixels of a side, and strokes to learn from and to be checked on.
const SIDE: usize = 28;
const TRAINED_ON: usize = 20_000;
const HELD_OUT: usize = 2000;

/// A trained classifier on its device.
pub(crate) struct Jury {
    judge: Classifier,
    desk: Driver,
    held_out: Images,
    /// Its accuracy on held-out strokes, before and after it was trained.
    accuracy: [f64; 2],
}

impl Jury {
    /// Trains it.
    ///
    /// # Errors
    /// Those of the host.
    pub async fn new(host: &dyn Host) -> Result<Jury, Error> {
        let mut stream = Stream::new(1, 0xC1A5);
        let judge = Classifier::new(strokes::digits(TRAINED_ON, SIDE, &mut stream))?;
        let held_out = strokes::digits(HELD_OUT, SIDE, &mut stream);
        let desk = Driver::new(host.load(compile(judge.program())).await?);
        let before = judge.accuracy(&desk, &held_out).await?;
        judge.train(&desk, 1)?;
        let after = judge.accuracy(&desk, &held_out).await?;
        Ok(Jury { judge, desk, held_out, accuracy: [before, after] })
    }

    /// `recognised`, the share of samples that it is sure of; `classes`, how many digits appear among
    /// them; `classifier_accuracy` and `untrained_accuracy`, its own.
    ///
    /// # Errors
    /// Those of the run.
    pub async fn look(&mut self, run: &mut Run, seed: u64) -> Result<Figures, Error> {
        let samples = run.sample(JUDGED, seed).await?;
        self.look_at(&samples.data).await
    }

    /// The same of images that no model has made.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn look_at_imitation(&mut self, imitation: Imitation) -> Result<Figures, Error> {
        let area = SIDE * SIDE;
        let images: Vec<f32> = match imitation {
            Imitation::Points { .. } => return Ok(Figures::default()),
            Imitation::Noise => {
                let mut stream = Stream::new(1, 0x0153);
                (0..JUDGED * area).map(|_| (0.5 + 0.5 * stream.normal()).clamp(0.0, 1.0)).collect()
            }
            Imitation::Ones => {
                let pixels = self.held_out.to_floats();
                let labelled = pixels.chunks(area).zip(&self.held_out.labels);
                labelled.filter(|(_, label)| **label == 1).flat_map(|(image, _)| image).copied().collect()
            }
        };
        self.look_at(&images).await
    }

    async fn look_at(&mut self, images: &[f32]) -> Result<Figures, Error> {
        let (share, classes) = recognised(&self.judge.judge(&self.desk, images).await?);
        let [before, after] = self.accuracy;
        Ok(Figures::new(vec![
            ("recognised", share),
            ("classes", classes as f64),
            ("classifier_accuracy", after),
            ("untrained_accuracy", before),
        ]))
    }
}
