//! Sums of numbers that come one at a time, and small means.

/// Numbers whose mean is an estimate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// How many.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
}

impl Tally {
    /// Of these numbers.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Tally {
        let mut all = Tally::default();
        values.into_iter().for_each(|x| all.add(x));
        all
    }

    /// Adds one.
    pub fn add(&mut self, x: f64) {
        self.count += 1.0;
        self.sum += x;
        self.squares += x * x;
    }

    /// Their mean; 0 of none.
    pub fn mean(&self) -> f64 {
        self.sum / self.count.max(1.0)
    }

    /// The standard error of the mean, which less than two numbers say nothing of.
    pub fn error(&self) -> Option<f64> {
        let variance = (self.squares / self.count - self.mean() * self.mean()).max(0.0);
        (self.count >= 2.0).then(|| tilde_graph::real::sqrt(variance / (self.count - 1.0)))
    }
}

/// The mean square; NaN of nothing.
pub fn mean_square(values: &[f32]) -> f64 {
    values.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / values.len() as f64
}

/// ‖a − b‖²
pub fn square_distance(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b) * f64::from(a - b)).sum()
}

/// In single precision.
pub fn floats(values: &[f64]) -> alloc::vec::Vec<f32> {
    values.iter().map(|&x| x as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1, 2, 3, 4: variance 5/3 of an estimate of 2.5.
    #[test]
    fn the_error_is_that_of_the_mean() {
        let all = Tally::of([1.0, 2.0, 3.0, 4.0]);
        assert_eq!(all.mean(), 2.5);
        assert!((all.error().unwrap() - (5.0f64 / 3.0 / 4.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn one_number_says_nothing_of_its_error() {
        assert_eq!(Tally::of([0.3]).error(), None);
        assert_eq!(Tally::default().mean(), 0.0);
        assert_eq!(Tally::of([0.3, 0.3]).error(), Some(0.0));
    }
}
