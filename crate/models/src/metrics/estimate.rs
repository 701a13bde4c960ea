//! Estimates: a mean over rows that were drawn from many, and its standard error.
//!
//! A figure `x` that is an estimate has the figure `x_se` beside it, its standard error. It says how far
//! `x` may be from what infinitely many rows of the same kind would give, however many of the held-out
//! ones were measured.

use crate::figures::Figures;
use crate::numeric::estimate::Tally;
use crate::numeric::scalar::length;

/// A mean and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Its standard error; not finite where it is not known.
    pub error: f64,
}

impl Tally {
    /// The mean of its numbers and the error of that, once there is one.
    pub fn estimate(&self) -> Option<Estimate> {
        let error = self.error().unwrap_or(f64::NAN);
        (self.count > 0.0).then(|| Estimate { mean: self.mean(), error })
    }
}

impl Estimate {
    /// The mean of values that are independent of one another. One value says nothing of its error.
    pub fn of(values: impl Iterator<Item = f64> + Clone) -> Estimate {
        let n = values.clone().count() as f64;
        let mean = values.clone().sum::<f64>() / n;
        let squares: f64 = values.map(|x| (x - mean) * (x - mean)).sum();
        Estimate { mean, error: tilde_graph::real::sqrt(squares / (n * (n - 1.0))) }
    }

    /// The ratio of two sums over rows that are independent of one another, Σa/Σb, from their terms. To first
    /// order its error is that of the mean of a − ratio·b, in means of b.
    pub fn ratio(pairs: impl Iterator<Item = (f64, f64)> + Clone) -> Estimate {
        let [mut a, mut b, mut n] = [0.0; 3];
        pairs.clone().for_each(|pair| (a, b, n) = (a + pair.0, b + pair.1, n + 1.0));
        let ratio = a / b;
        let off = Estimate::of(pairs.map(|(a, b)| a - ratio * b));
        Estimate { mean: ratio, error: off.error * n / b.abs() }
    }

    /// A share of `n`. Its error is that with one more on either side, as none of all is no certainty.
    pub fn share(share: f64, n: usize) -> Estimate {
        let n = n as f64;
        let p = (share * n + 1.0) / (n + 2.0);
        Estimate { mean: share, error: tilde_graph::real::sqrt(p * (1.0 - p) / (n + 2.0)) }
    }

    /// The same under a function with this value and slope there.
    pub fn through(self, value: f64, slope: f64) -> Estimate {
        Estimate { mean: value, error: self.error * slope.abs() }
    }

    /// The mean of values in an order along which what they are spread around changes, such as those of evenly
    /// spread times: only what differs between neighbours is chance.
    pub fn in_order(values: impl Iterator<Item = f64> + Clone) -> Estimate {
        let n = values.clone().count() as f64;
        let steps = values.clone().skip(1).zip(values.clone()).map(|(b, a)| (b - a) * (b - a));
        let error = tilde_graph::real::sqrt(steps.sum::<f64>() / (2.0 * n * (n - 1.0)));
        Estimate { mean: values.sum::<f64>() / n, error }
    }

    /// The same where only `distinct` of the `n` values are independent ones.
    pub fn repeated(self, n: usize, distinct: usize) -> Estimate {
        Estimate { error: self.error * tilde_graph::real::sqrt(n as f64 / distinct.max(1) as f64), ..self }
    }

    /// The same times a number, of whichever sign.
    pub fn times(self, by: f64) -> Estimate {
        Estimate { mean: self.mean * by, error: self.error * by.abs() }
    }

    /// The same and a number that is known, or that has an independent error of its own.
    pub fn plus(self, more: f64, error: f64) -> Estimate {
        Estimate { mean: self.mean + more, error: length(self.error, error) }
    }

    /// Adds the figure of the first id, and of the second its standard error, where that is known.
    pub fn report(self, out: &mut Figures, [id, se]: [&'static str; 2]) {
        out.push((id, self.mean));
        if self.error.is_finite() {
            out.push((se, self.error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;
    use tilde_graph::rng::Stream;

    #[test]
    fn the_error_is_that_of_the_mean() {
        let of = Estimate::of([1.0, 2.0, 3.0, 4.0].into_iter());
        assert!(
            (of.mean - 2.5).abs() < 1e-12 && (of.error - tilde_graph::real::sqrt(5.0 / 12.0)).abs() < 1e-12
        );
        assert_eq!(of.times(-2.0), Estimate { mean: -5.0, error: 2.0 * of.error });
        // Over many samples the means spread as the errors say.
        let mut stream = Stream::new(1, 0);
        let all: Vec<Estimate> = (0..2000)
            .map(|_| {
                let sample: Vec<f64> = (0..25).map(|_| f64::from(stream.normal())).collect();
                Estimate::of(sample.into_iter())
            })
            .collect();
        let spread = tilde_graph::real::sqrt(all.iter().map(|e| e.mean * e.mean).sum::<f64>() / 2000.0);
        let said = all.iter().map(|e| e.error).sum::<f64>() / 2000.0;
        assert!((spread / said - 1.0).abs() < 0.05, "{spread} {said}");
    }

    #[test]
    fn a_ratio_s_error_is_how_it_varies() {
        let mut stream = Stream::new(2, 0);
        let all: Vec<Estimate> = (0..2000)
            .map(|_| {
                let pair = |_| {
                    let b = 1.0 + f64::from(stream.uniform());
                    (2.0 * b + f64::from(stream.normal()), b)
                };
                let pairs: Vec<(f64, f64)> = (0..50).map(pair).collect();
                Estimate::ratio(pairs.into_iter())
            })
            .collect();
        let spread = tilde_graph::real::sqrt(
            all.iter().map(|e| (e.mean - 2.0) * (e.mean - 2.0)).sum::<f64>() / 2000.0,
        );
        let said = all.iter().map(|e| e.error).sum::<f64>() / 2000.0;
        assert!((spread / said - 1.0).abs() < 0.06, "{spread} {said}");
        // A share is the mean of noughts and ones.
        let ones = Estimate::of((0..500).map(|i| f64::from(u8::from(i % 5 < 2))));
        let share = Estimate::share(0.4, 500);
        assert!((ones.mean - share.mean).abs() < 1e-12 && (ones.error / share.error - 1.0).abs() < 0.01);
        assert!((0.005..0.02).contains(&Estimate::share(1.0, 100).error));
    }

    #[test]
    fn of_one_value_the_error_is_not_known() {
        let mut out = Figures::new();
        Estimate::of([3.0].into_iter()).report(&mut out, ["x", "x_se"]);
        assert_eq!(out, vec![("x", 3.0)]);
    }
}
