//! How far learned vectors are from the exact ones: scores, arrows of a denoiser, predicted noise.

/// Learned vectors beside the exact ones, all of them taken together as one long vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// ‖learned − exact‖/‖exact‖.
    pub error: f64,
    /// Cosine of the angle between them; 0 where nothing has been learned and all are zero.
    pub cosine: f64,
}

/// From pairs of numbers, learned and exact.
pub fn agreement(pairs: impl Iterator<Item = (f64, f64)>) -> Agreement {
    let [mut off, mut learned, mut exact, mut inner] = [0.0; 4];
    for (a, b) in pairs {
        off += (a - b) * (a - b);
        learned += a * a;
        exact += b * b;
        inner += a * b;
    }
    Agreement {
        error: tilde_graph::real::sqrt(off / exact),
        cosine: inner / tilde_graph::real::sqrt(learned * exact).max(1e-30),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_in_the_error_and_not_in_the_cosine() {
        let exact = [3.0, 4.0];
        let of = |learned: [f64; 2]| agreement(learned.into_iter().zip(exact));
        assert_eq!(of(exact), Agreement { error: 0.0, cosine: 1.0 });
        assert_eq!(of([6.0, 8.0]), Agreement { error: 1.0, cosine: 1.0 });
        assert_eq!(of([0.0, 0.0]), Agreement { error: 1.0, cosine: 0.0 });
        // A right angle.
        assert_eq!(of([-4.0, 3.0]).cosine, 0.0);
    }
}
