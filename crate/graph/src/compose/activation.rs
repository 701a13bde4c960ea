//! Activation functions.

use crate::Tensor;

impl<'g> Tensor<'g> {
    /// The Gaussian error linear unit in its tanh form, ½x·(1 + tanh z), z = √(2/π)·(x + 0.044715·x³)
    /// (D. Hendrycks, K. Gimpel, 2016), elementwise. Computed as x·σ(2z), which is the same.
    pub fn gelu(self) -> Tensor<'g> {
        // 2·√(2/π)
        const SCALE: f32 = 1.595_769;
        self * (SCALE * (self + 0.044_715 * self.square() * self)).sigmoid()
    }

    /// max(x, 0)², elementwise (D. So and others, "Primer", NeurIPS 2021).
    pub fn relu_squared(self) -> Tensor<'g> {
        self.relu().square()
    }
}
