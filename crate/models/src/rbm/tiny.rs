//! A machine so small that the expected gradient of contrastive divergence can be enumerated.

use super::{CARD, Rbm};
use crate::Model;
use crate::boltzmann::Machine;
use crate::metrics::rbm as exact;
use crate::numeric::scalar::largest;
use crate::prelude::*;

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
        let images = Images::from_floats(&rows, &[6, 2, 2], Vec::new())?;
        let sources = Sources { user: Some(UserData::Images(images)), ..Sources::default() };
        Rbm::new(&Setup { settings: &settings, seed: 0, sources: &sources })
    }

    /// How far the mean gradient of CD-k over `rounds` batches is from its enumerated expectation:
    /// the largest deviation over all weights, in standard errors. The device must have been
    /// loaded with the program of [`Rbm::tiny`]; `data` are the images the expectation is taken
    /// over (pass others than the machine's own to see the check fail). Draws come from `seed`.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn gradient_error(
        &self,
        device: &Driver,
        k: u32,
        rounds: usize,
        data: &[f32],
        seed: u64,
    ) -> Result<f64, Error> {
        let m = &self.model;
        device.start(&m.program, seed);
        m.feed.write_images(device, &self.sets);
        let mut flat = device.read(m.learner.group.var()).await?;
        let Machine { w, b, c } = m.learner.machine;
        for (param, values) in [(w, &TINY_W[..]), (b, &TINY_B[..]), (c, &TINY_C[..])] {
            flat[param.range()].copy_from_slice(values);
        }
        device.write(m.learner.group.var(), &flat);
        let machine = exact::Machine { w: &TINY_W, b: &TINY_B, c: &TINY_C };
        let expected = exact::expected_cd(&machine, data, k);
        let mut found = vec![Tally::default(); expected.len()];
        for _ in 0..rounds {
            device.schedule(&[(m.learner.positive, 1), (m.learner.gibbs, k)], 1)?;
            let gradient = device.ask(m.gradient, "gradient").await?;
            found.iter_mut().zip(&gradient[w.range()]).for_each(|(all, g)| all.add(-f64::from(*g)));
        }
        let deviation = |(all, e): (&Tally, &f64)| ((all.mean() - e) / all.error().unwrap_or(f64::NAN)).abs();
        Ok(largest(found.iter().zip(&expected).map(deviation)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::boxed::Box;
    use pollster::block_on;
    use tilde_cpu::Cpu;

    #[test]
    fn sampled_gradients_have_their_enumerated_expectation() {
        for (k, seed) in [(1, 1), (1, 2), (1, 3), (3, 1), (3, 2), (3, 3)] {
            let rbm = Rbm::tiny().unwrap();
            let cpu = Cpu::load(tilde_graph::compile(&rbm.model.program)).unwrap();
            let device = Driver::new(Box::new(cpu));
            let error = block_on(rbm.gradient_error(&device, k, 20_000, &TINY_DATA, seed)).unwrap();
            assert!(error < 4.0, "CD-{k}, seed {seed}: off by {error} standard errors");
            // The check itself can fail: other data have another expectation.
            let other = [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0];
            let error = block_on(rbm.gradient_error(&device, k, 20_000, &other, seed)).unwrap();
            assert!(error > 4.0, "CD-{k}, seed {seed}: {error}");
        }
    }
}
