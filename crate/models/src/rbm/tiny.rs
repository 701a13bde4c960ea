//! A machine so small that the expected gradient of contrastive divergence can be enumerated.

use super::{CARD, Rbm};
use crate::boltzmann::{Learner, Machine};
use crate::exhibit::{Exhibit, Sources};
use crate::metrics::rbm as exact;
use crate::numeric::scalar::largest;
use crate::settings::Settings;
use crate::{Error, drive};
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::Device;

/// The images of the machine of [`Rbm::tiny`], `[3, 4]`.
pub const TINY_DATA: [f32; 12] = [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0];
/// Its weights `[4, 3]`: those of the golden record `rbm.exact.4x3`.
pub const TINY_W: [f32; 12] = [0.5, -1.0, 0.25, -0.75, 0.5, 1.0, 1.5, 0.25, -0.5, 0.0, -0.5, 0.75];
/// Its visible biases, `[4]`.
pub const TINY_B: [f32; 4] = [0.1, -0.2, 0.3, -0.4];
/// Its hidden biases, `[3]`.
pub const TINY_C: [f32; 3] = [-0.1, 0.2, 0.05];

impl Rbm {
    /// A machine of 4 visible and 3 hidden units on three images, small enough that the expected
    /// gradient of CD-k can be enumerated: for [`Rbm::gradient_error`].
    ///
    /// # Errors
    /// None in practice: its settings and data are fixed.
    pub fn tiny() -> Result<Rbm, Error> {
        let mut settings = Settings::new(&CARD);
        settings.set_text("hidden", "3")?;
        // Even rows are learned from.
        let rows: Vec<f32> = TINY_DATA.chunks(4).flat_map(|row| [row, row].concat()).collect();
        let images = crate::data::Images::from_floats(&rows, &[6, 2, 2], Vec::new())?;
        let user = Some(crate::exhibit::UserData::Images(images));
        Rbm::new(&settings, 0, Sources { user, ..Sources::default() })
    }

    /// How far the mean gradient of CD-k over `rounds` batches is from its enumerated expectation:
    /// the largest deviation over all weights, in standard errors. The device must have been
    /// loaded with the program of [`Rbm::tiny`]; `data` are the images the expectation is taken
    /// over (pass others than the machine's own to see the check fail). Draws come from `seed`.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn gradient_error(
        &mut self,
        device: &mut dyn Device,
        k: u32,
        rounds: usize,
        data: &[f32],
        seed: u64,
    ) -> Result<f64, Error> {
        drive::start(device, &self.program, seed);
        self.start(device, seed)?;
        drive::set_knob(device, self.learner.learning_rate, 0.0);
        let mut flat = drive::read(device, self.learner.group.var()).await?;
        let Machine { w, b, c } = self.learner.machine;
        for (param, values) in [(w, &TINY_W[..]), (b, &TINY_B[..]), (c, &TINY_C[..])] {
            flat[param.range()].copy_from_slice(values);
        }
        drive::write(device, self.learner.group.var(), &flat);
        let machine = exact::Machine { w: &TINY_W, b: &TINY_B, c: &TINY_C };
        let expected = exact::expected_cd(&machine, data, k);
        let (mut sum, mut squares) = (vec![0.0; expected.len()], vec![0.0; expected.len()]);
        for _ in 0..rounds {
            let Learner { positive, gibbs, update, .. } = self.learner;
            device.run(&[(positive, 1), (gibbs, k), (update, 1)], 1)?;
            let gradient = drive::output(device, update, "gradient").await?;
            for (i, g) in gradient[w.range()].iter().enumerate() {
                sum[i] -= f64::from(*g);
                squares[i] += f64::from(*g) * f64::from(*g);
            }
        }
        let n = rounds as f64;
        let deviations = expected.iter().enumerate().map(|(i, e)| {
            let mean = sum[i] / n;
            let error = libm::sqrt((squares[i] / n - mean * mean) / (n - 1.0));
            ((mean - e) / error).abs()
        });
        Ok(largest(deviations))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tilde_cpu::Cpu;

    fn now<T>(task: impl Future<Output = T>) -> T {
        let mut task = core::pin::pin!(task);
        match task.as_mut().poll(&mut core::task::Context::from_waker(core::task::Waker::noop())) {
            core::task::Poll::Ready(value) => value,
            core::task::Poll::Pending => panic!("the CPU never waits"),
        }
    }

    #[test]
    fn sampled_gradients_have_their_enumerated_expectation() {
        for (k, seed) in [(1, 1), (1, 2), (1, 3), (3, 1), (3, 2), (3, 3)] {
            let mut rbm = Rbm::tiny().unwrap();
            let mut cpu = Cpu::load(tilde_graph::compile(rbm.program())).unwrap();
            let error = now(rbm.gradient_error(&mut cpu, k, 20_000, &TINY_DATA, seed)).unwrap();
            assert!(error < 4.0, "CD-{k}, seed {seed}: off by {error} standard errors");
            // The check itself can fail: other data have another expectation.
            let other = [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0];
            let error = now(rbm.gradient_error(&mut cpu, k, 20_000, &other, seed)).unwrap();
            assert!(error > 4.0, "CD-{k}, seed {seed}: {error}");
        }
    }
}
