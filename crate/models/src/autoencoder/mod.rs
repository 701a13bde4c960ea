//! The autoencoder, linear and not.
//!
//! An encoder f squeezes an image into a short code, a decoder g makes an image of it, and both learn
//! to lose as little as possible:
//!
//! > L = E ‖x − g(f(x))‖².
//!
//! Linear ones find the plane of principal component analysis (P. Baldi, K. Hornik, Neural Networks 2,
//! 1989), which is computed exactly beside them; those with hidden layers (G. Hinton, R.
//! Salakhutdinov, Science 313, 2006) find a curved sheet and lose less. Neither says where codes are:
//! a Gaussian is fitted to them to draw samples, and falls into the holes between them. Left out:
//! convolutions, penalties on the code.
//!
//! B batch, D pixels, H hidden, Z latent.

mod card;
mod codes;
mod measure;
mod model;
mod picture;

pub use card::CARD;

use crate::prelude::*;
use card::{Input, Show};
use codes::Codes;
use core::cell::Cell;
use measure::Optimum;
use model::Model;

/// Half the side of the plane of codes that is shown, in standard deviations.
const REACH: f32 = 3.0;

/// The opened exhibit.
pub struct Autoencoder {
    model: Model,
    sets: ImageSets,
    z: usize,
    /// The optimum of linear networks; none for large images.
    optimum: Option<Optimum>,
    /// Distance of held-out images to the nearest training image: the median, and that of all but a few at most.
    test_distances: [f64; 2],
    /// The generation whose codes are mapped on the device.
    mapped: Cell<Option<u64>>,
    /// The codes that are mapped on the device.
    codes: Memo<Codes>,
    /// The place of the code plane that was last dragged to, 0..=1 each; before, the ring is at the code of an image,
    /// the model's `shown`.
    at: Option<[f32; 2]>,
}

impl Autoencoder {
    /// Maps the codes of the present model on the device, unless they are.
    fn map(&self, live: &Live) -> Result<(), Error> {
        if self.mapped.get() != Some(live.generation) {
            live.device.run(self.model.map)?;
            self.mapped.set(Some(live.generation));
        }
        Ok(())
    }

    /// The codes of the mapped training images.
    async fn codes(&self, live: &Live<'_>) -> Result<Rc<Codes>, Error> {
        self.map(live)?;
        let read = async || Ok(Codes::new(live.device.output(self.model.map, "codes").await?, self.z));
        self.codes.get(live.generation, read).await
    }

    /// The code that the ring is at, `[Z]`.
    fn ring(&self, codes: &Codes) -> Vec<f32> {
        match self.at {
            Some(at) => codes.place(at),
            None => codes.codes[self.model.shown * self.z..][..self.z].to_vec(),
        }
    }

    /// Decodes codes that are given in standard deviations from the mean of the mapped ones: `rows` are the
    /// first dimensions of each, and the others are at the mean. Gives `[n, D]`.
    fn decode<'r>(
        &self,
        live: &Live,
        rows: impl Iterator<Item = &'r [f32]>,
    ) -> Result<Answer<Vec<f32>>, Error> {
        self.map(live)?;
        let mut all = Vec::new();
        for row in rows {
            let given = row.len().min(self.z);
            all.extend(&row[..given]);
            all.resize(all.len() + self.z - given, 0.0);
        }
        Ok(self.model.decode(live.device, &all))
    }

    /// `n` draws from the Gaussian that is fitted to the codes, `[n, Z]`.
    fn drawn_codes(&self, live: &Live, n: usize, seed: u64) -> Result<Answer<Vec<f32>>, Error> {
        self.drawn(live, seed, "codes", n * self.z)
    }

    /// The images of such draws, `[n, D]`. The same seed gives those of the same codes.
    fn drawn_images(&self, live: &Live, n: usize, seed: u64) -> Result<Answer<Vec<f32>>, Error> {
        self.drawn(live, seed, "images", n * self.sets.train.area())
    }

    fn drawn(
        &self,
        live: &Live,
        seed: u64,
        output: &'static str,
        len: usize,
    ) -> Result<Answer<Vec<f32>>, Error> {
        self.map(live)?;
        live.device.seed(self.model.sample, seed);
        Ok(live.device.collect(self.model.sample, output, len))
    }
}

