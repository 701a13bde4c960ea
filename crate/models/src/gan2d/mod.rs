//! Generative adversarial networks on points of the plane.
//!
//! I. Goodfellow et al., "Generative adversarial nets", NeurIPS 2014. A discriminator D learns to
//! tell data x from forgeries G(z); the generator follows the arrows that D draws:
//!
//! > min_G max_D  E log σ(D(x)) + E log(1 − σ(D(G(z))))
//!
//! By default with the non-saturating loss of the same paper, an approximate R1 penalty
//! (L. Mescheder et al., ICML 2018, by a finite difference: no double backward), instance noise, averaged
//! generator weights, and a cosine learning-rate schedule. Left out: conditioning, spectral norms.
//!
//! B batch, Z noise, H hidden.

mod card;
mod model;
mod picture;

pub use card::CARD;

use crate::model::Model;
use crate::prelude::*;
use card::{Input, Phase, Show};
use model::Game;

/// Half the side of the box that is shown.
const REACH: f32 = 3.0;
/// Samples that the figures are computed from, and of them those whose distances from data are.
const MEASURED: usize = 2500;
const COMPARED: usize = 1024;

/// The opened exhibit.
pub struct Gan2d {
    game: Game,
    plane: Plane,
}

impl Gan2d {
    /// Sets what live settings decide besides their own knobs.
    fn follow(&self, live: &Live) {
        self.game.set_objective(live.device, live.settings.get("objective"));
        self.game.set_shown(live.device, live.settings.get("shown"));
    }

    /// `n` samples of the generator that is shown, `[n, 2]`.
    fn samples(&self, device: &Driver, n: usize, seed: u64) -> Answer<Vec<f32>> {
        device.seed(self.game.sample, seed);
        device.collect(self.game.sample, "samples", 2 * n)
    }

    /// The losses of the last iteration, G's and D's. A discriminator that takes no steps has none: its
    /// loss is computed now.
    async fn losses(&self, live: &Live<'_>) -> Result<[f64; 2], Error> {
        let frozen = live.settings.count("discriminator_steps") == 0;
        let now = frozen.then(|| live.device.drawn(self.game.untrained, VIEW_SEED, "loss_d"));
        let last = self.game.recorder.last(live, self.game.untrained).await?;
        Ok(match now {
            Some(now) => [last[0], f64::from(now.await?[0])],
            None => [last[0], last[1]],
        })
    }
}

impl Model for Gan2d {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Phase;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Gan2d, Error> {
        Ok(Gan2d { game: Game::new(setup.settings)?, plane: setup.plane()? })
    }

    fn program(&self) -> Option<&Program> {
        Some(&self.game.program)
    }

    fn start(&mut self, live: &Live) -> Result<(), Error> {
        self.follow(live);
        self.game.feed.write_points(live.device, &self.plane);
        live.device.write(self.game.grid, &picture::grid());
        Ok(())
    }

    fn set(&mut self, live: &Live, id: &str) -> Result<(), Error> {
        self.follow(live);
        if id == "data" {
            self.plane.take(live.settings.choice("data"));
            self.game.feed.write_points(live.device, &self.plane);
        }
        Ok(())
    }

    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        self.game.train(live, n)
    }

    fn phase(&mut self, live: &Live, phase: Phase) -> Result<u32, Error> {
        match phase {
            Phase::Discriminator => live.device.run(self.game.discriminator).map(|()| 0),
            Phase::Generator => live.device.run(self.game.generator).map(|()| 1),
        }
    }

    fn recorded(&self, live: &Live) -> Option<Recorded<'_>> {
        let columns = if live.settings.count("discriminator_steps") == 0 { 1 } else { 2 };
        Some(Recorded { recorder: &self.game.recorder, columns })
    }

    async fn figures(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        let samples = scope.is_deep().then(|| self.samples(live.device, MEASURED, VIEW_SEED));
        let [loss_g, loss_d] = self.losses(live).await?;
        let mut out = vec![("loss", loss_g), ("loss_d", loss_d), ("loss_g", loss_g)];
        if let Some(samples) = samples {
            let samples = samples.await?;
            let data = self.plane.fresh(COMPARED, &mut Stream::new(live.seed, 0xF2E5));
            out.extend(self.plane.distance(&samples[..2 * COMPARED], &data));
            out.extend(self.plane.modes(&samples));
        }
        Ok(out)
    }

    async fn sample(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        Ok(Samples::points(self.samples(live.device, n, seed).await?))
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        match view {
            Show::Points => self.points(live).await,
            Show::Field => self.field(live).await,
        }
    }

    fn act(&mut self, live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Brush => self.plane.paint(payload.points("brush", REACH)?)?,
            Input::Clear => self.plane.clear(),
        }
        self.game.feed.write_points(live.device, &self.plane);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Run;
    use pollster::block_on;
    use tilde_cpu::Cpu;
    use tilde_graph::{Device, compile};

    /// Arrows begin at points that are shown, whichever generator's these are; figures and samples are of the same.
    #[test]
    fn all_that_is_said_is_of_one_generator() {
        let mut settings = Settings::new(&CARD);
        for (id, value) in [("hidden", "8"), ("batch", "32")] {
            settings.set_text(id, value).unwrap();
        }
        let load = async |program: &Program| {
            Ok(Box::new(Cpu::load(compile(program)).map_err(Error::from)?) as Box<dyn Device>)
        };
        let mut run = block_on(Run::open(settings, 3, Sources::default(), load)).unwrap();
        block_on(run.train(40)).unwrap();
        let mut shown = Vec::new();
        for (choice, name) in [(0, "generated"), (1, "averaged")] {
            run.set("shown", Value::Choice(choice)).unwrap();
            let picture = block_on(run.view("points")).unwrap();
            let layer =
                |id: &str| picture.layers.iter().find(|l| l.id == id).map(|l| l.data.clone()).unwrap();
            let (points, arrows) = (layer(name), layer("arrows"));
            for (arrow, point) in arrows.chunks_exact(4).zip(points.chunks_exact(2)) {
                assert_eq!(arrow[..2], *point);
            }
            let distance = |figures: Figures| figures.iter().find(|f| f.0 == "energy_distance").map(|f| f.1);
            let measured = distance(block_on(run.metrics(true)).unwrap()).unwrap();
            shown.push((points, measured, block_on(run.sample(20, 1)).unwrap().data));
        }
        // After a few steps the two are not the same.
        let [present, averaged] = &shown[..] else { unreachable!() };
        assert_ne!(present.0, averaged.0);
        assert_ne!(present.1, averaged.1);
        assert_ne!(present.2, averaged.2);
    }
}
