//! Draws of classes, and gradients through them.

use crate::op::DType;
use crate::{Graph, Shape, Tensor};
use alloc::format;

impl Graph {
    /// Fresh numbers of the standard Gumbel distribution, −log(−log u), from −2.8 to 16.6.
    pub fn gumbel(&self, shape: impl Into<Shape>) -> Tensor<'_> {
        self.gumbel_of(shape.into())
    }

    fn gumbel_of(&self, shape: Shape) -> Tensor<'_> {
        let u = self.uniform(shape);
        // −log(1 − u). Where it is small, which makes the number large, a GPU's logarithm would lose
        // all digits; u + u²/2 + u³/3 keeps them.
        let series = u * (1.0 + u * (0.5 + u * (1.0 / 3.0)));
        let exponential = u.lt(self.constant(0.01)).select(series, -(1.0 - u).ln());
        -exponential.ln()
    }

    /// Fresh classes of the distributions softmax(logits), `[.., V] → u32 [..]`, as the largest of
    /// logits plus Gumbel numbers (E. Gumbel, 1954). Classes of a probability below 1e-6 come up a
    /// little too rarely, because the numbers have 23 random bits.
    pub fn categorical<'g>(&'g self, logits: Tensor<'g>) -> Tensor<'g> {
        let shape = logits.shape();
        if shape.rank() == 0 || logits.dtype() != DType::F32 {
            return self.fail("categorical", format!("{:?} {shape} are no logits [.., V]", logits.dtype()));
        }
        (logits + self.gumbel(shape)).arg_max(shape.rank() - 1)
    }

    /// Fresh draws near the corners of the simplex, softmax((logits + Gumbel numbers) / temperature)
    /// over the last axis, with a gradient (E. Jang, S. Gu, B. Poole; C. Maddison, A. Mnih, Y. Teh;
    /// both ICLR 2017). The shape stays; the temperature is a scalar.
    pub fn gumbel_softmax<'g>(&'g self, logits: Tensor<'g>, temperature: Tensor<'g>) -> Tensor<'g> {
        let (shape, scalar) = (logits.shape(), temperature.shape());
        if shape.rank() == 0 || scalar.len() != 1 || logits.dtype() != DType::F32 {
            let message =
                format!("{:?} {shape} are no logits [.., V], or {scalar} no temperature", logits.dtype());
            return self.fail("gumbel_softmax", message);
        }
        ((logits + self.gumbel(shape)) / temperature.reshape([])).softmax(shape.rank() - 1)
    }
}

impl<'g> Tensor<'g> {
    /// The value of `self` with the gradient of `soft`, of the same shape (Y. Bengio, N. Léonard,
    /// A. Courville, 2013).
    pub fn straight_through(self, soft: Tensor<'g>) -> Tensor<'g> {
        if self.shape() != soft.shape() {
            let message = format!("{} and {} are not of one shape", self.shape(), soft.shape());
            return self.graph.fail("straight_through", message);
        }
        // Adding exactly 0, where soft + (hard − soft) would be rounded.
        self.stop() + (soft - soft.stop())
    }
}
