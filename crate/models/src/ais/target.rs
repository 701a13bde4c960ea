//! The machines whose log Z is wanted.

use crate::boltzmann::{Values, log_odds};
use crate::numeric::scalar::logistic;
use crate::prelude::*;
use crate::rbm;

/// A machine that is given, not learned.
pub struct Given {
    /// Its parameters.
    pub values: Values,
    /// The biases of independent pixels with its own mean.
    pub pixels: Vec<f32>,
    /// An image of its size.
    pub blank: Images,
}

/// The 4×3 machine of the golden records; its pixels' base is that of its three images.
pub(super) fn tiny() -> Result<Given, Error> {
    let mean: Vec<f32> =
        (0..4).map(|i| rbm::TINY_DATA.iter().skip(i).step_by(4).sum::<f32>() / 3.0).collect();
    Ok(Given {
        values: Values { w: rbm::TINY_W.to_vec(), b: rbm::TINY_B.to_vec(), c: rbm::TINY_C.to_vec() },
        pixels: log_odds(&mean, 3),
        blank: Images::new(vec![0; 4], 1, [1, 2, 2], vec![])?,
    })
}

/// Rows of the trap's picture, twenty pixels each.
const PICTURE: [u32; 12] = [
    0b0000_0000_0000_0000_0000,
    0b0001_1100_0111_0001_1110,
    0b0011_0110_0010_0011_0000,
    0b0110_0011_0010_0110_0000,
    0b0110_0011_0010_0011_1100,
    0b0111_1111_0010_0001_1110,
    0b0111_1111_0010_0000_0110,
    0b0110_0011_0010_0000_0110,
    0b0110_0011_0010_0110_0110,
    0b0110_0011_0111_0011_1100,
    0b0000_0000_0000_0000_0000,
    0b0000_0000_0000_0000_0000,
];
/// Pixels across; a hidden unit has a tile of 4×4 of them.
const ACROSS: usize = 20;
/// Weight of a pixel, with the sign of the picture.
const WEIGHT: f32 = 8.0;
/// Log-odds of each hidden unit: e⁸ to one that it is on.
const ODDS: f64 = 8.0;

/// A machine of 240×15 units whose mass sits in one hidden state. Each hidden unit, when it is on,
/// draws its tile of the picture; when it is off, the tile is noise. On is e⁸ times as likely, for each
/// of them: the state with all on holds 99.5 % of the probability. But a noisy tile says "off" to its
/// unit, more so the colder, and from noise hardly any chain gets across.
pub(super) fn trap() -> Result<Given, Error> {
    let (d, h) = (12 * ACROSS, 15);
    let mut w = vec![0.0; d * h];
    let mut c = vec![0.0f64; h];
    let mut pixels = vec![0.0; d];
    let on = logistic(ODDS);
    for i in 0..d {
        let (row, column) = (i / ACROSS, i % ACROSS);
        let tile = row / 4 * 5 + column / 4;
        let sign = if PICTURE[row] >> (ACROSS - 1 - column) & 1 == 1 { 1.0 } else { -1.0 };
        w[i * h + tile] = sign * WEIGHT;
        // What the tile's pixels gain when the unit is on is paid for by its bias.
        let gain = crate::numeric::scalar::softplus(f64::from(w[i * h + tile])) - core::f64::consts::LN_2;
        c[tile] -= gain;
        let mean = on * logistic(f64::from(w[i * h + tile])) + (1.0 - on) / 2.0;
        pixels[i] = libm::log(mean / (1.0 - mean)) as f32;
    }
    let c = c.into_iter().map(|c| (c + ODDS) as f32).collect();
    Ok(Given {
        values: Values { w, b: vec![0.0; d], c },
        pixels,
        blank: Images::new(vec![0; d], 1, [1, 12, ACROSS], vec![])?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fifteen units are independent of one another: log Z = Σ log(2¹⁶ + 2¹⁶e⁸).
    #[test]
    fn the_trap_s_log_z_is_a_sum_over_its_units() {
        let trap = trap().unwrap();
        let unit = 16.0 * core::f64::consts::LN_2 + ODDS + libm::log1p(libm::exp(-ODDS));
        assert!((trap.values.exact().log_partition() - 15.0 * unit).abs() < 1e-4);
    }
}
