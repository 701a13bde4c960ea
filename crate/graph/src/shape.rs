//! Shapes: up to six static dimensions, row-major.

use core::fmt;
use serde::{Deserialize, Serialize};

/// The most dimensions a tensor may have.
pub const MAX_RANK: usize = 6;

/// The dimensions of a tensor, outermost first. A scalar has rank 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Shape {
    dims: [u32; MAX_RANK],
    rank: u8,
}

impl Shape {
    /// The shape of a single number.
    pub const SCALAR: Shape = Shape { dims: [0; MAX_RANK], rank: 0 };

    /// A shape from its dimensions.
    ///
    /// # Panics
    /// If there are more than `MAX_RANK` (six) dimensions.
    pub fn new(dims: &[usize]) -> Shape {
        assert!(dims.len() <= MAX_RANK, "a shape has at most {MAX_RANK} dimensions, not {}", dims.len());
        let mut shape = Shape::SCALAR;
        for &d in dims {
            shape.push(d);
        }
        shape
    }

    /// Appends an innermost dimension.
    ///
    /// # Panics
    /// If the shape is full.
    pub fn push(&mut self, dim: usize) {
        assert!((self.rank as usize) < MAX_RANK, "a shape has at most {MAX_RANK} dimensions");
        self.dims[self.rank as usize] = dim as u32;
        self.rank += 1;
    }

    /// Number of dimensions.
    pub fn rank(&self) -> usize {
        self.rank as usize
    }

    /// Size of dimension `axis`, counted from the outermost.
    pub fn dim(&self, axis: usize) -> usize {
        self.dims[..self.rank()][axis] as usize
    }

    /// The dimensions, outermost first.
    pub fn dims(&self) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator + '_ {
        self.dims[..self.rank()].iter().map(|&d| d as usize)
    }

    /// Number of elements: the product of the dimensions, 1 for a scalar.
    pub fn len(&self) -> usize {
        self.dims().product()
    }

    /// Whether there is no element at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same shape with dimension `axis` replaced.
    pub fn with(mut self, axis: usize, dim: usize) -> Shape {
        self.dims[..self.rank as usize][axis] = dim as u32;
        self
    }

    /// The shape without the dimensions for which `drop(axis)` holds.
    pub fn without(&self, drop: impl Fn(usize) -> bool) -> Shape {
        let mut out = Shape::SCALAR;
        for (axis, d) in self.dims().enumerate() {
            if !drop(axis) {
                out.push(d);
            }
        }
        out
    }

    /// Row-major strides in elements; the innermost is 1.
    pub fn strides(&self) -> [i32; MAX_RANK] {
        let mut strides = [0; MAX_RANK];
        let mut step = 1;
        for axis in (0..self.rank()).rev() {
            strides[axis] = step;
            step *= self.dims[axis] as i32;
        }
        strides
    }

    /// The shape both operands of an elementwise op are broadcast to, by NumPy's rule: aligned at
    /// the innermost dimension, sizes equal or one of them 1. `None` if they do not fit.
    pub fn broadcast(&self, other: &Shape) -> Option<Shape> {
        let rank = self.rank().max(other.rank());
        let mut out = Shape::SCALAR;
        for axis in 0..rank {
            let a = (axis + self.rank()).checked_sub(rank).map_or(1, |i| self.dim(i));
            let b = (axis + other.rank()).checked_sub(rank).map_or(1, |i| other.dim(i));
            out.push(match (a, b) {
                _ if a == b => a,
                (1, _) => b,
                (_, 1) => a,
                _ => return None,
            });
        }
        Some(out)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (axis, d) in self.dims().enumerate() {
            if axis > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{d}")?;
        }
        f.write_str("]")
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(dims: [usize; N]) -> Shape {
        Shape::new(&dims)
    }
}

impl From<&[usize]> for Shape {
    fn from(dims: &[usize]) -> Shape {
        Shape::new(dims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_follows_numpy() {
        let b = |a: &[usize], b: &[usize]| Shape::new(a).broadcast(&Shape::new(b));
        assert_eq!(b(&[4, 1], &[3]), Some([4, 3].into()));
        assert_eq!(b(&[], &[2, 2]), Some([2, 2].into()));
        assert_eq!(b(&[2], &[3]), None);
    }

    #[test]
    fn strides_are_row_major() {
        assert_eq!(Shape::new(&[2, 3, 4]).strides()[..3], [12, 4, 1]);
        assert_eq!(Shape::SCALAR.len(), 1);
    }
}
