//! The smallest game between a generator and a discriminator, and the ways to play it.
//!
//! > data δ₀, generator δ_θ, discriminator D(x) = ψx,  L(θ, ψ) = f(0) + f(−ψθ),  f(t) = −ln(1 + e⁻ᵗ)
//!
//! Mescheder, Geiger and Nowozin, *Which Training Methods for GANs do actually Converge?*, 2018, with the sign of D
//! turned round: here it is high for data. What each player follows is the vector field
//!
//! > v(θ, ψ) = (ψ a(ψθ), −θ b(ψθ) − γψ)
//!
//! in which a and b are ½ at the equilibrium θ = ψ = 0 (1 in the Wasserstein game), and γ is the weight of the R₁ penalty
//! γ/2 · |∇D(0)|².

use super::card::{Method, Objective};
use crate::numeric::scalar::{length, logistic};

/// A point of the plane of both players: θ, ψ.
pub type Place = [f64; 2];
/// A matrix of two rows.
pub type Matrix = [[f64; 2]; 2];
/// A complex number: real and imaginary part.
pub type Complex = [f64; 2];

/// Neither player goes farther than this from the equilibrium: far outside every picture, and far from overflow.
pub const FAR: f64 = 100.0;

/// The game and how it is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Game {
    /// What the players follow.
    pub objective: Objective,
    /// How they step.
    pub method: Method,
    /// Weight γ of the R₁ penalty.
    pub r1: f64,
    /// Weight of consensus optimisation's regulariser.
    pub consensus: f64,
    /// Size h of a step.
    pub rate: f64,
}

impl Game {
    /// a and b of the field at t = ψθ, each with its slope.
    fn factors(&self, t: f64) -> [[f64; 2]; 2] {
        let rising = |t: f64| [logistic(t), logistic(t) * logistic(-t)];
        let falling = |t: f64| [logistic(-t), -logistic(t) * logistic(-t)];
        match self.objective {
            Objective::Minimax => [rising(t), rising(t)],
            Objective::NonSaturating => [falling(t), rising(t)],
            Objective::Wasserstein => [[1.0, 0.0]; 2],
        }
    }

    /// v: what the generator and the discriminator follow.
    pub fn field(&self, [theta, psi]: Place) -> Place {
        let [[a, _], [b, _]] = self.factors(psi * theta);
        [psi * a, -theta * b - self.r1 * psi]
    }

    /// The derivatives of v by θ and ψ.
    pub fn jacobian(&self, [theta, psi]: Place) -> Matrix {
        let t = psi * theta;
        let [[a, da], [b, db]] = self.factors(t);
        [[psi * psi * da, a + t * da], [-b - t * db, -theta * theta * db - self.r1]]
    }

    /// What infinitely small steps follow: v, less the gradient of c/2 · |v|² under consensus optimisation (Mescheder,
    /// Nowozin and Geiger, *The Numerics of GANs*, 2017).
    pub fn flow(&self, at: Place) -> Place {
        let v = self.field(at);
        if self.method != Method::Consensus {
            return v;
        }
        let j = self.jacobian(at);
        [0, 1].map(|i| v[i] - self.consensus * (j[0][i] * v[0] + j[1][i] * v[1]))
    }

    /// One step.
    pub fn step(&self, at: Place) -> Place {
        let go = |along: Place| [at[0] + self.rate * along[0], at[1] + self.rate * along[1]];
        let to = match self.method {
            Method::Simultaneous | Method::Consensus => go(self.flow(at)),
            // The generator answers the discriminator's new slope.
            Method::Alternating => {
                let psi = go(self.field(at))[1];
                [at[0] + self.rate * self.field([at[0], psi])[0], psi]
            }
            // Korpelevich, 1976: the field of where a step would lead.
            Method::Extragradient => go(self.field(go(self.field(at)))),
        };
        to.map(|x| x.clamp(-FAR, FAR))
    }

    /// The flow's derivatives at the equilibrium, exactly.
    pub fn linear_flow(&self) -> Matrix {
        let k = self.factors(0.0)[0][0];
        let g = self.r1;
        let c = if self.method == Method::Consensus { self.consensus } else { 0.0 };
        [[-c * k * k, k - c * k * g], [-k - c * k * g, -g - c * (k * k + g * g)]]
    }

    /// The derivatives of a step at the equilibrium, exactly.
    pub fn linear_step(&self) -> Matrix {
        let (a, h) = (self.linear_flow(), self.rate);
        let plus = |i: usize, j: usize| f64::from(i == j) + h * a[i][j];
        match self.method {
            Method::Simultaneous | Method::Consensus => [0, 1].map(|i| [0, 1].map(|j| plus(i, j))),
            Method::Alternating => {
                let [fixed, psi] = [[1.0, 0.0], [plus(1, 0), plus(1, 1)]];
                [[0, 1].map(|j| fixed[j] + h * a[0][1] * psi[j]), psi]
            }
            Method::Extragradient => {
                let square = |i: usize, j: usize| a[i][0] * a[0][j] + a[i][1] * a[1][j];
                [0, 1].map(|i| [0, 1].map(|j| plus(i, j) + h * h * square(i, j)))
            }
        }
    }
}

/// The derivatives of a map of the plane at the equilibrium, by central differences: of a step or of the flow, without any
/// theory.
pub fn central_differences(map: impl Fn(Place) -> Place) -> Matrix {
    const BY: f64 = 1e-5;
    let [along_theta, along_psi] = [[BY, 0.0], [0.0, BY]].map(|d: Place| {
        let (up, down) = (map(d), map([-d[0], -d[1]]));
        [0, 1].map(|i| (up[i] - down[i]) / (2.0 * BY))
    });
    [0, 1].map(|i| [along_theta[i], along_psi[i]])
}

/// Both eigenvalues, that of the larger real part first, or else that above the axis.
pub fn eigenvalues(m: Matrix) -> [Complex; 2] {
    let half = 0.5 * (m[0][0] + m[1][1]);
    let square = half * half - (m[0][0] * m[1][1] - m[0][1] * m[1][0]);
    let root = tilde_graph::real::sqrt(square.abs());
    if square < 0.0 { [[half, root], [half, -root]] } else { [[half + root, 0.0], [half - root, 0.0]] }
}

/// The larger size of both: by how much a step shortens or lengthens the slower of two directions.
pub fn spectral_radius(eigenvalues: [Complex; 2]) -> f64 {
    eigenvalues.map(|[re, im]| length(re, im)).into_iter().fold(0.0, f64::max)
}
