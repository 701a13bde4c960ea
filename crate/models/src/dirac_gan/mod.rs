//! The Dirac-GAN: a generator that is one number and a discriminator that is another, so that the whole game is a picture
//! of the plane and every eigenvalue is known.
//!
//! Mescheder, Geiger and Nowozin, *Which Training Methods for GANs do actually Converge?*, 2018. One iteration is one step
//! of both players.

mod card;
pub mod model;
mod picture;

pub use card::{CARD, Method, Objective};

use crate::numeric::scalar::{length, logistic, softplus};
use crate::prelude::*;
use crate::way::Way;
use card::{Input, Show};
use model::{FAR, Game, Place, central_differences, eigenvalues, spectral_radius};

/// How far from the equilibrium the players start, and where the side is drawn that they start from.
const AFAR: f64 = 0.8;
const SIDE: u32 = 0x51DE;
/// Half a side of the plane that is shown.
const HALF: f64 = 2.5;
/// Places of the present way that are remembered, and pieces of earlier ones.
const TRAIL: usize = 2000;
const EARLIER: usize = 4000;
/// Changes of the distance that are rounding.
const STILL: f64 = 1e-9;

/// The opened exhibit.
pub struct DiracGan {
    game: Game,
    /// θ and ψ.
    at: Place,
    /// Where they have been since they were last put somewhere.
    trail: Way,
    /// The pieces of the ways before that one, `[N, 4]`.
    earlier: Vec<f32>,
}

impl DiracGan {
    /// Puts the players somewhere. The way up to here stays as an earlier one.
    fn place(&mut self, at: Place) {
        self.earlier.extend(self.trail.pieces());
        let over = self.earlier.len().saturating_sub(4 * EARLIER);
        self.earlier.drain(..over);
        self.trail = Way::new(at, TRAIL);
        self.at = at;
    }

    /// What steps and the flow do near the equilibrium: measured by finite differences, and in theory.
    fn linear(&self, out: &mut Figures) {
        let step = spectral_radius(eigenvalues(central_differences(|at| self.game.step(at))));
        let [real, imaginary] = eigenvalues(central_differences(|at| self.game.flow(at)))[0];
        let [exact_real, exact_imaginary] = eigenvalues(self.game.linear_flow())[0];
        out.extend([
            ("radius", step),
            ("radius_reference", spectral_radius(eigenvalues(self.game.linear_step()))),
            ("eigen_real", real),
            ("eigen_real_reference", exact_real),
            ("eigen_imaginary", imaginary),
            ("eigen_imaginary_reference", exact_imaginary),
        ]);
        let change = step - 1.0;
        if change.abs() > STILL {
            out.push(if change > 0.0 { ("outward", change) } else { ("inward", -change) });
        }
    }

    /// How far the players are from the equilibrium.
    fn distance(&self) -> f64 {
        length(self.at[0], self.at[1])
    }
}

/// Where the players of a seed start.
fn start(seed: u64) -> Place {
    let turn = core::f64::consts::TAU * f64::from(Stream::new(seed, SIDE).uniform());
    [AFAR * libm::cos(turn), AFAR * libm::sin(turn)]
}

fn game_of(settings: &Settings) -> Game {
    Game {
        objective: settings.get("objective"),
        method: settings.get("method"),
        r1: settings.number("r1"),
        consensus: settings.number("consensus"),
        rate: settings.number("learning_rate"),
    }
}

impl crate::Model for DiracGan {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Nothing;
    type Action = Input;

    fn new(setup: &Setup) -> Result<DiracGan, Error> {
        let (game, at) = (game_of(setup.settings), start(setup.seed));
        Ok(DiracGan { game, at, trail: Way::new(at, TRAIL), earlier: Vec::new() })
    }

    fn set(&mut self, live: &Live, _id: &str) -> Result<(), Error> {
        self.game = game_of(live.settings);
        Ok(())
    }

    fn train(&mut self, _live: &Live, n: u32) -> Result<(), Error> {
        for _ in 0..n {
            self.at = self.game.step(self.at);
            self.trail.go(self.at);
        }
        Ok(())
    }

    fn losses(&self, _live: &Live) -> Figures {
        vec![("loss", self.distance()), ("theta", self.at[0]), ("psi", self.at[1])]
    }

    async fn figures(&self, live: &Live<'_>, _scope: Scope) -> Result<Figures, Error> {
        let [theta, psi] = self.at;
        let wasserstein = self.game.objective == Objective::Wasserstein;
        // The game of the lecture; its Wasserstein form has no logarithms.
        let value = if wasserstein { -psi * theta } else { -core::f64::consts::LN_2 - softplus(psi * theta) };
        let mut out = self.losses(live);
        out.push(("value", value));
        // What steps do is told once one has been taken.
        if live.step > 0 {
            self.linear(&mut out);
        }
        Ok(out)
    }

    /// (x, whether it is taken for real), the second drawn from D: the generator has one x only.
    async fn sample(&self, _live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        let [theta, psi] = self.at;
        let mut stream = Stream::new(seed, 0x5A4D);
        let real = logistic(psi * theta);
        let judged = |_| [theta as f32, f32::from(u8::from(f64::from(stream.uniform()) < real))];
        Ok(Samples::points((0..n).flat_map(judged).collect()))
    }

    async fn view(&self, _live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        Ok(match view {
            Show::Phase => self.phase(),
            Show::Eigenvalues => self.eigenvalues(),
            Show::Players => self.players(),
        })
    }

    fn act(&mut self, live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Restart => self.place(start(live.seed)),
            Input::Place => {
                let at = payload.place("place")?;
                self.place(at.map(|x| HALF * (2.0 * f64::from(x) - 1.0)));
            }
        }
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        let earlier: Vec<f64> = self.earlier.iter().map(|&x| f64::from(x)).collect();
        vec![
            Saved::doubles("players", &[2], &self.at),
            self.trail.save("trail"),
            Saved::doubles("earlier", &[earlier.len() / 4, 4], &earlier),
        ]
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let pieces = Saved::rows(saved, "earlier");
        let at = Saved::find_doubles(saved, "players", &[2])?;
        let earlier = Saved::find_doubles(saved, "earlier", &[pieces, 4])?;
        let within = |x: &f64| (-FAR..=FAR).contains(x);
        let trail = Way::load(saved, "trail", TRAIL, |at| at.iter().all(within))?;
        if pieces > EARLIER || !at.iter().chain(earlier).all(within) {
            return Err(Error::BadFile(
                "The file's 'players' or 'earlier' leave the plane. Choose another file.".into(),
            ));
        }
        self.at = [at[0], at[1]];
        self.trail = trail;
        self.earlier = earlier.iter().map(|&x| x as f32).collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
