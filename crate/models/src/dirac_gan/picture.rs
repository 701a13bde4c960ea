//! The game's pictures.

use super::model::{Game, Place, central_differences, eigenvalues};
use super::{DiracGan, HALF};
use crate::numeric::scalar::logistic;
use crate::prelude::*;

/// Arrows along each side of the field.
const ARROWS: usize = 15;
/// How long infinitely small steps are followed, in units of the step size, and pieces of their way.
const TIME: f64 = 26.0;
const PIECES: usize = 240;
/// Pieces of the unit circle.
const ROUND: usize = 120;

/// Where infinitely small steps lead from a place, by the classical Runge–Kutta method: `[PIECES + 1, 2]`.
fn followed(game: &Game, mut at: Place) -> Vec<f32> {
    let h = TIME / PIECES as f64;
    let mut way = vec![at[0] as f32, at[1] as f32];
    for _ in 0..PIECES {
        let from = |by: f64, k: Place| game.flow([at[0] + by * k[0], at[1] + by * k[1]]);
        let k1 = from(0.0, [0.0; 2]);
        let k2 = from(0.5 * h, k1);
        let k3 = from(0.5 * h, k2);
        let k4 = from(h, k3);
        at = [0, 1].map(|i| at[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]));
        way.extend(at.map(|x| x as f32));
    }
    way
}

impl DiracGan {
    /// The plane of both players: what they follow, where they went, and where infinitely small steps would have led.
    pub(super) fn phase(&self) -> Picture {
        let reach = HALF as f32;
        let extent = [-reach, reach, -reach, reach];
        let cell = 2.0 * HALF / ARROWS as f64;
        let places = shapes::grid(ARROWS, extent);
        let arrows = places.chunks_exact(2).flat_map(|at| {
            shapes::arrow([at[0], at[1]], self.game.flow([f64::from(at[0]), f64::from(at[1])]), cell)
        });
        let mut layers = vec![Layer::arrows("field", Role::Other, arrows.collect())];
        if !self.earlier.is_empty() {
            layers.push(Layer::lines("earlier", Role::Other, self.earlier.clone()));
        }
        layers.extend([
            Layer::lines("flow", Role::Truth, shapes::path(&followed(&self.game, self.trail.began()))),
            Layer::lines("trail", Role::Model, self.trail.pieces()),
            Layer::points("equilibrium", Role::Truth, vec![0.0, 0.0]),
            Layer::points("place", Role::Model, self.at.map(|x| x as f32).to_vec()),
        ]);
        Picture::plane(layers, extent)
    }

    /// The eigenvalues of a step at the equilibrium, beside the circle within which steps converge.
    pub(super) fn eigenvalues(&self) -> Picture {
        let exact = eigenvalues(self.game.linear_step());
        let measured = eigenvalues(central_differences(|at| self.game.step(at)));
        let half = (exact.iter().flat_map(|[re, im]| [im.abs(), (1.0 - re).abs()])).fold(0.1, f64::max);
        let circle = (0..=ROUND).flat_map(|i| {
            let turn = core::f64::consts::TAU * i as f64 / ROUND as f64;
            [libm::cos(turn) as f32, libm::sin(turn) as f32]
        });
        // 1, where a step changes nothing, is always within, and as much of the circle as can be told from it.
        let (reach, middle) = (1.3 * half as f32, 1.0 - 0.5 * half as f32);
        let arm = 0.06 * reach;
        let crosses = exact.iter().flat_map(|&[re, im]| {
            let [x, y] = [re as f32, im as f32];
            [x - arm, y, x + arm, y, x, y - arm, x, y + arm]
        });
        Picture::plane(
            vec![
                Layer::lines("circle", Role::Other, shapes::path(&circle.collect::<Vec<_>>())),
                Layer::points("measured", Role::Model, measured.concat().iter().map(|&x| x as f32).collect()),
                Layer::lines("exact", Role::Truth, crosses.collect()),
            ],
            [middle - reach, middle + reach, -reach, reach],
        )
    }

    /// What the two are: the one datum, the one sample, and how real the discriminator takes each place for.
    pub(super) fn players(&self) -> Picture {
        let [theta, psi] = self.at;
        let reach = HALF as f32;
        let real = (0..=60).flat_map(|i| {
            let x = HALF * (i as f64 / 30.0 - 1.0);
            [x as f32, logistic(psi * x) as f32]
        });
        let upright = |x: f64| vec![x as f32, 0.0, x as f32, 1.0];
        Picture::plane(
            vec![
                Layer::curve("real", Role::Other, real.collect()),
                Layer::lines("datum", Role::Data, upright(0.0)),
                Layer::lines("generated", Role::Model, upright(theta)),
            ],
            [-reach, reach, 0.0, 1.0],
        )
    }
}
