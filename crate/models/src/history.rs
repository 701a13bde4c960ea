//! Losses over steps: a point for every step, thinned evenly when they are many.

use alloc::vec::Vec;

/// Points that are kept at most.
pub const MOST: usize = 4096;

/// Figures of a run over its steps. The same steps give the same points, however they were sliced.
#[derive(Clone, Debug, Default)]
pub struct History {
    names: Vec<&'static str>,
    /// A point is kept for every so many steps: a power of two.
    stride: u32,
    steps: Vec<u32>,
    /// `[points, names]`.
    values: Vec<f32>,
}

/// Bit by bit: what is not known is NaN in both.
impl PartialEq for History {
    fn eq(&self, other: &History) -> bool {
        let bits = |history: &History| history.values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        (&self.names, self.stride, &self.steps) == (&other.names, other.stride, &other.steps)
            && bits(self) == bits(other)
    }
}

impl History {
    /// Nothing yet, of figures of these names.
    pub fn new(names: &[&'static str]) -> History {
        History { names: names.to_vec(), stride: 1, steps: Vec::new(), values: Vec::new() }
    }

    /// The names of the figures.
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// Steps from one point to the next.
    pub fn stride(&self) -> u32 {
        self.stride
    }

    /// The steps that there is a point of.
    pub fn steps(&self) -> &[u32] {
        &self.steps
    }

    /// The figures, `[points, names]`.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Whether a point of this step would be kept.
    pub fn wants(&self, step: u32) -> bool {
        step.is_multiple_of(self.stride)
    }

    /// How many steps there are from this one to the next of which a point would be kept.
    pub fn until_next(&self, step: u32) -> u32 {
        self.stride - step % self.stride
    }

    /// Adds the figures of one step, later than all before. What is not known is NaN.
    pub fn push(&mut self, step: u32, row: &[f32]) {
        if !self.wants(step) {
            return;
        }
        if self.steps.len() == MOST {
            self.stride *= 2;
            let kept: Vec<usize> =
                (0..self.steps.len()).filter(|&i| self.steps[i].is_multiple_of(self.stride)).collect();
            let width = self.names.len();
            self.values = kept.iter().flat_map(|&i| &self.values[i * width..][..width]).copied().collect();
            self.steps = kept.iter().map(|&i| self.steps[i]).collect();
            if !self.wants(step) {
                return;
            }
        }
        self.steps.push(step);
        self.values.extend(row);
    }

    /// The points after a step.
    pub fn after(&self, step: u32) -> History {
        let from = self.steps.partition_point(|&s| s <= step);
        History {
            names: self.names.clone(),
            stride: self.stride,
            steps: self.steps[from..].to_vec(),
            values: self.values[from * self.names.len()..].to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_points_are_thinned_evenly() {
        let mut history = History::new(&["a", "b"]);
        (1..=10_000).for_each(|step| history.push(step, &[step as f32, 0.5]));
        assert_eq!(history.stride(), 4);
        assert_eq!(history.steps().len(), 2_500);
        for (step, row) in history.steps().iter().zip(history.values().chunks(2)) {
            assert_eq!((step % 4, row), (0, &[*step as f32, 0.5][..]));
        }
        assert_eq!(history.after(9_992).steps(), [9_996, 10_000]);
        assert_eq!([9_996, 9_997, 9_999].map(|step| history.until_next(step)), [4, 3, 1]);
    }
}