/// Pixels, of which what is beyond black and white is cut.
fn clipped(mut pixels: Vec<f32>) -> Vec<f32> {
    pixels.iter_mut().for_each(|x| *x = x.max(0.0).min(1.0));
    pixels
}

impl crate::Model for Autoencoder {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Nothing;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Autoencoder, Error> {
        let (settings, sets) = (setup.settings, setup.images()?);
        let z = settings.count("latent");
        Ok(Autoencoder {
            model: Model::new(settings, &sets)?,
            z,
            optimum: Optimum::new(&sets, z),
            test_distances: measure::test_distances(&sets),
            sets,
            mapped: Cell::new(None),
            codes: Memo::default(),
            at: None,
        })
    }

    fn program(&self) -> Option<&Program> {
        Some(&self.model.program)
    }

    fn start(&mut self, live: &Live) -> Result<(), Error> {
        self.model.feed.write_images(live.device, &self.sets);
        Ok(())
    }

    fn trainer(&self) -> Option<&Trainer> {
        Some(&self.model.trainer)
    }

    async fn figures(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        self.measure(live, scope).await
    }

    async fn sample(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        let data = clipped(self.drawn_images(live, n, seed)?.await?);
        Ok(Samples::images(data, &self.sets.train))
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        match view {
            Show::Codes => self.code_plane(live).await,
            Show::Plane => self.decoded_plane(live).await,
            Show::Here => self.here(live).await,
            Show::Samples => self.samples(live).await,
            Show::Reconstructions => self.reconstructions(live).await,
            Show::Traversal => self.traversal(live).await,
        }
    }

    fn act(&mut self, _live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Code => self.at = Some(payload.place("code")?),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Model as _;
    use crate::data::strokes;
    use crate::exhibit::{Sources, UserData};
    use crate::numeric::linear::moments;
    use crate::{Driver, Settings};
    use alloc::boxed::Box;
    use pollster::block_on;
    use tilde_cpu::Cpu;
    use tilde_graph::compile;
    use tilde_graph::rng::Stream;

    #[test]
    fn draws_have_the_moments_of_the_codes() {
        let mut settings = Settings::new(&CARD);
        for (id, value) in [("latent", "3"), ("hidden", "8"), ("layers", "1")] {
            settings.set_text(id, value).unwrap();
        }
        let images = strokes::digits(400, 8, &mut Stream::new(1, 0));
        let sources = Sources { user: Some(UserData::Images(images)), ..Sources::default() };
        let mut exhibit =
            Autoencoder::new(&Setup { settings: &settings, seed: 1, sources: &sources }).unwrap();
        let device = Driver::new(Box::new(Cpu::load(compile(&exhibit.model.program)).unwrap()));
        device.start(&exhibit.model.program, 1);
        let live = Live { device: &device, settings: &settings, seed: 1, step: 0, generation: 1 };
        exhibit.start(&live).unwrap();

        let of = |codes: &[f32]| {
            let rows: Vec<f64> = codes.iter().map(|&x| f64::from(x)).collect();
            moments(&rows, 3)
        };
        let (mean, covariance) = of(&block_on(exhibit.codes(&live)).unwrap().codes);
        let drawn = block_on(exhibit.drawn_codes(&live, 20_000, 2).unwrap()).unwrap();
        let (drawn_mean, drawn_covariance) = of(&drawn);
        let sd = |i: usize| covariance[i * 3 + i].sqrt();
        // Four standard errors and a half of 20,000 draws.
        for i in 0..3 {
            assert!((mean[i] - drawn_mean[i]).abs() < 0.032 * sd(i), "{mean:?} {drawn_mean:?}");
            for j in 0..3 {
                let off = (covariance[i * 3 + j] - drawn_covariance[i * 3 + j]).abs() / (sd(i) * sd(j));
                assert!(off < 0.045, "{covariance:?} {drawn_covariance:?}");
            }
        }
    }
}
